import LMDB

/// The entries of several runs as one: in key order, of each key what the newest run says.
final class IndexMerge {
    private let readers: [RunReader]
    /// The readers that have an entry, the one with the lowest key at the top: a binary heap.
    private var heap: [Int] = []
    private(set) var key: [UInt8] = []
    private(set) var value: [UInt8] = []

    init(_ readers: [RunReader]) throws {
        self.readers = readers
        for place in readers.indices where try readers[place].advance() {
            heap.append(place)
            rise(heap.count - 1)
        }
    }

    /// Moves to the next entry that is there in the end; false after the last.
    func next() throws -> Bool {
        while let top = heap.first {
            readers[top].withEntry { key, value in
                self.key.removeAll(keepingCapacity: true)
                key.withUnsafeBytes { self.key.append(contentsOf: $0) }
                self.value.removeAll(keepingCapacity: true)
                value.withUnsafeBytes { self.value.append(contentsOf: $0) }
            }
            let isRemoved = readers[top].isRemoved
            try advanceTop()
            while let next = heap.first, readers[next].withEntry({ other, _ in other.elementsEqual(key) }) { try advanceTop() }
            if !isRemoved { return true }
        }
        return false
    }

    private func advanceTop() throws {
        if try !readers[heap[0]].advance() {
            let last = heap.removeLast()
            if heap.isEmpty { return }
            heap[0] = last
        }
        sink()
    }

    private func precedes(_ one: Int, _ other: Int) -> Bool {
        readers[heap[one]].precedes(readers[heap[other]], isNewer: heap[one] > heap[other])
    }

    private func rise(_ start: Int) {
        var place = start
        while place > 0, precedes(place, (place - 1) / 2) {
            heap.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    private func sink() {
        var place = 0
        while true {
            var lowest = place
            for child in [2 * place + 1, 2 * place + 2] where child < heap.count && precedes(child, lowest) { lowest = child }
            if lowest == place { return }
            heap.swapAt(place, lowest)
            place = lowest
        }
    }
}

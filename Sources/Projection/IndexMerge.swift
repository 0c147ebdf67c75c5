import LMDB

/// The entries of several runs as one: in key order, of each key what the newest run says.
final class IndexMerge {
    private let readers: [RunReader]
    private var heap: KeyHeap
    private(set) var key: [UInt8] = []
    private(set) var value: [UInt8] = []

    init(_ readers: [RunReader]) throws {
        self.readers = readers
        heap = KeyHeap(runs: readers.count)
        for (run, reader) in readers.enumerated() where try reader.advance() { reader.withEntry { key, _ in heap.insert(run, at: key) } }
    }

    /// Moves to the next entry that is there in the end; false after the last.
    ///
    /// - Throws: `DeferredIndexes.Conflict` where a run took an entry for free that was not.
    func next() throws -> Bool {
        while let top = heap.top {
            let reader = readers[top]
            reader.withEntry { key, value in
                key.copy(into: &self.key)
                value.copy(into: &self.value)
            }
            let isRemoved = reader.isRemoved
            var hasToBeFree = reader.wasTakenForFree
            try advance(reader)
            while let next = heap.top, heap.topIs(at: key) {
                // What the run before it says.
                let reader = readers[next]
                if hasToBeFree, !reader.isRemoved { throw DeferredIndexes.Conflict() }
                hasToBeFree = reader.wasTakenForFree
                try advance(reader)
            }
            if !isRemoved { return true }
        }
        return false
    }

    /// Moves the run at the top on.
    private func advance(_ reader: RunReader) throws {
        guard try reader.advance() else { return heap.removeTop() }
        reader.withEntry { key, _ in heap.moveTop(to: key) }
    }
}

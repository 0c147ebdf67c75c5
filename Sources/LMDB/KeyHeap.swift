/// Which of several runs has the lowest key; of the same key the newest run comes first. A binary heap.
// Each run's key is copied to a place of its own in one piece of memory: to compare two counts no references, which took 6 % of a rebuild. A
// class, since of a structure in another object each call would count references to its arrays.
public final class KeyHeap {
    /// Runs that have an entry, the one to be read next at the top.
    private var order: [Int] = []
    private var keys: ByteBuffer
    /// By run.
    private var lengths: [Int]

    private static let stride = Environment.maximumKeyLength

    public init(runs: Int) {
        keys = ByteBuffer(zeros: runs * Self.stride)
        lengths = Array(repeating: 0, count: runs)
    }

    public var top: Int? { order.first }

    /// Whether the run at the top stands at this key.
    public func topIs(at key: RawSpan) -> Bool {
        guard let top else { return false }
        return keys.withBytes(Self.range(top, lengths[top])) { $0.isEqual(to: key) }
    }

    /// A run has its first entry, at this key.
    public func insert(_ run: Int, at key: RawSpan) {
        copy(key, of: run)
        order.append(run)
        var place = order.count - 1
        while place > 0, precedes(place, (place - 1) / 2) {
            order.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    /// The run at the top goes on to a higher key.
    public func moveTop(to key: RawSpan) {
        copy(key, of: order[0])
        sink()
    }

    /// The run at the top has come to its end.
    public func removeTop() {
        let last = order.removeLast()
        if order.isEmpty { return }
        order[0] = last
        sink()
    }

    private func copy(_ key: RawSpan, of run: Int) {
        // LMDB has no longer keys.
        precondition(key.byteCount <= Self.stride, "a key of \(key.byteCount) bytes")
        lengths[run] = key.byteCount
        keys.withUnsafeMutableBytes(Self.range(run, key.byteCount)) { place in key.withUnsafeBytes(place.copyMemory) }
    }

    private static func range(_ run: Int, _ length: Int) -> Range<Int> { run * stride..<run * stride + length }

    private func precedes(_ one: Int, _ other: Int) -> Bool {
        let (mine, theirs) = (order[one], order[other])
        let comparison = keys.withBytes(Self.range(mine, lengths[mine])) { key in
            keys.withBytes(Self.range(theirs, lengths[theirs])) { key.compare($0) }
        }
        return comparison < 0 || comparison == 0 && mine > theirs
    }

    private func sink() {
        var place = 0
        while true {
            var lowest = place
            for child in 2 * place + 1...2 * place + 2 where child < order.count && precedes(child, lowest) { lowest = child }
            if lowest == place { return }
            order.swapAt(place, lowest)
            place = lowest
        }
    }
}

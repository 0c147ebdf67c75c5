/// Which of several runs has the lowest key; of the same key the newest run comes first. A binary heap.
// Each run's key is copied to a place of its own in one piece of memory: to compare two counts no references, which took 6 % of a rebuild.
public struct KeyHeap {
    /// Runs that have an entry, the one to be read next at the top.
    private var order: [Int] = []
    private var keys: [UInt8]
    /// By run.
    private var lengths: [Int]

    private static let stride = Environment.maximumKeyLength

    public init(runs: Int) {
        keys = Array(repeating: 0, count: runs * Self.stride)
        lengths = Array(repeating: 0, count: runs)
    }

    public var top: Int? { order.first }

    /// Whether the run at the top stands at this key.
    public func topIs(at key: [UInt8]) -> Bool {
        guard let top else { return false }
        return keys.span.bytes.extracting(Self.range(top, lengths[top])).isEqual(to: key.span.bytes)
    }

    /// A run has its first entry, at this key.
    public mutating func insert(_ run: Int, at key: RawSpan) {
        copy(key, of: run)
        order.append(run)
        var place = order.count - 1
        while place > 0, precedes(place, (place - 1) / 2) {
            order.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    /// The run at the top goes on to a higher key.
    public mutating func moveTop(to key: RawSpan) {
        copy(key, of: order[0])
        sink()
    }

    /// The run at the top has come to its end.
    public mutating func removeTop() {
        let last = order.removeLast()
        if order.isEmpty { return }
        order[0] = last
        sink()
    }

    private mutating func copy(_ key: RawSpan, of run: Int) {
        // LMDB has no longer keys.
        precondition(key.byteCount <= Self.stride, "a key of \(key.byteCount) bytes")
        lengths[run] = key.byteCount
        keys.withUnsafeMutableBytes { keys in
            key.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: keys[Self.range(run, $0.count)]).copyMemory(from: $0) }
        }
    }

    private static func range(_ run: Int, _ length: Int) -> Range<Int> { run * stride..<run * stride + length }

    private func precedes(_ one: Int, _ other: Int) -> Bool {
        let (mine, theirs) = (order[one], order[other])
        let bytes = keys.span.bytes
        let comparison = bytes.extracting(Self.range(mine, lengths[mine])).compare(bytes.extracting(Self.range(theirs, lengths[theirs])))
        return comparison < 0 || comparison == 0 && mine > theirs
    }

    private mutating func sink() {
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

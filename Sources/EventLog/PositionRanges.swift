/// Positions, as ranges in ascending order.
public struct PositionRanges: Sendable, Hashable, CustomStringConvertible {
    public private(set) var ranges: [ClosedRange<Position>] = []

    public init() {}

    public var isEmpty: Bool { ranges.isEmpty }
    public var count: UInt64 { ranges.reduce(0) { $0 + ($1.upperBound - $1.lowerBound + 1) } }

    /// Adds a range that begins no earlier than the last one.
    public mutating func add(_ range: ClosedRange<Position>) {
        guard let last = ranges.last, range.lowerBound <= last.upperBound &+ 1 else { return ranges.append(range) }
        ranges[ranges.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
    }

    public func contains(_ position: Position) -> Bool {
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound < position { low = middle + 1 } else { high = middle }
        }
        return low < ranges.count && ranges[low].lowerBound <= position
    }

    /// `12, 14 to 20`; the first thousand ranges.
    public var description: String {
        let shown = ranges.prefix(1000).map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound) to \($0.upperBound)" }
        let rest = ranges.count - shown.count
        return shown.joined(separator: ", ") + (rest > 0 ? " and \(rest) further ranges" : "")
    }
}

/// The positions of several types in the order of the log, one by one, in little memory at any length.
///
/// ```swift
/// var positions = try MergedPositions(types: ["trend.captured", "trend.used"], in: 1...head, snapshot.index)
/// while let position = try positions.next() { … }
/// ```
public struct MergedPositions {
    private var heads: [(next: Position, rest: PositionCursor)] = []

    /// - Parameter range: both ends included; nil: no positions.
    public init(types: [String], in range: ClosedRange<Position>?, _ index: IndexReader) throws {
        guard let range else { return }
        for type in types {
            let cursor = try index.positions(ofType: type, in: range, backward: false)
            if let first = try cursor.next() { heads.append((first, cursor)) }
        }
    }

    /// The next position, or nil after the last.
    public mutating func next() throws -> Position? {
        var lowest = 0
        for place in heads.indices where heads[place].next < heads[lowest].next { lowest = place }
        guard !heads.isEmpty else { return nil }
        let position = heads[lowest].next
        if let following = try heads[lowest].rest.next() {
            heads[lowest].next = following
        } else {
            heads.remove(at: lowest)
        }
        return position
    }
}

extension IndexReader {
    /// The last position of some types at or before one; 0 when there is none.
    public func lastPosition(ofTypes types: [String], atOrBefore position: Position) throws -> Position {
        guard position > 0 else { return 0 }
        return try types.reduce(0) { last, type in
            let cursor = try positions(ofType: type, in: 1...position, backward: true)
            return max(last, try cursor.next() ?? 0)
        }
    }

    /// Whether some types have no event within a range.
    public func hasNone(ofTypes types: [String], in range: ClosedRange<Position>) throws -> Bool {
        try types.allSatisfy { try positions(ofType: $0, in: range, backward: false).next() == nil }
    }
}

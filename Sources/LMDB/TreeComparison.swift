/// How two trees differ, entry by entry.
public enum TreeDifference: Sendable {
    case onlyInFirst, onlyInSecond, differentValue
}

extension Transaction {
    /// Walks a tree and one of another transaction side by side and tells where they differ.
    public func compare(
        _ tree: Tree, with other: Transaction, _ otherTree: Tree, _ note: (TreeDifference) throws -> Void
    ) throws {
        let first = try cursor(tree)
        let second = try other.cursor(otherTree)
        var hasFirst = try first.move(.first)
        var hasSecond = try second.move(.first)
        while hasFirst || hasSecond {
            let order: Int
            if hasFirst && hasSecond { order = compareBytes(first.key, second.key) } else { order = hasFirst ? -1 : 1 }
            if order == 0, compareBytes(first.value, second.value) != 0 { try note(.differentValue) }
            if order < 0 { try note(.onlyInFirst) }
            if order > 0 { try note(.onlyInSecond) }
            if order <= 0 { hasFirst = try first.move(.next) }
            if order >= 0 { hasSecond = try second.move(.next) }
        }
    }
}

private func compareBytes(_ one: RawSpan, _ other: RawSpan) -> Int {
    one.withUnsafeBytes { one in
        other.withUnsafeBytes { other in
            one.elementsEqual(other) ? 0 : one.lexicographicallyPrecedes(other) ? -1 : 1
        }
    }
}

extension JSONValue {
    /// Whether two values mean the same JSON.
    ///
    /// The order of object members, whitespace and the way strings are escaped do not count. Numbers are compared by their exact
    /// value (`1`, `1.0` and `10e-1` are equal, and no precision is lost), strings by their UTF-8, so `"é"` written as one
    /// character differs from `"é"` written with a combining accent.
    public func isEquivalent(to other: JSONValue) -> Bool {
        switch (kind, other.kind) {
        case (.object, .object): return hasEquivalentMembers(other)
        case (.array, .array):
            var others = other.elements
            for element in elements {
                guard let otherElement = others.next(), element.isEquivalent(to: otherElement) else { return false }
            }
            return others.next() == nil
        case (.string, .string): return document.text(index) == other.document.text(other.index)
        case (.integer, .integer), (.real, .real), (.integer, .real), (.real, .integer):
            if rawBytes == other.rawBytes { return true }
            guard let first = JSONDecimal(rawBytes), let second = JSONDecimal(other.rawBytes) else { return false }
            return first == second
        case (.bool, .bool): return bool == other.bool
        case (.null, .null): return true
        default: return false
        }
    }

    /// Sorted, the keys of equal objects agree one by one.
    private func hasEquivalentMembers(_ other: JSONValue) -> Bool {
        let keys = document.sortedKeys(of: index, end: Int(document.tape[index].next))
        let otherKeys = other.document.sortedKeys(of: other.index, end: Int(other.document.tape[other.index].next))
        guard keys.count == otherKeys.count else { return false }
        return zip(keys, otherKeys).allSatisfy { key, otherKey in
            document.text(key) == other.document.text(otherKey)
                && JSONValue(document: document, index: key + 1)
                    .isEquivalent(to: JSONValue(document: other.document, index: otherKey + 1))
        }
    }
}

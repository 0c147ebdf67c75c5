import Projection

/// An old table beside the one that it became.
public struct TableComparison: Sendable {
    /// The first difference.
    public struct Difference: Sendable, Hashable, CustomStringConvertible {
        public let key: String
        /// nil when one of the two has no such row.
        public let column: String?
        public let old: SQLValue?
        public let new: SQLValue?

        public var description: String {
            guard let column else { return old == nil ? "row \(key) is in the store alone" : "row \(key) is not in the store" }
            return "row \(key), \(column): \(short(old)) there, \(short(new)) here"
        }

        private func short(_ value: SQLValue?) -> String {
            guard let value else { return "nothing" }
            if case .blob(let bytes) = value { return "\(bytes.count) bytes" }
            let text = value.description
            return text.count > 60 ? "\(text.prefix(60))…" : text
        }
    }

    public let table: String
    public internal(set) var equal = 0
    public internal(set) var differing = 0
    /// Rows that differ, or are missing, because the import did not take them.
    public internal(set) var rejected = 0
    /// Rows of the store that came from elsewhere.
    public internal(set) var own = 0
    public internal(set) var first: Difference?

    public var isEqual: Bool { differing == 0 }

    mutating func differs(_ difference: @autoclosure () -> Difference) {
        differing += 1
        if first == nil { first = difference() }
    }
}

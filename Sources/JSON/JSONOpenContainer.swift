/// An object or array whose closing bracket the parser has not yet reached.
struct JSONOpenContainer: Sendable {
    /// The tape index of the container's entry.
    var index: Int
    var isObject: Bool
    /// The number of keys seen, and a bit set of their hashes that spares most comparisons in the duplicate check.
    var keyCount = 0
    var keyFilter: UInt64 = 0
    /// By other bits of the same hash.
    var secondKeyFilter: UInt64 = 0
}

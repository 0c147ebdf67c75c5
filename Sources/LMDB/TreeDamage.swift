/// A page that is not what its tree needs there, and the keys that cannot be reached for it.
public struct TreeDamage: Sendable, Hashable, CustomStringConvertible {
    public let page: UInt64
    /// What was expected and what was found.
    public let problem: String
    /// By the keys beside them; up to `UInt64.max` where nothing tells the end.
    public let keys: ClosedRange<UInt64>

    public var description: String { "page \(page): \(problem)" }
}

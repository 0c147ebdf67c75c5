/// What a store was set up with, as far as rules depend on it.
public struct Settings: Sendable, Hashable {
    /// Sets of allowed names, by the name of the set.
    public var allowed: [String: [String]]

    public init(allowed: [String: [String]] = [:]) { self.allowed = allowed }

    /// The allowed names of a set, or a default where the store has none of its own.
    public func allowed(_ name: String, default names: [String]) -> [String] { allowed[name] ?? names }
}

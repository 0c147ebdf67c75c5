/// What a store was set up with, as far as rules depend on it.
public struct Settings: Sendable {
    /// Sets of allowed names, by the name of the set.
    public var allowed: [String: [String]]
    /// The store's blobs; nil where there are none to look for.
    public var blobs: (any BlobReader)?

    public init(allowed: [String: [String]] = [:], blobs: (any BlobReader)? = nil) {
        self.allowed = allowed
        self.blobs = blobs
    }

    /// The allowed names of a set, or a default where the store has none of its own.
    public func allowed(_ name: String, default names: [String]) -> [String] { allowed[name] ?? names }
}

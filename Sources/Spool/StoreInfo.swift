import JSON

/// The content of `store.json`.
public struct StoreInfo: Codable, Sendable, Hashable {
    /// Version of the store's layout on disk.
    public static let currentFormat = 1

    public var format: Int
    /// The store's own UUID.
    public var id: String
    /// Sets of allowed names, such as `characters`.
    public var allowed: [String: [String]]?
}

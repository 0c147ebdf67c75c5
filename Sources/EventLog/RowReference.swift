/// A row of a view by table and primary key, written `image_library:42`.
public struct RowReference: Sendable, Hashable, CustomStringConvertible {
    public let table: String
    public let key: String

    public init(table: String, key: String) {
        self.table = table
        self.key = key
    }

    public var description: String { "\(table):\(key)" }

    /// Of the description.
    var byteCount: Int { table.utf8.count + 1 + key.utf8.count }

    init?(parsing text: Substring) {
        guard let colon = text.firstIndex(of: ":") else { return nil }
        table = String(text[..<colon])
        key = String(text[text.index(after: colon)...])
    }
}

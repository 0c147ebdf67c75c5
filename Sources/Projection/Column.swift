/// A column of a table.
public struct Column: Sendable, Hashable {
    public let name: String
    public let type: ColumnType
    public let isNullable: Bool
    /// The stored value is the SHA-256 of content that is kept elsewhere.
    public let isBlobHash: Bool
    /// What a new row holds unless told otherwise.
    public let defaultValue: SQLValue
}

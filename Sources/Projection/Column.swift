/// A column of a table.
public struct Column: Sendable, Hashable {
    public let name: String
    public let type: ColumnType
    public let isNullable: Bool
    /// The row holds the hash of a blob; SQL shows the blob.
    public let isBlobReference: Bool
    /// What a new row holds unless told otherwise.
    public let defaultValue: SQLValue
}

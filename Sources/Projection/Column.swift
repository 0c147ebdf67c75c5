/// A column of a table.
public struct Column: Sendable, Hashable {
    public let name: String
    public let type: ColumnType
    public let isNullable: Bool
    /// What a new row holds unless told otherwise.
    public let defaultValue: SQLValue
}

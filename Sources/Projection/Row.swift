/// A row of a table, and how its columns are called.
///
/// One list serves writing, reading and describing:
///
/// ```swift
/// public struct Search: Row {
///     public var id = 0
///     public var query = ""
///     public var resultCount = 0
///     public init() {}
///
///     public mutating func columns(_ column: inout ColumnCoder) {
///         column("id", &id)
///         column("query", &query)
///         column("result_count", &resultCount)
///     }
/// }
/// ```
public protocol Row: Sendable {
    /// A row of defaults.
    init()
    /// Names every column, in the order that `SELECT *` shows.
    mutating func columns(_ column: inout ColumnCoder)
}

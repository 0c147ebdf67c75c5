/// Reads a projection's rows as Swift values, in place of SQL.
///
/// ```swift
/// let latest = try store.read(metrics) { views in try views.get(LatestMetrics.table, "video_001", "tiktok") }
/// ```
public struct ViewReader {
    private let reader: ProjectionReader

    init(_ reader: ProjectionReader) { self.reader = reader }

    /// The row with a primary key.
    public func get<R>(_ table: Table<R>, _ key: any ColumnValue...) throws -> R? {
        try reader.table(table.name).get(table, key)
    }

    /// The rows with these values, by primary key or index, in its order; all rows when there are no values.
    ///
    /// - Throws: `ProjectionError.noIndex` when neither begins with these columns.
    public func all<R>(_ table: Table<R>, where values: ColumnValues = [:]) throws -> [R] {
        try reader.table(table.name).all(table, where: values)
    }

    /// The first of the rows with these values.
    public func first<R>(_ table: Table<R>, where values: ColumnValues) throws -> R? {
        try reader.table(table.name).first(table, where: values)
    }
}

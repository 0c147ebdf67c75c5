/// Reads a projection's rows as Swift values, in place of SQL.
///
/// ```swift
/// let latest = try store.read(metrics) { views in try views.get(LatestMetrics.table, "video_001", "tiktok") }
/// ```
// Inlined where the rows' type is known, with what finds the rows behind it: to decode a row by its type's metadata takes twice as long.
public struct ViewReader {
    @usableFromInline let reader: ProjectionReader

    init(_ reader: ProjectionReader) { self.reader = reader }

    /// The row with a primary key.
    @inlinable
    public func get<R, each Key: ColumnValue>(_ table: Table<R>, _ key: repeat each Key) throws -> R? {
        var ordered = OrderedKey(capacity: 32)
        repeat ordered.append((each key).sqlValue)
        var decoder = ColumnCoder(.decode)
        return try reader.begin(table, ordered, with: &decoder) ? decoder.row(of: table) : nil
    }

    /// The rows with these values, by primary key or index, in its order; all rows when there are no values.
    ///
    /// - Throws: `ProjectionError.noIndex` when neither begins with these columns.
    @inlinable
    public func all<R>(_ table: Table<R>, where values: ColumnValues = [:]) throws -> [R] {
        let reader = try reader.table(table)
        var rows: [R] = []
        // A few at once: most that are looked up by an index have so many.
        rows.reserveCapacity(values.isEmpty ? try reader.count() : 4)
        try Self.append(.max, of: try reader.rows(values), in: table, to: &rows)
        return rows
    }

    /// The first of the rows with these values.
    @inlinable
    public func first<R>(_ table: Table<R>, where values: ColumnValues) throws -> R? {
        var rows: [R] = []
        try Self.append(1, of: try reader.table(table).rows(values), in: table, to: &rows)
        return rows.first
    }

    /// The first so many of the rows with these values, in the order of some columns; no more rows are read than that.
    ///
    /// ```swift
    /// let topics = try views.first(5, Trend.table, where: ["used_flag": false], orderedBy: .descending("relevance_score"))
    /// ```
    ///
    /// - Parameter order: none for the order of the primary key or index that the rows are found by.
    /// - Throws: `ProjectionError.noIndex` when neither the primary key nor an index begins with the columns of the values, then these.
    @inlinable
    public func first<R>(
        _ count: Int, _ table: Table<R>, where values: ColumnValues = [:], orderedBy order: IndexColumnName...
    ) throws -> [R] {
        var rows: [R] = []
        try Self.append(count, of: try reader.table(table).rows(values, orderedBy: order), in: table, to: &rows)
        return rows
    }

    /// Visits the rows with these values in place, in the order of `all`, until `body` returns false. Nothing is allocated for a row.
    ///
    /// ```swift
    /// let views = LatestMetrics.table.place(of: "views")
    /// try reader.forEachRow(of: LatestMetrics.table) { row in sum += row.integer(views) ?? 0; return true }
    /// ```
    ///
    /// - Throws: `ProjectionError.noIndex`, as `all`, and what `body` throws.
    @inlinable
    public func forEachRow<R>(
        of table: Table<R>, where values: ColumnValues = [:], _ body: (borrowing RowView) throws -> Bool
    ) throws {
        try reader.table(table).rows(values).visitViews(body)
    }

    @inlinable
    static func append<R>(_ limit: Int, of found: RowCursor, in table: Table<R>, to rows: inout [R]) throws {
        guard limit > 0 else { return }
        var decoder = ColumnCoder(.decode)
        try found.visit { row in
            try found.begin(row, with: &decoder)
            rows.append(try decoder.row(of: table))
            return rows.count < limit
        }
    }
}

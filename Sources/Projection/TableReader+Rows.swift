import LMDB

extension TableReader {
    /// The rows with these values, by primary key or index, in its order; all rows when there are no values.
    ///
    /// - Throws: `ProjectionError.noIndex` when neither begins with these columns.
    @usableFromInline
    func rows(_ values: ColumnValues) throws -> RowCursor {
        if values.isEmpty { return try rows() }
        let values = SoughtValues(values)
        if let (place, entry) = uniqueEntry(values) {
            return RowCursor(self, keys: try primaryKey(ofUniqueEntry: entry.span.bytes, inIndex: place).map { [$0] } ?? [])
        }
        if let path = path(to: values), path.prefix.count < OrderedKey.greatestExactLength {
            return try RowCursor(self, index: path.index, prefix: path.prefix)
        }
        return RowCursor(self, keys: try keys(values))
    }

    /// The rows with these values in the order of some columns, those that are the same in them by primary key, all the other way round where
    /// an index is read backward.
    ///
    /// - Throws: `ProjectionError.noIndex` when neither the primary key nor an index has the columns of the values, then these.
    @usableFromInline
    func rows(_ values: ColumnValues, orderedBy order: [IndexColumnName]) throws -> RowCursor {
        if order.isEmpty { return try rows(values) }
        let values = SoughtValues(values)
        guard let path = orderedPath(to: values, order) else {
            throw ProjectionError.noIndex(table: schema.name, columns: values.names + order.map(\.name))
        }
        let index = path.index.map { schema.indexes[$0] }
        if try path.prefix.count < OrderedKey.greatestExactLength && isOrdered(index) {
            return try RowCursor(self, index: path.index, prefix: path.prefix, isBackward: path.isBackward)
        }
        return RowCursor(self, keys: try sorted(keys(values), order))
    }

    private func orderedPath(
        to values: SoughtValues, _ order: [IndexColumnName]
    ) -> (index: Int?, prefix: [UInt8], isBackward: Bool)? {
        let wanted = order.map { (place: schema.place(of: $0.name), descending: $0.descending) }
        for index in [nil] + schema.indexes.indices.map(Optional.some) {
            let rest = columns(ofIndex: index).dropFirst(values.count).prefix(wanted.count)
            guard let first = rest.first, rest.count == wanted.count, zip(rest, wanted).allSatisfy({ $0.place == $1.place }) else {
                continue
            }
            // All as they are wanted, or all the other way round.
            let isBackward = first.descending != wanted[0].descending
            guard zip(rest, wanted).allSatisfy({ ($0.descending != $1.descending) == isBackward }) else { continue }
            if let prefix = prefix(values, ofIndex: index) { return (index, prefix, isBackward) }
        }
        return nil
    }

    /// Where an index is not in order, because of keys too long for LMDB.
    private func sorted(_ keys: [[UInt8]], _ order: [IndexColumnName]) throws -> [[UInt8]] {
        let places = order.compactMap { column in schema.place(of: column.name).map { (place: $0, descending: column.descending) } }
        return try keys.map { key -> (order: [UInt8], key: [UInt8]) in
            guard let row: [UInt8] = try self.row(key) else { throw damage }
            let values = schema.values(of: row)
            var ordered = OrderedKey()
            for column in places { ordered.append(values[column.place], descending: column.descending) }
            return (ordered.bytes, key)
        }
        .sorted { $0.order == $1.order ? $0.key.precedes($1.key) : $0.order.precedes($1.order) }
        .map(\.key)
    }

    /// nil when the entry names no row.
    func withRow<T>(ofEntryAt cursor: Cursor, inIndex place: Int, _ body: (RawSpan) throws -> T) throws -> T? {
        if cursor.value.byteCount > 0 { return try withRow(cursor.value, body) }
        let entry = cursor.key
        guard let start = layout.schema.indexes[place].primaryKeyStart(inEntry: entry) else { return nil }
        return try withRow(entry.extracting(start..<entry.byteCount), body)
    }

    func begin(_ row: RawSpan, with decoder: inout ColumnCoder) throws {
        guard decoder.begin(row, columnCount: layout.schema.columns.count) else { throw damage }
    }

    var damage: ProjectionError { .damagedRow(table: schema.name) }
}

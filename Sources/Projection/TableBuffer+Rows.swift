/// The rows as Swift values, as the writer sees them.
extension TableBuffer {
    func decode<R: Row>(_ table: Table<R>, _ bytes: RawSpan) throws -> R {
        guard decoder.begin(bytes, columnCount: schema.columns.count) else { throw ProjectionError.damagedRow(table: schema.name) }
        return try decoder.row(of: table)
    }

    func row<R>(_ table: Table<R>, _ key: [UInt8]) throws -> R? { try withRow(key.span.bytes) { try decode(table, $0) } }

    func all<R>(_ table: Table<R>, where values: ColumnValues) throws -> [R] {
        try keys(SoughtValues(values)).compactMap { try row(table, $0) }
    }

    func first<R>(_ table: Table<R>, where values: ColumnValues) throws -> R? {
        let sought = SoughtValues(values)
        if let (place, entry) = uniqueEntry(sought) {
            return try primaryKey(ofUniqueEntry: entry.span.bytes, inIndex: place).flatMap { try row(table, $0) }
        }
        return try keys(sought).first.flatMap { try row(table, $0) }
    }
}

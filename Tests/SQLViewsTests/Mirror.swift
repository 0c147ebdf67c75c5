import Projection
import TestSupport

/// The same rows in tables and indexes of SQLite's own.
func mirror(of rows: Rows) throws -> SQLiteDatabase {
    let database = try SQLiteDatabase()
    func make(_ schema: TableSchema, _ rows: [[SQLValue]]) throws {
        let columns = schema.columns.map { "\"\($0.name)\" \($0.type.rawValue)\($0.isNullable ? "" : " NOT NULL")" }
        let key = schema.key.map { "\"\(schema.columns[$0].name)\"" }.joined(separator: ", ")
        try database.execute("CREATE TABLE \(schema.name)(\(columns.joined(separator: ", ")), PRIMARY KEY(\(key)))")
        for index in schema.indexes {
            let names = index.columns.map { "\"\(schema.columns[$0.place].name)\"\($0.descending ? " DESC" : "")" }
            let condition = index.condition.map { " WHERE \"\(schema.columns[$0.place].name)\" = \($0.value)" } ?? ""
            let kind = index.isUnique ? "UNIQUE INDEX" : "INDEX"
            try database.execute("CREATE \(kind) \(index.name) ON \(schema.name)(\(names.joined(separator: ", ")))\(condition)")
        }
        let marks = schema.columns.map { _ in "?" }.joined(separator: ", ")
        for row in rows { try database.run("INSERT INTO \(schema.name) VALUES (\(marks))", row) }
    }
    try make(Item.table.schema, rows.items.map(\.values))
    try make(Place.table.schema, rows.places.map(\.values))
    try make(Link.table.schema, rows.links.map(\.values))
    return database
}

extension Item {
    fileprivate var values: [SQLValue] {
        [
            id.sqlValue, name.sqlValue, kind.sqlValue, score.sqlValue, count.sqlValue, flag.sqlValue, note.sqlValue, payload.sqlValue,
            doc.sqlValue,
        ]
    }
}

extension Place {
    fileprivate var values: [SQLValue] { [code.sqlValue, title.sqlValue, rank.sqlValue, height.sqlValue] }
}

extension Link {
    fileprivate var values: [SQLValue] { [item.sqlValue, place.sqlValue, seq.sqlValue, weight.sqlValue] }
}

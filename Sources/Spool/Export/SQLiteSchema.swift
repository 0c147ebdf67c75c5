import Projection

/// Declared tables in SQLite's words, for a database of their own.
///
/// Keys, NOT NULL, UNIQUE, foreign keys and indexes are there; the rules of single rows are not, since they are Swift, and the rows kept them.
/// A foreign key to a table that is not in the database is left out.
struct SQLiteSchema {
    private let names: Set<String>
    private let keys: [String: [String]]

    init(_ tables: [TableSchema]) {
        names = Set(tables.map(\.name))
        keys = Dictionary(tables.map { table in (table.name, table.key.map { table.columns[$0].name }) }) { first, _ in first }
    }

    func table(_ table: TableSchema) -> String {
        var parts: [String] = []
        let single = table.key.count == 1 ? table.key.first : nil
        for (place, column) in table.columns.enumerated() {
            var text = "\(Self.quoted(column.name)) \(column.type.rawValue)"
            if place == single, table.assignsKey {
                text += " PRIMARY KEY AUTOINCREMENT"
            } else {
                if !column.isNullable { text += " NOT NULL" }
                // An INTEGER PRIMARY KEY that may be NULL would be numbered by SQLite.
                if place == single { text += column.type == .integer && column.isNullable ? " UNIQUE" : " PRIMARY KEY" }
            }
            parts.append(text)
        }
        if single == nil, !table.key.isEmpty { parts.append("PRIMARY KEY (\(list(table.key, of: table)))") }
        for index in table.indexes where index.isUnique && index.condition == nil {
            parts.append("UNIQUE (\(columns(of: index, table)))")
        }
        for reference in table.references where names.contains(reference.table) {
            let named = reference.column.map { [$0] } ?? keys[reference.table] ?? []
            parts.append(
                "FOREIGN KEY (\(Self.quoted(table.columns[reference.place].name))) REFERENCES \(Self.quoted(reference.table))"
                    + "(\(named.map(Self.quoted).joined(separator: ", "))) ON DELETE \(reference.onDelete.rawValue)")
        }
        return "CREATE TABLE \(Self.quoted(table.name)) (\n    \(parts.joined(separator: ",\n    "))\n)"
    }

    func indexes(of table: TableSchema) -> [String] {
        table.indexes.filter { !$0.isUnique || $0.condition != nil }.map { index in
            let condition = index.condition.map { condition in
                let column = Self.quoted(table.columns[condition.place].name)
                return " WHERE \(column) \(condition.value == .null ? "IS NULL" : "= \(condition.value)")"
            }
            return "CREATE \(index.isUnique ? "UNIQUE " : "")INDEX \(Self.quoted(index.name)) ON \(Self.quoted(table.name)) "
                + "(\(columns(of: index, table)))\(condition ?? "")"
        }
    }

    func insert(into table: TableSchema) -> String {
        let marks = table.columns.map { _ in "?" }.joined(separator: ", ")
        return "INSERT INTO \(Self.quoted(table.name)) (\(list(Array(table.columns.indices), of: table))) VALUES (\(marks))"
    }

    private func columns(of index: IndexSchema, _ table: TableSchema) -> String {
        index.columns.map { Self.quoted(table.columns[$0.place].name) + ($0.descending ? " DESC" : "") }.joined(separator: ", ")
    }

    private func list(_ places: [Int], of table: TableSchema) -> String {
        places.map { Self.quoted(table.columns[$0].name) }.joined(separator: ", ")
    }

    /// A name as SQL takes it, whatever it is made of.
    static func quoted(_ name: String) -> String { "\"\(name.replacing("\"", with: "\"\""))\"" }
}

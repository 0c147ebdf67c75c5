import EventLog
import Projection

/// A table as an old database has it, beside the table that it becomes.
final class OldTable {
    let legacy: LegacyTable
    let database: OldDatabase
    /// Its name and all its columns there.
    let own: OldDatabase.Table
    /// For each of Spool's columns its place among `own.columns`; nil where the old table lacks it.
    let places: [Int?]
    /// Which of Spool's columns are times.
    private let timePlaces: [Int]
    private let rowIDSelector: String?
    private var probe: OldStatement?

    var schema: TableSchema { legacy.schema }
    var name: String { legacy.name }

    init(_ legacy: LegacyTable, _ own: OldDatabase.Table, in database: OldDatabase) throws {
        self.legacy = legacy
        self.own = own
        self.database = database
        places = legacy.schema.columns.map { own.place(of: $0.name) }
        timePlaces = legacy.times.compactMap { legacy.schema.place(of: $0) }
        // A table without row ids, or a column that took the name over, has none to show.
        let hasRowID = own.place(of: "rowid") == nil && (try? database.prepare("SELECT rowid FROM \(quoted(own.name))")) != nil
        rowIDSelector = hasRowID && !database.isText ? "rowid" : nil
    }

    var missingColumns: [String] { zip(schema.columns, places).filter { $1 == nil }.map(\.0.name) }

    var extraColumns: [String] { own.columns.filter { schema.place(of: $0.lowercased()) == nil } }

    func rowCount() throws -> Int { try database.count("SELECT count(*) FROM \(quoted(own.name))") }

    // MARK: Order

    /// The rows in the order in which they can be stored: by time, none before a row that it names.
    func cursor(among tables: [String: OldTable]) throws -> OldStatement {
        let time = orderingTime(among: tables, as: "t") ?? "NULL"
        let columns = own.columns.map { "t.\(quoted($0))" }.joined(separator: ", ")
        let rowID = rowIDSelector.map { "t.\($0)" }
        return try database.prepare(
            "SELECT \(time), \(rowID ?? "NULL"), \(columns) FROM \(quoted(own.name)) AS t ORDER BY 1\(rowID.map { ", \($0)" } ?? "")")
    }

    /// In SQL: a row's own time, or that of a row it refers to where that is later. NULL when there is neither.
    private func orderingTime(among tables: [String: OldTable], as alias: String) -> String? {
        var times: [String] = []
        if let column = legacy.times.lazy.compactMap({ self.own.place(of: $0) }).first {
            times.append("spool_time(\(alias).\(quoted(own.columns[column])))")
        }
        for (number, reference) in schema.references.enumerated() {
            guard let parent = tables[reference.table], parent.database === database, let place = places[reference.place] else { continue }
            let named = reference.column ?? parent.schema.columns[parent.schema.key[0]].name
            let parentAlias = "\(alias)\(number)"
            guard let key = parent.own.place(of: named), let time = parent.orderingTime(among: tables, as: parentAlias) else { continue }
            times.append(
                "(SELECT \(time) FROM \(quoted(parent.own.name)) AS \(parentAlias) "
                    + "WHERE \(parentAlias).\(quoted(parent.own.columns[key])) = \(alias).\(quoted(own.columns[place])))")
        }
        guard times.count > 1 else { return times.first }
        return "max(\(times.map { "coalesce(\($0), -9223372036854775807)" }.joined(separator: ", ")))"
    }

    /// Keys that several rows have, which a table without a rule against it can hold: as `TableSchema.key` writes them.
    func repeatedKeys() throws -> Set<[UInt8]> {
        let columns = schema.key.compactMap { places[$0].map { quoted(own.columns[$0]) } }
        guard columns.count == schema.key.count else { return [] }
        let list = columns.joined(separator: ", ")
        let statement = try database.prepare("SELECT \(list) FROM \(quoted(own.name)) GROUP BY \(list) HAVING count(*) > 1")
        var keys: Set<[UInt8]> = []
        while try statement.step() {
            var values = [SQLValue](repeating: .null, count: schema.columns.count)
            for (place, column) in schema.key.enumerated() {
                if let value = try? convert(statement.value(place), to: schema.columns[column]) { values[column] = value }
            }
            keys.insert(schema.key(of: values))
        }
        return keys
    }

    /// Whether a row with this key is there; true when the table cannot tell.
    func hasRow(key values: [SQLValue]) throws -> Bool {
        if probe == nil {
            let columns = schema.key.compactMap { places[$0].map { quoted(own.columns[$0]) } }
            guard columns.count == schema.key.count else { return true }
            probe = try database.prepare(
                "SELECT 1 FROM \(quoted(own.name)) WHERE \(columns.map { "\($0) = ?" }.joined(separator: " AND ")) LIMIT 1")
        }
        guard let probe else { return true }
        try probe.bind(database.isText ? values.map { .text($0.plainText) } : values)
        return try probe.step()
    }

    // MARK: Rows

    /// Spool's columns of a row.
    ///
    /// - Throws: `BadRow` with the first column that cannot be taken.
    func values(of cells: [SQLValue]) throws(BadRow) -> [SQLValue] {
        var values: [SQLValue] = []
        values.reserveCapacity(places.count)
        for (place, column) in schema.columns.enumerated() {
            if let own = places[place] {
                let value = try convert(cells[own], to: column)
                if value == .null, !column.isNullable {
                    throw BadRow(reason: "column '\(column.name)': expected \(column.type.rawValue), found NULL")
                }
                values.append(value)
            } else {
                values.append(try standIn(for: place, in: cells))
            }
        }
        return values
    }

    /// The key of a row that cannot be taken, as far as it can be told.
    func key(of cells: [SQLValue]) -> [UInt8]? {
        var values = [SQLValue](repeating: .null, count: schema.columns.count)
        for column in schema.key {
            guard let own = places[column], let value = try? convert(cells[own], to: schema.columns[column]) else { return nil }
            values[column] = value
        }
        return schema.key(of: values)
    }

    /// The key of a row in words.
    func keyText(of cells: [SQLValue]) -> String {
        let values = schema.key.map { places[$0].map { cells[$0].plainText } ?? "?" }
        return values.count == 1 ? values[0] : "(\(values.joined(separator: ", ")))"
    }

    /// What a column holds that the old table lacks.
    private func standIn(for place: Int, in cells: [SQLValue]) throws(BadRow) -> SQLValue {
        let column = schema.columns[place]
        if legacy.needs(place) { throw BadRow(reason: "the table has no column '\(column.name)', and nothing stands for it") }
        guard timePlaces.contains(place), !column.isNullable else { return column.defaultValue }
        for other in timePlaces {
            if let own = places[other], cells[own] != .null { return try convert(cells[own], to: column) }
        }
        throw BadRow(reason: "the table has no column '\(column.name)', and no other time stands for it")
    }

    private func convert(_ value: SQLValue, to column: Column) throws(BadRow) -> SQLValue {
        guard let converted = RowConversion.convert(value, to: column, isText: database.isText) else {
            let found = if case .blob(let bytes) = value { "\(bytes.count) bytes that are no text" } else { String("\(value)".prefix(80)) }
            throw BadRow(reason: "column '\(column.name)': expected \(column.type.rawValue), found \(found)")
        }
        return converted
    }

    /// When a row's fact happened, or was changed last.
    func time(of values: [SQLValue], changed: Bool) -> Timestamp? {
        let first = legacy.times.first.flatMap { time($0, values) }
        guard changed, let last = legacy.changed.flatMap({ time($0, values) }) else { return first }
        return max(first ?? last, last)
    }

    private func time(_ column: String, _ values: [SQLValue]) -> Timestamp? {
        guard let place = schema.place(of: column) else { return nil }
        return switch values[place] {
        case .text(let text): try? Timestamp(parsing: text)
        case .integer(let seconds): Timestamp(unixSeconds: Double(seconds))
        default: nil
        }
    }
}

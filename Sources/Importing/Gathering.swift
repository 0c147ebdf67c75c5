import EventLog
import Glibc
import Projection

/// Exports on their way into a temporary SQLite file, where they can be sorted and looked up in, whatever their size.
final class Gathering {
    let database: OldDatabase
    /// Records that are no rows: the table, the line or number of the record, why, and the record's text.
    private(set) var badRecords: [RejectedRow] = []
    private let tables: [LegacyTable]
    private var table: (name: String, columns: [String], insert: OldStatement)?

    init(name: String, for tables: [LegacyTable]) throws {
        self.tables = tables
        let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(folder)/spool-import-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw FileError("write a temporary file in", folder) }
        close(descriptor)
        database = try OldDatabase(name: name, temporary: String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self))
        try database.execute("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN")
    }

    func begin(_ name: String, columns: [String]) throws {
        guard !columns.isEmpty, Set(columns.map { $0.lowercased() }).count == columns.count else {
            throw ImportError.failed(path: database.name, table: name, reason: "the header names no columns, or one twice")
        }
        try database.execute("CREATE TABLE \(quoted(name)) (\(columns.map(quoted).joined(separator: ", ")))")
        let places = columns.map { _ in "?" }.joined(separator: ", ")
        table = (name, columns, try database.prepare("INSERT INTO \(quoted(name)) VALUES (\(places))"))
    }

    /// - Parameter number: of the line or record, for messages.
    func add(_ fields: [String?], number: Int) throws {
        guard let table else { return }
        guard fields.count == table.columns.count else {
            return reject(
                number, "expected \(table.columns.count) fields, found \(fields.count)",
                fields.map { $0 ?? "" }.joined(separator: ","))
        }
        try table.insert.bind(fields.map { $0.map { .text($0) } ?? .null })
        _ = try table.insert.step()
    }

    func reject(_ number: Int, _ reason: String, _ text: String) {
        badRecords.append(
            RejectedRow(table: table?.name ?? "?", key: "line \(number)", rowID: nil, reason: reason, row: [("text", .text(text))]))
    }

    /// Makes look-ups quick, and the file ready to be read.
    func finish() throws {
        table = nil
        try database.execute("COMMIT")
        try database.begin()
        var number = 0
        for legacy in tables {
            guard let own = database.tables[legacy.name] else { continue }
            let referenced = tables.flatMap { child in
                child.schema.references.filter { $0.table == legacy.name }.compactMap { $0.column.map { [$0] } }
            }
            for columns in [legacy.schema.key.map { legacy.schema.columns[$0].name }] + referenced {
                let places = columns.compactMap { own.place(of: $0) }
                guard places.count == columns.count else { continue }
                number += 1
                let list = places.map { quoted(own.columns[$0]) }.joined(separator: ", ")
                try database.execute("CREATE INDEX \(quoted("spool_index_\(number)")) ON \(quoted(own.name)) (\(list))")
            }
        }
    }
}

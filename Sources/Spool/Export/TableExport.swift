import EventLog
import Glibc
import JSON
import Projection
import SQLViews

/// Writes the rows of tables into a file, all of one moment.
///
/// ```swift
/// let counts = try TableExport(of: store, tables: ["image_library"]).write(.csv, to: "images.csv")
/// ```
public struct TableExport {
    public enum Format: String, Sendable, CaseIterable {
        /// An object a line.
        case ndjson
        /// A header and rows.
        case csv
        /// A plain SQLite database.
        case sqlite
    }

    /// What was written.
    public struct Outcome: Sendable {
        /// Everything up to here is in it, and nothing after it.
        public let position: Position
        /// In the order of the tables.
        public let rows: [(table: String, count: Int)]
    }

    private let store: Store
    private let tables: [(projection: String, schema: TableSchema)]

    /// - Parameter names: of the tables; all when there are none.
    /// - Throws: `ExportError` for a name that is no table's.
    public init(of store: Store, tables names: [String] = []) throws {
        self.store = store
        let all = store.engine.projections.flatMap { projection in projection.projector.tables.map { (projection.name, $0.schema) } }
        if names.isEmpty {
            tables = all
            return
        }
        var seen: Set<String> = []
        tables = try names.filter { seen.insert($0).inserted }.map { name in
            if name == "events" { throw ExportError.eventsAmongTables }
            guard let table = all.first(where: { $0.1.name == name }) else {
                let views = store.engine.projections.flatMap { $0.projector.views.map(\.name) }
                if views.contains(name) { throw ExportError.isView(name) }
                throw ExportError.unknownTable(name, nearest: JSONNameDistance.nearest(to: name, in: all.map(\.1.name)))
            }
            return table
        }
    }

    /// Writes a file, or, for several tables as NDJSON or CSV, a folder with a file for each.
    ///
    /// It takes the path's place when it is whole and on disk; a file that was there is replaced.
    ///
    /// - Parameters:
    ///   - progress: called with the table, the rows written and how many there are, over all tables.
    /// - Throws: `ExportError`; nothing is left then.
    public func write(
        _ format: Format, to path: String, progress: @escaping (String, Int, Int) -> Void = { _, _, _ in }
    ) throws -> Outcome {
        try StoreError.checkOutside(path)
        do {
            let target = try StagingFolder.resolved(path)
            let isFolder = format != .sqlite && tables.count > 1
            var status = stat()
            if lstat(target, &status) == 0 {
                let holdsNothing = status.st_mode & S_IFMT == S_IFDIR && Folder.names(in: target).isEmpty
                if isFolder, !holdsNothing { throw ExportError.targetNotEmpty(path: path) }
                if !isFolder, status.st_mode & S_IFMT != S_IFREG { throw ExportError.notAFile(path: path) }
            }
            let staging = try StagingFolder(beside: target)
            defer { staging.remove() }
            let outcome: Outcome
            if format == .sqlite {
                outcome = try writeDatabase(staging.content, progress)
            } else {
                if isFolder { try Folder.make(staging.content) }
                outcome = try forEachTable(progress) { reader, rows in
                    let file = isFolder ? "\(staging.content)/\(reader.schema.name).\(format.rawValue)" : staging.content
                    let output = try HashedOutput(file)
                    try Self.write(rows, format) { try output.write($0) }
                    _ = try output.finish()
                }
                if isFolder { try Folder.sync(staging.content) }
            }
            try staging.publish()
            return outcome
        } catch let error as ExportError {
            throw error
        } catch {
            throw ExportError.notMade(path: path, reason: "\(error)")
        }
    }

    /// Hands one table's text to `output`, piece by piece: for standard output.
    public func write(_ format: Format, _ output: ([UInt8]) throws -> Void) throws -> Outcome {
        let silent: (String, Int, Int) -> Void = { _, _, _ in }
        return try forEachTable(silent) { _, rows in try Self.write(rows, format, output) }
    }

    // MARK: Rows

    /// A table's rows, blobs in the place of their hashes.
    private final class Rows {
        let table: TableSchema
        private let cursor: RowCursor
        private let blobs: BlobStore
        private let blobColumns: [Int]
        private let counted: () -> Void
        private(set) var count = 0

        init(_ reader: TableReader, _ blobs: BlobStore, counted: @escaping () -> Void) throws {
            table = reader.schema
            cursor = try reader.rows()
            self.blobs = blobs
            self.counted = counted
            blobColumns = table.columns.indices.filter { reader.schema.columns[$0].isBlobHash }
        }

        func next() throws -> [SQLValue]? {
            guard var values = try cursor.next() else { return nil }
            for place in blobColumns {
                if let hash = BlobHash(sqlValue: values[place]) { values[place] = .blob(try blobs.read(hash)) }
            }
            count += 1
            counted()
            return values
        }
    }

    private static func write(_ rows: Rows, _ format: Format, _ output: ([UInt8]) throws -> Void) throws {
        let columns = rows.table.columns.map(\.name)
        if format == .csv { try output(Array(RowText.csvHeader(columns).utf8)) }
        while let values = try rows.next() {
            try output(format == .csv ? Array(RowText.csv(values).utf8) : RowText.json(columns, values) + [0x0A])
        }
    }

    /// Visits the tables on one snapshot, each with its rows in the order of the primary key.
    private func forEachTable(
        _ progress: @escaping (String, Int, Int) -> Void, _ body: (TableReader, Rows) throws -> Void
    ) throws -> Outcome {
        let snapshot = try store.engine.snapshot(of: Set(tables.map(\.projection)))
        defer { snapshot.end() }
        let readers = try tables.map { try snapshot.projection($0.projection).table($0.schema.name) }
        let total = try readers.reduce(0) { try $0 + $1.count() }
        var done = 0
        var counts: [(String, Int)] = []
        for reader in readers {
            let rows = try Rows(reader, store.blobs) {
                done += 1
                if done % 1024 == 0 { progress(reader.schema.name, done, total) }
            }
            try body(reader, rows)
            counts.append((reader.schema.name, rows.count))
        }
        return Outcome(position: snapshot.position, rows: counts)
    }

    // MARK: SQLite

    private func writeDatabase(_ path: String, _ progress: @escaping (String, Int, Int) -> Void) throws -> Outcome {
        let database = try SQLiteFile(path)
        let schema = SQLiteSchema(tables.map(\.schema))
        var highest: [(table: String, key: Int64)] = []
        try database.execute("BEGIN")
        let outcome = try forEachTable(progress) { reader, rows in
            let table = reader.schema
            highest.append((table.name, try reader.highestAssignedKey()))
            try database.execute(schema.table(table))
            let insert = try database.prepare(schema.insert(into: table))
            while let values = try rows.next() { try insert.run(values) }
            for index in schema.indexes(of: table) { try database.execute(index) }
        }
        // The keys of rows that are gone are not given again.
        for (table, key) in highest where key > 0 {
            try database.prepare("DELETE FROM sqlite_sequence WHERE name = ?").run([.text(table)])
            try database.prepare("INSERT INTO sqlite_sequence(name, seq) VALUES (?, ?)").run([.text(table), .integer(key)])
        }
        for view in store.engine.projections.flatMap(\.projector.views) { try database.addView(view.name, view.sql) }
        try database.execute("COMMIT")
        try database.close()
        return outcome
    }
}

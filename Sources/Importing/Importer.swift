import EventLog
import Glibc
import Projection
import Spool

/// Takes old databases of a system into a store.
///
/// ```swift
/// let importer = try Importer(store, .excuseMyFrench, ["data/trends.db", "data/metrics.db"])
/// let report = try importer.run(rejected: { print($0.table, $0.key, $0.reason) })
/// let comparison = try importer.verify()
/// ```
///
/// Every row becomes an event `NOUN.imported` with its original id and times (see `Importable`), in the order of those times; afterwards the
/// views equal the old tables row for row. Run again it stores what is new, what has changed and, as `NOUN.removed`, what is gone since. What
/// the old databases hold is read as of the moment when the importer was made.
public final class Importer {
    public struct Progress: Sendable {
        /// Rows looked at, of how many.
        public let rows: Int
        public let total: Int
    }

    let store: Store
    let system: LegacySystem
    let tables: [OldTable]
    let rowCounts: [Int]
    /// Keys of the rows that were not taken, by table.
    var rejectedKeys: [String: Set<[UInt8]>] = [:]
    private let extraTables: [String]
    private let missingTables: [String]
    private let badRecords: [RejectedRow]

    /// - Parameter paths: SQLite files, folders with CSV exports, or PostgreSQL connection strings; each has some of the system's tables.
    /// - Throws: `ImportError` when one of them cannot be read or has none of the tables.
    public init(_ store: Store, _ system: LegacySystem, _ paths: [String]) throws {
        self.store = store
        self.system = system
        let legacy = system.tables
        var found: [String: OldTable] = [:]
        var extraTables: [String] = []
        var badRecords: [RejectedRow] = []
        for path in paths {
            let (database, bad) = try Self.open(path, for: legacy)
            badRecords += bad
            let wanted = legacy.filter { database.tables[$0.name] != nil }
            guard !wanted.isEmpty else {
                throw ImportError.noTables(
                    path: database.name, system: system.rawValue, expected: legacy.map(\.name), found: database.tables.values.map(\.name))
            }
            for table in wanted {
                guard let own = database.tables[table.name] else { continue }
                if let other = found[table.name] { throw ImportError.sameTable(table.name, paths: [other.database.name, database.name]) }
                found[table.name] = try OldTable(table, own, in: database)
            }
            extraTables += database.tables.values.map(\.name).filter { name in !legacy.contains { $0.name == name.lowercased() } }
        }
        tables = legacy.compactMap { found[$0.name] }
        rowCounts = try tables.map { try $0.rowCount() }
        self.extraTables = extraTables.sorted()
        missingTables = legacy.map(\.name).filter { found[$0] == nil }
        self.badRecords = badRecords
    }

    private static func open(_ path: String, for tables: [LegacyTable]) throws -> (OldDatabase, [RejectedRow]) {
        if PostgresServer.isConnectionString(path) {
            let gathering = try PostgresServer(path).gather(for: tables)
            return (gathering.database, gathering.badRecords)
        }
        guard File.exists(path) else { throw ImportError.missing(path: path) }
        var status = stat()
        if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
            let gathering = try CSVFolder.gather(path, for: tables)
            return (gathering.database, gathering.badRecords)
        }
        return (try OldDatabase(reading: path), [])
    }

    /// Stores what the store does not have yet.
    ///
    /// - Parameters:
    ///   - dryRun: only tells what would happen: all is done in a copy of the log, which is thrown away.
    ///   - rejected: called for each row that is not taken.
    ///   - progress: called now and then.
    public func run(
        dryRun: Bool = false, rejected: (RejectedRow) throws -> Void = { _ in }, progress: (Progress) -> Void = { _ in }
    ) throws -> ImportReport {
        let report = ImportReport(
            tables: zip(tables, rowCounts).map { table, count in
                var entry = ImportReport.Table(name: table.name, missingColumns: table.missingColumns, extraColumns: table.extraColumns)
                entry.rows = count
                return entry
            }, extraTables: extraTables, missingTables: missingTables)
        rejectedKeys = [:]
        return try withoutActuallyEscaping(rejected) { rejected in
            try withoutActuallyEscaping(progress) { progress in
                func run(in store: Store) throws -> ImportReport {
                    let run = ImportRun(self, in: store, report, rejected, progress)
                    for record in badRecords { try run.reject(record, isRow: false) }
                    return try run.execute()
                }
                return dryRun ? try ScratchStore.with(copyOf: store, run) : try run(in: store)
            }
        }
    }
}

import EventLog
import JSON
import Projection
import Synchronization
import TestSupport
import Testing

/// A store and an old database that are told the same facts.
enum SideBySide {
    /// Stands still until it is set.
    final class Clock: Sendable {
        private let time: Mutex<Timestamp>

        init(_ time: Timestamp) { self.time = Mutex(time) }

        var now: Timestamp {
            get { time.withLock { $0 } }
            set { time.withLock { $0 = newValue } }
        }
    }

    final class Pair {
        let engine: Engine
        let database: SQLiteDatabase
        let clock: Clock
        private(set) var accepted = 0
        private(set) var refused: [String: Int] = [:]
        private let projector: Projector
        private let folder = TemporaryFolder()

        init(_ projector: Projector, seed: String, startingAt time: String) throws {
            self.projector = projector
            let clock = Clock(try Timestamp(parsing: time))
            self.clock = clock
            database = try SQLiteDatabase(seed: seed)
            let storage = try LMDBStorage(at: folder["log"])
            let log = EventLog(storage, index: EventIndex(at: folder["views/index"], of: storage), clock: { clock.now })
            engine = Engine(log, projections: [Projection(projector, in: folder["views"], of: storage, settings: Settings())])
        }

        /// Tells both; either both take the fact or both refuse it.
        func tell(_ type: String, _ fields: Fields, at time: Timestamp, _ statements: (SQLiteDatabase) throws -> Void) throws {
            try database.execute("SAVEPOINT fact")
            var refusal: SQLiteDatabase.Failure?
            do {
                try statements(database)
            } catch let error as SQLiteDatabase.Failure {
                refusal = error
                try database.execute("ROLLBACK TO fact")
            }
            try database.execute("RELEASE fact")
            switch try engine.append([AppendRequest([CloudEvent(type: type, data: fields.json, time: time)])])[0] {
            case .success:
                accepted += 1
                #expect(refusal == nil, "SQLite refuses \(type) \(fields.json)")
            case .failure(let error):
                refused[type, default: 0] += 1
                #expect(error is RuleViolation, "\(type) \(fields.json): \(error)")
                #expect(refusal != nil, "SQLite takes \(type) \(fields.json), refused with \(error)")
            }
        }

        /// Compares every table, row for row and column for column.
        func compare(_ tables: [String]? = nil) throws {
            for table in projector.tables.map(\.schema) where tables?.contains(table.name) ?? true {
                let key = table.key.map { table.columns[$0].name }.joined(separator: ", ")
                let expected = try database.run("SELECT * FROM \(table.name) ORDER BY \(key)")
                let found = try Rows.all(engine, table.name)
                #expect(found.count == expected.count, "\(table.name)")
                #expect(!expected.isEmpty, "\(table.name) is not put to the test")
                for (found, expected) in zip(found, expected) where !Rows.areSame(found, expected) {
                    Issue.record("\(table.name): expected \(expected), found \(found)")
                }
            }
        }

        /// Compares the columns' names and order, and their types where they are not those of a view.
        func compareColumns() throws {
            for table in projector.tables.map(\.schema) {
                let expected = try database.run("SELECT name, type, \"notnull\" OR pk FROM pragma_table_info(?)", [.text(table.name)])
                #expect(table.columns.map { SQLValue.text($0.name) } == expected.map { $0[0] }, "\(table.name)")
                guard try database.value("SELECT type FROM sqlite_schema WHERE name = ?", [table.name]) == .text("table") else { continue }
                for (column, expected) in zip(table.columns, expected) {
                    let type =
                        switch expected[1] {
                        case .text("DATETIME"), .text("TIMESTAMP"): "TEXT"
                        case .text("BOOLEAN"): "INTEGER"
                        default: expected[1].plainText
                        }
                    #expect(column.type.rawValue == type, "\(table.name).\(column.name)")
                    #expect(column.isNullable == (expected[2] == .integer(0)), "\(table.name).\(column.name)")
                }
            }
        }

        /// A fresh fold of the log gives the same tables.
        func compareWithRebuild() throws {
            let report = try engine.rebuild(projector.name, checkOnly: true)
            #expect(report.differences.isEmpty)
            #expect(report.conflictCount == 0)
        }

        // MARK: Times, as SQLite writes them

        func sqlTime(_ time: Timestamp) throws -> String {
            try database.value("SELECT datetime(?, 'unixepoch')", [Int(time.unixSeconds)])?.plainText ?? ""
        }

        func isoTime(_ time: Timestamp) throws -> String {
            let milliseconds = Int(time.microseconds - time.unixSeconds * 1_000_000) / 1000
            return try database.value(
                "SELECT strftime('%Y-%m-%dT%H:%M:%S', ?, 'unixepoch') || iif(? > 0, printf('.%03d', ?), '') || 'Z'",
                [Int(time.unixSeconds), milliseconds, milliseconds])?.plainText ?? ""
        }
    }

    /// The data of an event in the making; nil is left out.
    struct Fields {
        private var writer = JSONWriter()

        init() { writer.beginObject() }

        var json: String {
            var writer = writer
            writer.endObject()
            return String(decoding: writer.bytes, as: UTF8.self)
        }

        mutating func set(_ name: String, _ text: String?) {
            guard let text else { return }
            writer.key(name)
            writer.string(text)
        }

        mutating func set(_ name: String, _ number: Int?) {
            guard let number else { return }
            writer.key(name)
            writer.int(number)
        }

        mutating func set(_ name: String, _ number: Double?) {
            guard let number else { return }
            writer.key(name)
            writer.double(number)
        }

        mutating func set(_ name: String, _ flag: Bool?) {
            guard let flag else { return }
            writer.key(name)
            writer.bool(flag)
        }

        mutating func set(json name: String, _ text: String?) {
            guard let text else { return }
            writer.key(name)
            writer.raw(text)
        }
    }
}

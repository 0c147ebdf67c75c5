import EventLog
import JSON
import LMDB
import Projection
import TestSupport
import Testing

/// What Spool's tables are compared with: the old system's own tables in SQLite, told the same facts by the statements its code would run.
enum Legacy {
    /// A field of a fact: what the event says, and what the old code binds.
    enum Field {
        case null
        case int(Int)
        case real(Double)
        case text(String)
        case bool(Bool)
        /// A JSON value, kept as it is written.
        case json(String)
        /// The content's SHA-256 as the event spells it; the column has its bytes, or NULL where it is none.
        case hash(String)
        /// A time in whole seconds since 1970, in the way this place of the event spells it.
        case time(Int64, Spelling)

        enum Spelling: CaseIterable { case iso, sql, unix }
    }

    /// How the old system writes a time.
    enum TimeKind { case iso, unix }

    struct Fact {
        let type: String
        var fields: [(name: String, value: Field)] = []
        var time: Timestamp

        init(_ type: String, at time: Timestamp, _ fields: [(String, Field?)]) {
            self.type = type
            self.time = time
            self.fields = fields.compactMap { name, value in value.map { (name, $0) } }
        }
    }

    final class Database {
        private let tables: SQLiteDatabase
        let times: TimeKind

        /// - Parameter seed: the file in `Tests/Support/Seeds` that makes the tables, without `.sql`.
        init(_ seed: String, times: TimeKind) throws {
            self.times = times
            tables = try SQLiteDatabase(seed: seed)
        }

        func rows(_ sql: String) throws -> [[SQLValue]] { try tables.run(sql) }

        /// Tells it a fact.
        ///
        /// - Returns: nil when it took it; otherwise the constraint that refused it, or that no row was concerned.
        func tell(_ fact: Fact, recorded: Timestamp, _ statements: [String]) throws -> String? {
            try tables.execute("SAVEPOINT fact")
            var changed = 0
            do {
                for sql in statements {
                    try tables.run(sql, named: { try value($0, fact, recorded) })
                    changed += tables.changes
                }
            } catch let failure as SQLiteDatabase.Failure {
                guard failure.isConstraint else { throw failure }
                try tables.execute("ROLLBACK TO fact; RELEASE fact")
                return failure.description
            }
            try tables.execute(changed > 0 ? "RELEASE fact" : "ROLLBACK TO fact; RELEASE fact")
            return changed > 0 ? nil : "no such row"
        }

        /// `:now` is the event's time, `:recorded` the log's; `:has_x` whether the fact has a field x, be it null.
        private func value(_ name: String, _ fact: Fact, _ recorded: Timestamp) throws -> SQLValue {
            if name == "now" { return try time(fact.time) }
            if name == "recorded" { return try time(recorded) }
            if name.hasPrefix("has_") {
                return .integer(fact.fields.contains { $0.name == name.dropFirst(4) } ? 1 : 0)
            }
            switch fact.fields.last(where: { $0.name == name })?.value {
            case nil, .null?: return .null
            case .int(let value)?: return .integer(Int64(value))
            case .real(let value)?: return .real(value)
            case .text(let text)?, .json(let text)?: return .text(text)
            case .hash(let hex)?: return Legacy.bytes(ofHash: hex).map { .blob($0) } ?? .null
            case .bool(let value)?: return .integer(value ? 1 : 0)
            case .time(let seconds, _)?: return try time(Timestamp(microseconds: seconds * 1_000_000))
            }
        }

        private func time(_ time: Timestamp) throws -> SQLValue {
            let micros = ((time.microseconds % 1_000_000) + 1_000_000) % 1_000_000
            let seconds = (time.microseconds - micros) / 1_000_000
            if times == .unix { return .integer(seconds) }
            let digits = micros % 1000 == 0 ? "\(micros / 1000 + 1000)" : "\(micros + 1_000_000)"
            let fraction = micros == 0 ? "" : ".\(digits.dropFirst())"
            return try rows("SELECT strftime('%Y-%m-%dT%H:%M:%S', \(seconds), 'unixepoch') || '\(fraction)Z'")[0][0]
        }
    }

    private static func bytes(ofHash hex: String) -> [UInt8]? {
        let digits = Array("0123456789abcdef")
        let values = hex.compactMap { digits.firstIndex(of: $0) }
        guard hex.count == 64, values.count == 64 else { return nil }
        return stride(from: 0, to: 64, by: 2).map { UInt8(values[$0] * 16 + values[$0 + 1]) }
    }

    // MARK: Events

    static func event(_ fact: Fact) throws -> CloudEvent {
        let members = try fact.fields.map { "\(try quoted($0.name)):\(try json($0.value))" }
        return CloudEvent(type: fact.type, data: "{\(members.joined(separator: ","))}", time: fact.time)
    }

    private static func quoted(_ text: String) throws -> String { String(decoding: try JSONEncoding.encode(text), as: UTF8.self) }

    private static func json(_ field: Field) throws -> String {
        switch field {
        case .null: return "null"
        case .int(let value): return "\(value)"
        case .real(let value): return "\(value)"
        case .text(let text), .hash(let text): return try quoted(text)
        case .bool(let value): return "\(value)"
        case .json(let text): return text
        case .time(let seconds, let spelling):
            let time = Timestamp(microseconds: seconds * 1_000_000)
            switch spelling {
            case .iso: return try quoted(time.iso8601)
            case .sql: return try quoted(time.sqlText)
            case .unix: return "\(seconds)"
            }
        }
    }

    // MARK: Comparing

    /// A value to the byte: two texts that Swift holds equal may be written differently.
    static func exact(_ value: SQLValue) -> String {
        switch value {
        case .text(let text): "text \(Array(text.utf8))"
        case .real(let value): "real \(value.bitPattern)"
        default: "\(value)"
        }
    }

    /// Tells the engine and the old tables the same facts, and expects the same of both; now and then, that all tables are the same.
    ///
    /// - Returns: what Spool said of the facts it refused.
    static func compareTelling(
        _ facts: [Fact], to projector: Projector, _ database: Database, _ statements: (String) -> [String]
    ) throws -> [any Error] {
        let folder = TemporaryFolder()
        let engine = try engine(projector, in: folder)
        var refusals: [any Error] = []
        var counts: [String: Int] = [:]
        for start in stride(from: 0, to: facts.count, by: 250) {
            let part = Array(facts[start..<min(start + 250, facts.count)])
            refusals += try tellBoth(part, engine, database, statements)
            counts.merge(try compare(projector.name, engine, database, projector.tables)) { max($0, $1) }
        }
        for table in projector.tables { #expect(counts[table.schema.name] ?? 0 > 0, "\(table.schema.name) never had a row") }
        #expect(try engine.log.index.check() == 0)
        return refusals
    }

    private static func tellBoth(
        _ facts: [Fact], _ engine: Engine, _ database: Database, _ statements: (String) -> [String]
    ) throws -> [any Error] {
        var refusals: [any Error] = []
        for start in stride(from: 0, to: facts.count, by: 25) {
            let batch = Array(facts[start..<min(start + 25, facts.count)])
            let results = try engine.append(try batch.map { AppendRequest([try event($0)]) })
            #expect(results.count == batch.count)
            for (fact, result) in zip(batch, results) {
                let recorded = (try? result.get())?[0].recordedTime ?? fact.time
                let reason = try database.tell(fact, recorded: recorded, statements(fact.type))
                switch (result, reason) {
                case (.success, nil): break
                case (.failure(let error), _?):
                    #expect(error.isRefusal)
                    refusals.append(error)
                case (.success, let reason?): Issue.record("only the old tables refuse \(fact): \(reason)")
                case (.failure(let error), nil): Issue.record("only Spool refuses \(fact): \(error)")
                }
            }
        }
        return refusals
    }

    /// Compares every table: its columns with their types, and its rows.
    ///
    /// - Returns: the number of rows of each table.
    private static func compare(_ name: String, _ engine: Engine, _ database: Database, _ tables: [any AnyTable]) throws -> [String: Int] {
        var counts: [String: Int] = [:]
        let snapshot = try engine.snapshot(of: [name])
        defer { snapshot.end() }
        for table in tables {
            let schema = table.schema
            try compareColumns(schema, database)
            let expected = try database.rows("SELECT * FROM \(schema.name)")
            let found = try rows(snapshot.projection(name).table(schema.name))
            #expect(found.count == expected.count, "\(schema.name)")
            counts[schema.name] = found.count
            for (found, expected) in zip(inOrder(found, schema), inOrder(expected, schema)) {
                for (place, column) in schema.columns.enumerated() {
                    let isSame = exact(found[place]) == exact(expected[place])
                    #expect(isSame, "\(schema.name).\(column.name) of \(expected[schema.key[0]]): \(found[place]), was \(expected[place])")
                }
            }
        }
        let check = try engine.rebuild(name, checkOnly: true)
        #expect(check.differences.isEmpty)
        #expect(check.conflictCount == 0)
        return counts
    }

    /// By the primary key, in an order of our own: LMDB's is not that of SQL among keys of more than 495 bytes.
    private static func inOrder(_ rows: [[SQLValue]], _ schema: TableSchema) -> [[SQLValue]] {
        rows.sorted { a, b in
            schema.key.map { exact(a[$0]) }.lexicographicallyPrecedes(schema.key.map { exact(b[$0]) })
        }
    }

    private static func compareColumns(_ schema: TableSchema, _ database: Database) throws {
        let columns = try database.rows(
            """
            SELECT name, CASE WHEN type LIKE '%INT%' OR type = 'BOOLEAN' THEN 'INTEGER' WHEN type LIKE '%CHAR%' THEN 'TEXT' ELSE type END,
            "notnull" = 0 AND pk = 0 FROM pragma_table_info('\(schema.name)') ORDER BY cid
            """)
        let found = schema.columns.map { [.text($0.name), .text($0.type.rawValue), .integer($0.isNullable ? 1 : 0)] as [SQLValue] }
        #expect(found == columns, "\(schema.name)")
    }

    static func rows(_ table: TableReader) throws -> [[SQLValue]] {
        let cursor = try table.transaction.cursor(table.tree)
        var rows: [[SQLValue]] = []
        var cells: [RowFormat.Cell] = []
        var found = try cursor.move(.first)
        while found {
            #expect(RowFormat.locate(table.schema.columns.count, in: cursor.value, into: &cells))
            rows.append(cells.map { RowFormat.value($0, in: cursor.value) })
            found = try cursor.move(.next)
        }
        return rows
    }

    // MARK: Engines and golden events

    static func engine(_ projector: Projector, in folder: TemporaryFolder) throws -> Engine {
        let storage = try LMDBStorage(at: folder["log"])
        let log = EventLog(storage, index: EventIndex(at: folder["views/index"], of: storage))
        return Engine(log, projections: [Projection(projector, in: folder["views"], of: storage, settings: Settings())])
    }

    /// Expects that every golden line of these types decodes, and encodes to the same JSON again.
    static func checkGolden(_ types: [any Event.Type], of projector: Projector) throws {
        #expect(Set(types.map { $0.type }) == Set(projector.types))
        let golden = String(decoding: try TestFiles.read("Tests/Support/Golden/events.tsv"), as: UTF8.self)
        let lines = golden.split(separator: "\n").map { $0.split(separator: "\t") }
        for type in types {
            let mine = lines.filter { $0[0] == type.type }
            #expect(Set(mine.map { $0[1] }) == ["full", "min"], "\(type.type)")
            for line in mine { try roundTrip(type, Array(line[2].utf8)) }
        }
    }

    private static func roundTrip<E: Event>(_ type: E.Type, _ json: [UInt8]) throws {
        let document = try JSONDocument(parsing: json)
        let event = try document.decode(E.self, rejectUnknownFields: true)
        let encoded = try JSONDocument(parsing: try JSONEncoding.encode(event))
        #expect(encoded.root.isEquivalent(to: document.root), "\(E.type): \(String(decoding: json, as: UTF8.self))")
    }
}

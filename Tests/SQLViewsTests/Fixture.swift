import EventLog
import LMDB
import Projection
import SQLViews
import TestSupport

/// A store with the test domain in it.
struct Fixture: Sendable {
    let folder: TemporaryFolder
    let engine: Engine
    let runner: QueryRunner

    init(_ projectors: [Projector], clock: @escaping @Sendable () -> Timestamp = { .now() }) throws {
        folder = TemporaryFolder()
        let storage = try LMDBStorage(at: folder.path + "/log")
        let log = EventLog(storage, index: EventIndex(at: folder.path + "/views/index", of: storage), clock: clock)
        let views = folder.path + "/views"
        engine = Engine(log, projections: projectors.map { Projection($0, in: views, of: storage, settings: Settings()) })
        runner = QueryRunner(engine)
    }

    /// A store with random rows, one event each.
    init(rows: Rows) throws {
        try self.init([testProjector(rows)])
        var events: [CloudEvent] = []
        for (table, count) in [("items", rows.items.count), ("places", rows.places.count), ("links", rows.links.count)] {
            for number in 0..<count {
                events.append(CloudEvent(type: RowAdded.type, data: "{\"table\":\"\(table)\",\"number\":\(number)}"))
            }
        }
        try append(events)
    }

    func append(_ events: [CloudEvent]) throws {
        for result in try engine.append([AppendRequest(events)]) { _ = try result.get() }
    }

    func append(counts: Range<Int>) throws {
        try append(counts.map { CloudEvent(type: Counted.type, data: "{\"number\":\($0)}") })
    }

    /// The plan as EXPLAIN QUERY PLAN tells it.
    func plan(_ sql: String, _ parameters: [SQLValue] = []) throws -> String {
        try runner.rows("EXPLAIN QUERY PLAN " + sql, parameters).map { $0[3].plainText }.joined(separator: "\n")
    }

    /// The rows, and how many rows of tables were looked at for them.
    func visits(_ sql: String, _ parameters: [SQLValue] = []) throws -> (rows: [[SQLValue]], visited: Int) {
        try runner.run(sql, parameters) { result in
            var rows: [[SQLValue]] = []
            while try result.next() { rows.append(result.row) }
            return (rows, result.rowsVisited)
        }
    }
}

/// A store for the tests that only read.
let sharedRows = Rows(seed: 7)
let sharedFixture = Result { try Fixture(rows: sharedRows) }

extension Fixture {
    /// Turns a byte of a record over.
    func damageRecord(at position: UInt64) throws {
        let environment = try Environment(at: folder.path + "/log", trees: [.init(nil, .integers)])
        try environment.write { transaction in
            let tree = environment.trees[0]
            let cursor = try transaction.cursor(tree)
            guard try cursor.seek(position), cursor.integerKey == position else { return }
            var bytes = cursor.value.array
            bytes[bytes.count - 1] ^= 1
            var key = position
            try transaction.put(bytes, for: Swift.withUnsafeBytes(of: &key) { Array($0) }, in: tree)
        }
    }
}

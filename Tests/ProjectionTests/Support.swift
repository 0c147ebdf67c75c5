import EventLog
import JSON
import LMDB
import TestSupport
import Testing

@testable import Projection

/// An engine over a folder, with the library domain.
func makeEngine(
    _ folder: TemporaryFolder, _ projectors: [Projector] = [Library.projector], bootID: UInt64 = BootID.current, flushBytes: Int = 48 << 20
) throws -> Engine {
    try makeEngine(at: folder.path, projectors, bootID: bootID, flushBytes: flushBytes)
}

func makeEngine(
    at path: String, _ projectors: [Projector] = [Library.projector], bootID: UInt64 = BootID.current, flushBytes: Int = 48 << 20
) throws -> Engine {
    let storage = try LMDBStorage(at: path + "/log")
    let log = EventLog(storage, index: EventIndex(at: path + "/views/index", of: storage, bootID: bootID))
    return Engine(
        log,
        projections: projectors.map {
            Projection($0, in: path + "/views", of: storage, settings: Settings(), bootID: bootID, flushBytes: flushBytes)
        })
}

func cloud<E: Event>(_ event: E, id: String? = nil) throws -> CloudEvent {
    CloudEvent(
        id: id, type: E.type, time: Timestamp(microseconds: 1_505_287_800_000_000), data: try JSONEncoding.encode(event))
}

extension Engine {
    /// Appends events as one request.
    @discardableResult
    func add(_ events: any Event...) throws -> [Receipt] {
        try append([AppendRequest(try events.map { try cloud($0) })])[0].get()
    }

    /// What refuses an event.
    func violation(_ events: any Event...) throws -> RuleViolation? {
        do {
            _ = try append([AppendRequest(try events.map { try cloud($0) })])[0].get()
            return nil
        } catch let violation as RuleViolation {
            return violation
        } catch let refusal as EventRefusal {
            return try #require(refusal.reason as? RuleViolation)
        }
    }

    /// The rows of a table in the order of its keys.
    func rows<R: Row>(_ table: Table<R>) throws -> [R] {
        let snapshot = try snapshot(of: ["library"])
        defer { snapshot.end() }
        return try snapshot.rows(table)
    }

    func check() throws -> [TableDifference] { try rebuild("library", checkOnly: true).differences }
}

extension StoreSnapshot {
    func rows<R: Row>(_ table: Table<R>) throws -> [R] {
        let reader = try projection("library").table(table.name)
        let cursor = try reader.transaction.cursor(reader.tree)
        var rows: [R] = []
        var found = try cursor.move(.first)
        while found {
            rows.append(try #require(ColumnCoder.decode(R.self, from: cursor.value.array, columnCount: table.schema.columns.count)))
            found = try cursor.move(.next)
        }
        return rows
    }
}

/// Every entry of every tree of an environment, except the state that each commit writes.
func contents(of path: String, trees: [String], layouts: [String: Tree.Layout] = [:]) throws -> [String: [[UInt8]]] {
    let environment = try Environment(at: path, trees: trees.map { .init($0, layouts[$0] ?? .bytes) })
    return try environment.read { transaction in
        var contents: [String: [[UInt8]]] = [:]
        for (name, tree) in zip(trees, environment.trees) {
            let cursor = try transaction.cursor(tree)
            var entries: [[UInt8]] = []
            var found = try cursor.move(.first)
            while found {
                entries.append(cursor.key.array + [0xFE] + cursor.value.array)
                found = try cursor.move(.next)
            }
            contents[name] = entries
        }
        return contents
    }
}

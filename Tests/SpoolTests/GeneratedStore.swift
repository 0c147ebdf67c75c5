import EventLog
import Projection
import Spool
import Synchronization
import TestSupport

/// A clock that the test sets.
final class TestClock: Sendable {
    private let time = Mutex(Timestamp(microseconds: 1_750_000_000_000_000))

    var now: Timestamp {
        get { time.withLock { $0 } }
        set { time.withLock { $0 = newValue } }
    }
}

/// A store with generated facts of every domain, and what was stored in it.
final class GeneratedStore {
    let folder = TemporaryFolder()
    let clock = TestClock()
    let store: Store
    /// What was stored, position by position.
    private(set) var stored: [(event: CloudEvent, recordedTime: Timestamp)] = []

    /// - Parameter count: facts told; not all are taken.
    init(_ count: Int, seed: UInt64, batch: Int = 7) throws {
        let clock = clock
        store = try Store.create(at: folder["store"], clock: { clock.now })
        var facts = Facts(seed: seed)
        var told = 0
        while told < count {
            clock.now = clock.now.adding(seconds: 1 + Int64(told % 3))
            let events = (0..<min(batch, count - told)).map { _ in facts.next() }
            told += events.count
            for (event, result) in zip(events, try store.engine.append(events.map { AppendRequest([$0]) })) {
                if case .success(let receipts) = result { stored.append((event, receipts[0].recordedTime)) }
            }
        }
    }

    /// Tells another store, made with `clock`, what is stored here up to a position.
    func tell(_ other: Store, _ otherClock: TestClock, from first: Int, through last: Int) throws {
        var place = first - 1
        while place < last {
            otherClock.now = stored[place].recordedTime
            let group = stored[place..<last].prefix { $0.recordedTime == otherClock.now }
            for result in try other.engine.append(group.map { AppendRequest([$0.event]) }) { _ = try result.get() }
            place += group.count
        }
    }

    /// Every row of every table, and what the log shows of itself.
    static func content(of store: Store, asOf: AsOf? = nil) throws -> [String: [[SQLValue]]] {
        var content: [String: [[SQLValue]]] = [:]
        for table in store.engine.projections.flatMap(\.projector.tables).map(\.schema) {
            let key = table.key.map { "\"\(table.columns[$0].name)\"" }.joined(separator: ", ")
            content[table.name] = try store.rows("SELECT * FROM \(table.name) ORDER BY \(key)", asOf: asOf)
        }
        content["events"] = try store.rows(
            "SELECT count(*), max(position), min(position), max(recorded_time), sum(length(data)) FROM events", asOf: asOf)
        content["join"] = try store.rows(
            """
            SELECT t.id, e.position FROM trending_topics t JOIN events e ON e.tag = 'trend:' || t.id
            WHERE t.id < 40 ORDER BY t.id, e.position
            """, asOf: asOf)
        return content
    }
}

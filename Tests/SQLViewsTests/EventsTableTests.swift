import EventLog
import Projection
import SQLViews
import Synchronization
import TestSupport
import Testing

/// The table `events` shows what is in the log, and finds it by the log's index.
@Suite struct EventsTableTests {
    /// 600 events, recorded every 700 ms, appended three at a time: (source, id) pairs, two types, tags.
    private static let fixture = Result {
        let time = Mutex<Int64>(1_700_000_000_000_000)
        let fixture = try Fixture([testProjector(rows), countingProjector]) {
            time.withLock { value in
                value += 700_000
                return Timestamp(microseconds: value)
            }
        }
        for batch in 0..<200 {
            try fixture.append(
                (0..<3).map { step in
                    let number = batch * 3 + step
                    var event =
                        number % 3 == 0
                        ? CloudEvent(type: Noted.type, data: "{ \"text\" : \"note \(number)\" }")
                        : CloudEvent(type: RowAdded.type, data: "{\"table\":\"items\",\"number\":\(number)}")
                    event.id = "id-\(number / 2)"
                    event.source = number % 2 == 0 ? "even" : "odd"
                    if number % 5 == 0 { event.actor = "tester" }
                    if number % 7 == 0 { event.correlationID = "c\(number)" }
                    if number % 2 == 0 { event.time = Timestamp(microseconds: 1_500_000_000_000_000 - Int64(number) * 1_000_000) }
                    return event
                })
        }
        return fixture
    }

    private static let rows = {
        var rows = Rows(seed: 3, items: 0, places: 0, links: 0)
        for number in 0..<600 {
            var item = Item()
            item.id = number + 1
            rows.items.append(item)
        }
        return rows
    }()

    private struct Plain {
        let position: Int64
        let id, source, type, subject, recordedTime, time, data: String
        let tags: [String]
        let actor, correlation: String?
        let version: UInt64
    }

    private func all(_ fixture: Fixture) throws -> [Plain] {
        var events: [Plain] = []
        try fixture.engine.log.forEach(EventFilter()) { event in
            events.append(
                Plain(
                    position: Int64(event.position), id: event.id, source: event.source, type: event.type, subject: event.subject,
                    recordedTime: event.recordedTime.iso8601, time: event.time.iso8601, data: String(decoding: event.data, as: UTF8.self),
                    tags: [event.subject] + event.tags.map(\.text), actor: event.actor, correlation: event.correlationID,
                    version: event.streamVersion))
            return true
        }
        return events
    }

    @Test func columns() throws {
        let fixture = try Self.fixture.get()
        let events = try all(fixture)
        #expect(events.count == 600)
        let rows = try fixture.runner.rows("SELECT * FROM events")
        #expect(rows.count == events.count)
        for (row, event) in zip(rows, events) {
            let tags = "[" + event.tags.map { "\"\($0)\"" }.joined(separator: ",") + "]"
            #expect(
                row == [
                    .integer(event.position), .text(event.id), .text(event.source), .text(event.type), .text(event.subject),
                    .integer(Int64(event.version)), .text(event.time), .text(event.recordedTime), .text(tags), event.correlation.sqlValue,
                    .null,
                    event.actor.sqlValue, .integer(1), .text(event.data),
                ])
        }
    }

    @Test func conditions() throws {
        let fixture = try Self.fixture.get()
        let events = try all(fixture)
        func check(_ sql: String, _ plan: String, _ isWanted: (Plain) -> Bool, visits: Int? = nil) throws {
            for (order, isBackward) in [("", false), (" ORDER BY position", false), (" ORDER BY position DESC", true)] {
                let query = "SELECT position FROM events WHERE \(sql)\(order)"
                let found = try fixture.visits(query)
                let expected = events.filter(isWanted).map { [SQLValue.integer($0.position)] }
                #expect(found.rows == (isBackward ? expected.reversed() : expected), "\(query)")
                #expect(found.visited <= visits ?? expected.count, "\(query) visited \(found.visited)")
                let explained = try fixture.plan(query)
                #expect(explained.contains(plan) && !explained.contains("TEMP B-TREE"), "\(query): \(explained)")
            }
        }
        try check("position = 7", "log(position=?)") { $0.position == 7 }
        try check("position > 590 AND position <= 595.5", "log(position>? AND position<=?)") { (591...595).contains($0.position) }
        try check("position < '3'", "log(position<?)") { $0.position < 3 }
        try check("position > 600", "log") { _ in false }
        try check("position >= -5 AND position < 1e30", "log") { _ in true }
        try check("position = 9223372036854775807", "log") { _ in false }
        try check("position > 9223372036854775807", "log") { _ in false }
        try check("type = 'noted'", "type index(type=?)") { $0.type == "noted" }
        try check("type = 'nothing'", "type index(type=?)") { _ in false }
        try check(
            "type = 'noted' AND position BETWEEN 100 AND 200", "type index", { $0.type == "noted" && (100...200).contains($0.position) })
        try check("tag = 'tens:12'", "tag index(tag=?)") { $0.tags.contains("tens:12") }
        try check("tag = 'tens:12' AND position > 125", "tag index", { $0.tags.contains("tens:12") && $0.position > 125 })
        try check("tag = 'table:items' AND type = 'noted'", "tag index", { _ in false }, visits: 400)
        try check("tag = ''", "tag index") { _ in false }
        try check("tag = NULL", "tag index") { _ in false }
        try check("tag = 5", "tag index") { _ in false }
        try check("subject = 'row:items-10'", "tag index(subject=?)") { $0.subject == "row:items-10" }
        try check("source = 'odd' AND id = 'id-10'", "id index(id=? AND source=?)") { $0.source == "odd" && $0.id == "id-10" }
        try check("id = 'id-10'", "id index(id=?)") { $0.id == "id-10" }
        try check("id = 'nowhere'", "id index(id=?)") { _ in false }
        let middle = events[300].recordedTime
        let second = String(middle.prefix(19))
        let day = String(middle.prefix(10))
        let bounds: [String] = [
            middle, second, second + "Z", String(middle.prefix(16)), day, day + " 23:59:59", second + "+01:00", "2023", "zzz", "",
            "2023-11-14T22:14:61Z",
        ]
        for bound in bounds {
            try check("recorded_time < '\(bound)'", "log(recorded_time<?)", { $0.recordedTime < bound }, visits: 600)
            try check("recorded_time <= '\(bound)'", "log(recorded_time<=?)", { $0.recordedTime <= bound }, visits: 600)
            try check("recorded_time > '\(bound)'", "log(recorded_time>?)", { $0.recordedTime > bound }, visits: 600)
            try check("recorded_time >= '\(bound)'", "log(recorded_time>=?)", { $0.recordedTime >= bound }, visits: 600)
            try check("recorded_time = '\(bound)'", "log(recorded_time=?)", { $0.recordedTime == bound }, visits: 600)
        }
        let narrow = "SELECT count(*) FROM events WHERE recorded_time >= '\(middle)' AND recorded_time < '\(events[310].recordedTime)'"
        #expect(try fixture.visits(narrow).visited <= 20)
    }

    @Test func tagsNeedAValue() throws {
        let fixture = try Self.fixture.get()
        let tagged = try all(fixture).filter { $0.tags.contains("tens:12") }.count
        #expect(try fixture.runner.rows("SELECT count(*) FROM events('tens:12')") == [[.integer(Int64(tagged))]])
        #expect(try fixture.runner.rows("SELECT DISTINCT tag FROM events WHERE tag = 'tens:12'") == [[.text("tens:12")]])
        for sql in ["SELECT tag FROM events", "SELECT 1 FROM events WHERE tag LIKE 'tens:%'", "SELECT 1 FROM events WHERE tag > 'a'"] {
            do {
                _ = try fixture.runner.rows(sql)
                Issue.record("no error: \(sql)")
            } catch {
                #expect("\(error)".contains("events.tag"), "\(error)")
            }
        }
        // A join gives the tag in whichever order the tables are written.
        for sql in [
            "SELECT count(*) FROM items i JOIN events e ON e.tag = 'row:items-' || (i.id - 1) WHERE i.id IN (2, 3)",
            "SELECT count(*) FROM events e JOIN items i ON e.tag = 'row:items-' || (i.id - 1) WHERE i.id IN (2, 3)",
        ] { #expect(try fixture.runner.rows(sql) == [[.integer(2)]], "\(sql)") }
        let either = "SELECT count(*) FROM events WHERE tag = 'tens:1' OR tag = 'tens:2'"
        let expected = try all(fixture).filter { $0.tags.contains("tens:1") || $0.tags.contains("tens:2") }.count
        #expect(try fixture.runner.rows(either) == [[.integer(Int64(expected))]])
    }

    @Test func damagedRecordsSayWhere() throws {
        let fixture = try Fixture([countingProjector])
        try fixture.append(counts: 0..<10)
        try fixture.damageRecord(at: 5)
        do {
            _ = try fixture.runner.rows("SELECT type FROM events")
            Issue.record("no error")
        } catch {
            #expect(error is RecordError)
            #expect("\(error)".contains("position 5"), "\(error)")
        }
        #expect(try fixture.runner.rows("SELECT count(*) FROM events WHERE position < 5") == [[.integer(4)]])
    }
}

import EventLog
import JSON
import Projection
import Spool
import TestSupport
import Testing

/// Logs copied, chosen and changed.
struct ReplayTests {
    private func records(_ store: Store) throws -> [[UInt8]] {
        var records: [[UInt8]] = []
        try store.log.forEach(EventFilter()) { record in
            var bytes: [UInt8] = []
            record.copyBytes(into: &bytes)
            records.append(bytes)
            return true
        }
        return records
    }

    @Test func aWholeCopyIsTheSameToTheByte() throws {
        let generated = try GeneratedStore(800, seed: 51)
        let copy = try Store.create(at: generated.folder["copy"])
        let report = try Replay(from: generated.store, to: copy).run()
        #expect(report.stored == generated.stored.count && report.refused == 0 && report.retimed == 0 && report.pinned == 0)
        #expect(try records(copy) == records(generated.store))
        #expect(try GeneratedStore.content(of: copy) == GeneratedStore.content(of: generated.store))
        #expect(try copy.verify().isWhole)
        // Again there is nothing to do, and what is appended since is all that is copied then.
        let again = try Replay(from: generated.store, to: copy).run()
        #expect(again.first == again.end + 1 && again.counts.isEmpty)
        try generated.store.append(CloudEvent(type: "search.performed", data: #"{"query":"new","source":"x"}"#))
        let grown = try Replay(from: generated.store, to: copy).run()
        #expect(grown.first == again.end + 1 && grown.stored == 1)
        // Told to begin again, it recognises everything.
        var restarted = Replay(from: generated.store, to: copy)
        restarted.restarts = true
        let recognised = try restarted.run()
        #expect(recognised.stored == 0 && recognised.counts.values.reduce(0) { $0 + $1.repeated } == generated.stored.count + 1)
        #expect(throws: ReplayError.sameStore(path: copy.path)) { try Replay(from: copy, to: copy).run() }
    }

    @Test func interruptedItGoesOn() throws {
        let generated = try GeneratedStore(600, seed: 52)
        struct Interrupted: Error {}
        let copy = try Store.create(at: generated.folder["copy"])
        var random = SplitMix64(seed: 9)
        var runs = 0
        while true {
            var replay = Replay(from: generated.store, to: copy)
            replay.batchSize = Int.random(in: 1...40, using: &random)
            replay.selection.until = runs < 4 ? .position(Position(generated.stored.count * (runs + 1) / 6)) : nil
            let report = try replay.run()
            runs += 1
            // Now and then the note of how far it came is lost.
            if runs == 3 {
                for name in Folder.names(in: "\(copy.path)/views") where name.hasPrefix(".replay-") {
                    try Folder.remove("\(copy.path)/views/\(name)")
                }
            }
            if report.end == Position(generated.stored.count) { break }
        }
        #expect(runs == 5)
        #expect(try records(copy) == records(generated.store))
    }

    @Test func aPartKeepsTheIdsOfItsRows() throws {
        let generated = try GeneratedStore(1200, seed: 53)
        let part = try Store.create(at: generated.folder["part"])
        var replay = Replay(from: generated.store, to: part)
        replay.selection.withoutTypes = ["search.performed"]
        replay.selection.types = Set(Catalog.projectors[0].types)
        // Topics above 10 only: the rest of their histories goes with them.
        replay.selection.withoutTags = Set((1...10).map { "trend:\($0)" })
        replay.onError = .skip
        let report = try replay.run()
        #expect(report.pinned > 0 && report.refused == 0)
        let sql = "SELECT * FROM trending_topics WHERE id > 10 ORDER BY id"
        #expect(try part.rows(sql) == generated.store.rows(sql))
        #expect(try part.rows("SELECT count(*) FROM trending_topics WHERE id <= 10") == [[.integer(0)]])
        #expect(try part.rows("SELECT count(*) FROM video_metadata") == [[.integer(0)]])
        #expect(try part.verify().isWhole)
        for count in report.counts.values { #expect(count.read == count.stored + count.repeated + count.dropped + count.refused) }
        #expect(report.counts["search.performed"]?.stored == 0)
        // With ids assigned anew they are others.
        let anew = try Store.create(at: generated.folder["anew"])
        replay = Replay(from: generated.store, to: anew)
        replay.selection.types = ["trend.captured"]
        replay.selection.from = 100
        replay.assignsNewRowIDs = true
        _ = try replay.run()
        #expect(try anew.rows("SELECT min(id), max(id) - count(*) FROM trending_topics") == [[.integer(1), .integer(0)]])
    }

    @Test func untilATimeAndByTag() throws {
        let generated = try GeneratedStore(500, seed: 54)
        let time = generated.stored[generated.stored.count / 2].recordedTime
        let half = try Store.create(at: generated.folder["half"])
        var replay = Replay(from: generated.store, to: half)
        replay.selection.until = .time(time)
        _ = try replay.run()
        #expect(try GeneratedStore.content(of: half) == GeneratedStore.content(of: generated.store, asOf: .time(time)))
        let tagged = try Store.create(at: generated.folder["tagged"])
        replay = Replay(from: generated.store, to: tagged)
        replay.selection.tags = ["video:v1", "video:v2"]
        replay.onError = .skip
        let report = try replay.run()
        let expected = try generated.store.rows(
            "SELECT count(DISTINCT position) FROM (SELECT position FROM events('video:v1') UNION SELECT position FROM events('video:v2'))")
        let chosen = report.counts.values.reduce(0) { $0 + $1.stored + $1.refused }
        #expect([[SQLValue.integer(Int64(chosen))]] == expected && chosen > 0)
        replay.selection.until = .position(1 << 40)
        #expect(throws: AsOf.NotYet.self) { try replay.run() }
    }

    @Test func refusedEventsAreReported() throws {
        let generated = try GeneratedStore(400, seed: 55)
        let target = try Store.create(at: generated.folder["target"], allowed: ["characters": ["butcher"]])
        var replay = Replay(from: generated.store, to: target)
        var refused: [RefusedEvent] = []
        let report = try replay.run(refused: { refused.append($0) })
        #expect(report.isStopped && refused.count == 1)
        let first = try #require(refused.first)
        let index = try #require(
            generated.stored.firstIndex {
                $0.event.type == "image.added" && String(decoding: $0.event.data, as: UTF8.self).contains("nutsy")
            })
        #expect(first.position == Position(index + 1) && first.id == generated.stored[index].event.id && first.reason.contains("character"))
        #expect(report.reached == first.position - 1)
        #expect(try target.log.head() == first.position - 1)
        replay.onError = .skip
        let skipped = try replay.run(refused: { refused.append($0) })
        #expect(skipped.refused == refused.count - 1 && skipped.reached == skipped.end && skipped.refused > 1)
        #expect(try target.verify().isWhole)
    }

    @Test func mapsChangeTypesAndFields() throws {
        let folder = TemporaryFolder()
        let clock = TestClock()
        let store = try Store.create(at: folder["store"], clock: { clock.now })
        try store.append(CloudEvent(type: "search.performed", data: #"{"query":"a", "source":"x","result_count":1e1}"#, id: "1"))
        try store.append(
            CloudEvent(type: "trend.captured", data: #"{"topic":"t","source":"x","metadata":{"k": 1.50},"category":"c"}"#, id: "2"))
        try store.append(CloudEvent(type: "trend.rescored", data: #"{"id":1,"relevance_score":0.5}"#, id: "3"))
        let map = try ReplayMap(
            parsing: Array(
                """
                {"search.performed": {"type": "trend.captured", "rename": {"query": "topic"}, "drop": ["result_count"],
                  "set": {"relevance_score": 0.10, "category": "searched"}},
                 "trend.captured": {"drop": ["category", "missing"], "set": {"source": "y"}},
                 "trend.rescored": {"omit": true}}
                """.utf8), types: store.engine.types)
        let target = try Store.create(at: folder["target"])
        var replay = Replay(from: store, to: target)
        replay.map = map
        replay.assignsNewRowIDs = true
        let report = try replay.run()
        #expect(report.counts["search.performed"] == .init(newType: "trend.captured", read: 1, stored: 1))
        #expect(report.counts["trend.rescored"] == .init(read: 1, dropped: 1))
        let expected: [[SQLValue]] = [
            [
                .text("trend.captured"), .text("1"), .text("trend:1"),
                .text(#"{"topic":"a","source":"x","category":"searched","relevance_score":0.10}"#),
            ],
            [.text("trend.captured"), .text("2"), .text("trend:2"), .text(#"{"topic":"t","source":"y","metadata":{"k": 1.50}}"#)],
        ]
        #expect(try target.rows("SELECT type, id, subject, data FROM events ORDER BY position") == expected)
        let kept = try records(store).count
        #expect(kept == 3)
        #expect(try target.verify().isWhole)
    }

    @Test(arguments: [
        (#"[]"#, "expected an object of event types"),
        (#"{"trend.captred": {}}"#, "Did you mean 'trend.captured'?"),
        (#"{"trend.captured": {"rname": {}}}"#, "there is no key 'rname'. Did you mean 'rename'?"),
        (#"{"trend.captured": {"rename": ["a"]}}"#, "rename: expected an object of new names by old ones, found [\"a\"]"),
        (#"{"trend.captured": {"drop": "a"}}"#, "drop: expected an array of names"),
        (#"{"trend.captured": {"omit": 1}}"#, "omit: expected true or false, found 1"),
        (#"{"trend.captured": {"type": ""}}"#, "type: expected the name of a type"),
        (#"{"trend.captured": {"schemaversion": 0}}"#, "schemaversion: expected a version from 1"),
        (#"{"trend.captured": "#, "byte"),
    ])
    func wrongMapsSayWhatIsWrong(json: String, message: String) throws {
        let types = Catalog.projectors.flatMap(\.types)
        do {
            _ = try ReplayMap(parsing: Array(json.utf8), types: types)
            Issue.record("\(json) was taken")
        } catch {
            #expect("\(error)".contains(message), "\(error)")
        }
    }

    @Test func aTakenNameIsRefusedNotOverwritten() throws {
        let folder = TemporaryFolder()
        let store = try Store.create(at: folder["store"])
        try store.append(CloudEvent(type: "trend.captured", data: #"{"topic":"t","source":"x"}"#))
        var change = ReplayMap.Change()
        change.rename = ["topic": "source"]
        var replay = Replay(from: store, to: try Store.create(at: folder["target"]))
        replay.map = ReplayMap(["trend.captured": change])
        var reasons: [String] = []
        let report = try replay.run(refused: { reasons.append($0.reason) })
        #expect(report.isStopped && reasons == ["field 'topic' cannot become 'source': there is such a field already; drop one of them"])
    }

    @Test func oldVersionsAreUpcastWhenAsked() throws {
        let generated = try GeneratedStore(300, seed: 56)
        let two = try Store(at: generated.store.path, projectors: TrendsV2.catalog(Catalog.projectors))
        try two.append(CloudEvent(type: "trend.captured", data: #"{"topic":"new","source":"x","priority":3}"#))
        for upcasts in [false, true] {
            let path = generated.folder["upcast-\(upcasts)"]
            try Store.create(at: path)
            let target = try Store(at: path, projectors: TrendsV2.catalog(Catalog.projectors))
            var replay = Replay(from: two, to: target)
            replay.upcasts = upcasts
            _ = try replay.run()
            #expect(try records(target).count == records(two).count)
            #expect(try (records(target) == records(two)) == !upcasts)
            let versions = try target.rows("SELECT DISTINCT schema_version FROM events WHERE type = 'trend.captured' ORDER BY 1")
            #expect(versions == (upcasts ? [[.integer(2)]] : [[.integer(1)], [.integer(2)]]))
            let sql = "SELECT * FROM trending_topics ORDER BY id"
            #expect(try target.rows(sql) == two.rows(sql))
        }
    }

    @Test func recordedTimesStayUnlessTheyWouldGoBack() throws {
        let generated = try GeneratedStore(60, seed: 57)
        let clock = TestClock()
        let later = generated.stored[20].recordedTime
        clock.now = later
        let target = try Store.create(at: generated.folder["target"], clock: { clock.now })
        try target.append(CloudEvent(type: "search.performed", data: #"{"query":"first","source":"x"}"#))
        let report = try Replay(from: generated.store, to: target).run()
        #expect(report.retimed > 0)
        var last = Timestamp(microseconds: .min)
        try target.log.forEach(EventFilter()) { record in
            #expect(record.recordedTime >= last && record.recordedTime <= clock.now)
            last = record.recordedTime
            return true
        }
        #expect(try target.verify().isWhole)
    }

    @Test func blobsGoAlong() throws {
        let folder = TemporaryFolder()
        let store = try Store.create(at: folder["store"])
        let hash = try store.blobs.put(Array("a picture".utf8))
        let other = try store.blobs.put(Array("not named".utf8))
        try store.append(CloudEvent(type: "asset.added", data: #"{"id":"a","type":"photo","path":"/a","file_size_bytes":1}"#))
        try store.append(
            CloudEvent(type: "thumbnail.stored", data: #"{"asset_id":"a","size":"small","width":1,"height":1,"blob":"\#(hash)"}"#))
        let target = try Store.create(at: folder["target"])
        let report = try Replay(from: store, to: target).run()
        #expect(report.blobs == 1 && target.blobs.contains(hash) && !target.blobs.contains(other))
        #expect(try target.rows("SELECT thumbnail_blob FROM asset_thumbnails") == [[.blob(Array("a picture".utf8))]])
    }
}

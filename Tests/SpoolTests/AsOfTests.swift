import EventLog
import Projection
import Spool
import Synchronization
import TestSupport
import Testing
import Trends

/// The past, asked about, is the past.
struct AsOfTests {
    @Test func answersEqualAStoreThatWasStoppedThere() throws {
        let generated = try GeneratedStore(3000, seed: 11)
        let store = generated.store
        let head = generated.stored.count
        #expect(head > 1500)
        var random = SplitMix64(seed: 5)
        var positions = [0, 1, head - 1, head]
        while positions.count < 40 { positions.append(Int.random(in: 0...head, using: &random)) }
        var answers: [Int: [String: [[SQLValue]]]] = [:]
        // In no order, so that checkpoints before and after are there or not.
        for position in positions { answers[position] = try GeneratedStore.content(of: store, asOf: .position(Position(position))) }
        let clock = TestClock()
        let stopped = try Store.create(at: generated.folder["stopped"], clock: { clock.now })
        var reached = 0
        for position in positions.sorted() where position >= reached {
            try generated.tell(stopped, clock, from: reached + 1, through: position)
            reached = position
            let expected = try GeneratedStore.content(of: stopped)
            for (table, rows) in expected { #expect(answers[position]?[table] == rows, "\(table) as of \(position)") }
        }
        #expect(Set(answers.values.map { $0["trending_topics"]?.count ?? 0 }).count > 10, "the tables change")
        // The live store is not disturbed, nor does the past change as it goes on.
        #expect(try GeneratedStore.content(of: store) == GeneratedStore.content(of: store, asOf: .position(Position(head))))
        try store.append(CloudEvent(type: "trend.captured", data: #"{"topic":"late","source":"x"}"#))
        #expect(try GeneratedStore.content(of: store, asOf: .position(Position(head))) == answers[head])
        let trends = store.engine.projections[0].projector
        let count = try store.read(trends, asOf: .position(Position(head))) { try $0.all(Trend.table).count }
        #expect(count == answers[head]?["trending_topics"]?.count)
        #expect(try store.verify().isWhole)
    }

    @Test func timesAreThoseOfRecording() throws {
        let generated = try GeneratedStore(300, seed: 3)
        let store = generated.store
        for place in stride(from: 0, to: generated.stored.count, by: 37) {
            let time = generated.stored[place].recordedTime
            let last = generated.stored.lastIndex { $0.recordedTime <= time }.map { $0 + 1 } ?? 0
            let count = try store.rows("SELECT count(*), max(position) FROM events", asOf: .time(time))
            #expect(count == [[.integer(Int64(last)), .integer(Int64(last))]])
            let before = try store.rows("SELECT count(*) FROM events", asOf: .time(Timestamp(microseconds: time.microseconds - 1)))
            #expect(before != [[.integer(Int64(last))]])
            try store.query("SELECT 1 FROM trending_topics", asOf: .time(time)) { #expect($0.position == Position(last)) }
        }
        #expect(try store.rows("SELECT count(*) FROM events", asOf: .time(Timestamp(microseconds: 0))) == [[.integer(0)]])
        let head = Position(generated.stored.count)
        #expect(throws: AsOf.NotYet(position: head + 1, head: head)) { try store.rows("SELECT 1 FROM events", asOf: .position(head + 1)) }
        #expect(try AsOf(parsing: "120") == .position(120))
        #expect(try AsOf(parsing: "2025-06-15 15:06:40") == .time(Timestamp(microseconds: 1_750_000_000_000_000)))
        #expect(throws: (any Error).self) { try AsOf(parsing: "yesterday") }
    }

    @Test func onlyWhatTheStatementTouchesIsBuilt() throws {
        let generated = try GeneratedStore(600, seed: 4)
        let past = "\(generated.store.path)/views/.as-of"
        _ = try generated.store.rows("SELECT count(*) FROM events", asOf: .position(100))
        #expect(Folder.names(in: past).isEmpty)
        _ = try generated.store.rows(
            "SELECT count(*) FROM trending_topics JOIN events ON position = trending_topics.id", asOf: .position(100))
        #expect(Folder.names(in: past).filter { $0.contains("@") } == ["trends@1"])
        // Where nothing happened in between there is one checkpoint.
        let types = Set(generated.store.engine.projections[0].projector.types)
        let first = generated.stored.firstIndex { types.contains($0.event.type) } ?? 0
        let next = generated.stored[(first + 1)...].firstIndex { types.contains($0.event.type) } ?? 0
        for position in first + 1...next {
            _ = try generated.store.rows("SELECT 1 FROM trending_topics", asOf: .position(Position(position)))
        }
        #expect(Folder.names(in: "\(past)/trends@1").filter { Position($0) != nil }.count == 2)
    }

    @Test func checkpointsAreLeftOnTheWay() throws {
        let folder = TemporaryFolder()
        let store = try Store.create(at: folder["store"])
        for batch in 0..<17 {
            let requests = (0..<2000).map { number in
                AppendRequest([
                    CloudEvent(type: "search.performed", data: #"{"query":"\#(batch) \#(number)","source":"x"}"#, id: "\(batch) \(number)")
                ])
            }
            for result in try store.engine.append(requests) { _ = try result.get() }
        }
        let sql = "SELECT count(*), max(id), sum(length(query)) FROM search_history"
        let beside = "SELECT count(*), max(position), sum(length(json_extract(data, '$.query'))) FROM events"
        func kept() -> [Position] { Folder.names(in: "\(store.path)/views/.as-of/trends@1").compactMap { Position($0) }.sorted() }
        #expect(try store.rows(sql, asOf: .position(33_000)) == store.rows(beside, asOf: .position(33_000)))
        #expect(kept() == [31_969, 33_000])
        // The next one goes on from there, and one before it begins at the one before.
        #expect(try store.rows(sql, asOf: .position(32_000)) == store.rows(beside, asOf: .position(32_000)))
        #expect(try store.rows(sql, asOf: .position(31_969)) == store.rows(beside, asOf: .position(31_969)))
        #expect(kept() == [31_969, 32_000, 33_000])
    }

    @Test func noMoreIsKeptThanAllowed() throws {
        let generated = try GeneratedStore(1500, seed: 14)
        let past = "\(generated.store.path)/views/.as-of"
        func kept() -> [Position] { Folder.names(in: "\(past)/trends@1").compactMap { Position($0) } }
        let last = Position(generated.stored.count)
        for position in stride(from: last, to: 100, by: -12) {
            _ = try generated.store.rows("SELECT count(*) FROM trending_topics", asOf: .position(position))
        }
        #expect(kept().count == 64)
        // Those asked about last are there still.
        #expect((kept().max() ?? 0) < last - 100)
    }

    @Test func checkpointsMayBeDeletedDamagedOrStale() throws {
        let generated = try GeneratedStore(900, seed: 8)
        let past = "\(generated.store.path)/views/.as-of"
        let moment = AsOf.position(Position(generated.stored.count / 2))
        let expected = try GeneratedStore.content(of: generated.store, asOf: moment)
        #expect(try GeneratedStore.content(of: generated.store, asOf: moment) == expected)
        try Folder.remove("\(past)/metrics@1")
        #expect(try GeneratedStore.content(of: generated.store, asOf: moment) == expected)
        for projection in Folder.names(in: past) where projection.contains("@") {
            for position in Folder.names(in: "\(past)/\(projection)") where Position(position) != nil {
                try File.replace("\(past)/\(projection)/\(position)/data.mdb", with: Array("garbage".utf8))
            }
        }
        #expect(try GeneratedStore.content(of: generated.store, asOf: moment) == expected)
        // The system crashed since: nothing that was not on disk is trusted.
        let rebooted = try Store(at: generated.store.path, bootID: 77)
        #expect(try GeneratedStore.content(of: rebooted, asOf: moment) == expected)
        try Folder.remove(past)
        #expect(try GeneratedStore.content(of: generated.store, asOf: moment) == expected)
    }

    @Test func manyAskAtOnceWhileOthersAppendAndDelete() async throws {
        let generated = try GeneratedStore(900, seed: 21)
        let store = generated.store
        let path = store.path
        let half = Position(generated.stored.count / 2)
        var expected: [Position: [[SQLValue]]] = [:]
        let sql = "SELECT id, topic, used_flag, relevance_score FROM trending_topics ORDER BY id"
        for position in stride(from: Position(10), to: half, by: 30) { expected[position] = try store.rows(sql, asOf: .position(position)) }
        try Folder.remove("\(path)/views/.as-of")
        let answers = expected
        let flag = Flag()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                // Somebody who wants the disk back, again and again.
                while !flag.isDone {
                    try Folder.remove("\(path)/views/.as-of")
                    try await Task.sleep(for: .milliseconds(3))
                }
            }
            for worker in 0..<4 {
                group.addTask {
                    let own = try Store(at: path)
                    for round in 0..<3 {
                        for (position, rows) in answers.sorted(by: { ($0.key * 7919 + UInt64(worker)) % 101 < ($1.key * 7919) % 101 }) {
                            #expect(try own.rows(sql, asOf: .position(position)) == rows)
                        }
                        try own.append(CloudEvent(type: "trend.captured", data: #"{"topic":"\#(worker) \#(round)","source":"x"}"#))
                    }
                    flag.isDone = true
                }
            }
            try await group.waitForAll()
        }
        #expect(try store.verify().isWhole)
    }
}

private final class Flag: Sendable {
    private let value = Mutex(false)

    var isDone: Bool {
        get { value.withLock { $0 } }
        set { value.withLock { $0 = newValue } }
    }
}

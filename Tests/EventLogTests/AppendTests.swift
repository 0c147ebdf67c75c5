import EventLog
import TestSupport
import Testing

/// Appending: whole requests or nothing, expectations, repeats.
struct AppendTests {
    let folder = TemporaryFolder()

    @Test(arguments: StorageKind.allCases) func receiptsSayWhatWasStored(kind: StorageKind) throws {
        let clock = TestClock()
        let log = try kind.log(in: folder) { clock.now }
        let time = Timestamp(microseconds: 5)
        let receipts = try log.append([
            event("a", subject: "video:1", time: time), event("b", subject: "video:2"), event("c", subject: "video:1"), event("d"),
        ])
        #expect(receipts.map(\.position) == [1, 2, 3, 4])
        #expect(receipts.map(\.streamVersion) == [1, 1, 2, 1])
        #expect(receipts.map(\.subject) == ["video:1", "video:2", "video:1", "type:thing.happened"])
        #expect(receipts.map(\.time) == [time, clock.now, clock.now, clock.now])
        #expect(receipts.allSatisfy { $0.recordedTime == clock.now && !$0.isRepeat && $0.rows.isEmpty })
        #expect(try log.head() == 4)
        #expect(try log.ids() == ["a", "b", "c", "d"])
    }

    @Test(arguments: StorageKind.allCases) func refusedRequestLeavesNoTrace(kind: StorageKind) throws {
        let log = try kind.log(in: folder)
        let participant = TestParticipant()
        let results = try log.append(
            [
                AppendRequest([event("a", subject: "s:1"), event("b", subject: "s:1")]),
                AppendRequest([event("c", subject: "s:1"), event("d", subject: "s:2"), event("x", data: #""refuse""#), event("e")]),
                AppendRequest([event("f", subject: "s:1"), event("c", subject: "s:2", data: "[1]")]),
                AppendRequest([event("y", data: #""refuse""#)]),
            ], joining: participant)
        #expect(results.count == 4)
        #expect(try results[0].get().map(\.position) == [1, 2])
        let refusal = #expect(throws: EventRefusal.self) { try results[1].get() }
        #expect(refusal?.place == 2)
        #expect(refusal?.event.id == "x")
        #expect(refusal?.reason is TestParticipant.No)
        // Versions and ids go on as if the refused request had never been.
        let third = try results[2].get()
        #expect(third.map(\.position) == [3, 4])
        #expect(third.map(\.streamVersion) == [3, 1])
        #expect(throws: TestParticipant.No.self) { try results[3].get() }
        #expect(try log.ids() == ["a", "b", "f", "c"])
        #expect(try log.ids(EventFilter(tags: ["s:2"])) == ["c"])
        #expect(try log.index.check() == 0)
        #expect(
            participant.calls == [
                "begin", "apply 1", "apply 2", "keep", "apply 3", "apply 4", "apply 5", "undo", "apply 3", "apply 4",
                "keep", "apply 5", "undo", "commit 4", "end",
            ])
    }

    @Test(arguments: StorageKind.allCases) func breakdownStoresNothing(kind: StorageKind) throws {
        let log = try kind.log(in: folder)
        let participant = TestParticipant()
        #expect(throws: TestParticipant.Breakdown.self) {
            try log.append([AppendRequest([event("a")]), AppendRequest([event("b", data: #""fail""#)])], joining: participant)
        }
        #expect(participant.calls.last == "end")
        #expect(!participant.calls.contains { $0.hasPrefix("commit") })
        #expect(try log.head() == 0)
        #expect(try log.append([event("a")]).map(\.position) == [1])
    }

    @Test(arguments: StorageKind.allCases) func stopsAtRefusal(kind: StorageKind) throws {
        let log = try kind.log(in: folder)
        let results = try log.append(
            ["a", "refuse", "b"].map { AppendRequest([event($0, data: "\"\($0)\"")]) }, joining: TestParticipant(), stopsAtRefusal: true)
        #expect(results.count == 2)
        #expect(try log.ids() == ["a"])
    }

    @Test(arguments: StorageKind.allCases) func expectedVersions(kind: StorageKind) throws {
        let log = try kind.log(in: folder)
        func append(_ id: String, _ expected: ExpectedVersion) throws -> UInt64 {
            try log.append([event(id, subject: "video:1")], expected: expected)[0].streamVersion
        }
        #expect(throws: AppendError.wrongVersion(stream: "video:1", expected: .exact(1), found: 0)) { try append("a", .exact(1)) }
        #expect(try append("a", .none) == 1)
        #expect(throws: AppendError.wrongVersion(stream: "video:1", expected: .none, found: 1)) { try append("b", .none) }
        #expect(try append("b", .exact(1)) == 2)
        #expect(try append("c", .any) == 3)
        for stale in [0, 1, 2, 4, .max] as [UInt64] {
            let error = #expect(throws: AppendError.self) { try append("d", .exact(stale)) }
            #expect(error == .wrongVersion(stream: "video:1", expected: .exact(stale), found: 3))
        }
        // A retry of what was stored gets its first receipt, however stale its expectation is by now.
        let retry = try log.append([event("b", subject: "video:1")], expected: .exact(1))[0]
        #expect(retry.isRepeat && retry.position == 2 && retry.streamVersion == 2)
        #expect(try log.append([event("a", subject: "video:1")], expected: .none)[0].isRepeat)
        // Several events: the expectation is what was there before the first.
        #expect(try log.append([event("e", subject: "video:1"), event("f", subject: "video:1")], expected: .exact(3)).count == 2)
        let mixed = #expect(throws: EventRefusal.self) {
            try log.append([event("g", subject: "video:1"), event("h", subject: "video:2")], expected: .exact(5))
        }
        #expect(mixed?.place == 1)
        #expect(try log.head() == 5)
    }

    @Test(arguments: StorageKind.allCases) func repeats(kind: StorageKind) throws {
        let log = try kind.log(in: folder)
        let data = #"{"a": 1.0, "b": [true, null], "c": "\u0041"}"#
        let first = try log.append([event("a", data: data)])[0]
        for same in [data, #"{"c":"A","b":[true,null],"a":1}"#, " \n" + data + "\t"] {
            let again = try log.append([event("a", data: same)])[0]
            #expect(again.isRepeat)
            #expect(again.position == first.position && again.recordedTime == first.recordedTime)
        }
        for other in [#"{"a":2,"b":[true,null],"c":"A"}"#, #"{"a":1,"b":[null,true],"c":"A"}"#, "{}", "not json"] {
            let error = #expect(throws: AppendError.self) { try log.append([event("a", data: other)]) }
            #expect(error == .idTaken(source: "test", id: "a", position: 1, difference: "data"))
        }
        let error = #expect(throws: AppendError.self) { try log.append([event("a", type: "thing.ended", data: data)]) }
        #expect(error == .idTaken(source: "test", id: "a", position: 1, difference: "type (thing.happened)"))
        // The same id of another source is another fact.
        #expect(try !log.append([event("a", source: "other", data: "{}")])[0].isRepeat)
        // Twice in one request, and across requests of one group.
        let twice = try log.append([event("b"), event("b", data: "{ }"), event("c")])
        #expect(twice.map(\.position) == [3, 3, 4])
        #expect(twice.map(\.isRepeat) == [false, true, false])
        let group = try log.append([AppendRequest([event("d")]), AppendRequest([event("d")]), AppendRequest([event("d", data: "1")])])
        #expect(try group[1].get().map(\.isRepeat) == [true])
        #expect(throws: AppendError.self) { try group[2].get() }
        #expect(try log.head() == 5)
        #expect(try log.index.check() == 0)
    }

    @Test(arguments: StorageKind.allCases) func longAndUnusualIDs(kind: StorageKind) throws {
        let log = try kind.log(in: folder)
        let uuid = "01890a5d-ac96-774b-bcce-b302099a8057"
        let ids = [
            uuid, uuid.uppercased(), String(uuid.dropLast()), String(repeating: "x", count: 1024), String(repeating: "x", count: 1023), "é",
            "e\u{301}",
        ]
        for id in ids { #expect(try !log.append([event(id)])[0].isRepeat, "\(id)") }
        for (place, id) in ids.enumerated() { #expect(try log.append([event(id)])[0].position == Position(place) + 1, "\(id)") }
    }

    @Test(arguments: StorageKind.allCases) func badAttributesAreRefused(kind: StorageKind) throws {
        let log = try kind.log(in: folder)
        let long = String(repeating: "a", count: 1025)
        let bad: [(String, CloudEvent)] = [
            ("id", event("")), ("id", event(long)), ("id", event("a\u{0}b")), ("id", event("a\nb")), ("source", event("a", source: "")),
            ("type", event("a", type: "")), ("type", event("a", type: String(repeating: "t", count: 201))),
            ("subject", event("a", subject: "video")), ("subject", event("a", subject: ":1")), ("subject", event("a", subject: "video:")),
            ("subject", event("a", subject: "v:" + long)), ("subject", event("a", subject: "v:\u{1F}")),
            ("time", event("a", time: Timestamp(microseconds: .max))),
        ]
        for (field, event) in bad {
            let error = #expect(throws: AppendError.self) { try log.append([event]) }
            guard case .invalid(let found, _)? = error else {
                Issue.record("\(field): \(String(describing: error))")
                continue
            }
            #expect(found == field)
        }
        #expect(try log.head() == 0)
    }

    /// What an interpreter adds can be too long as well.
    @Test(arguments: StorageKind.allCases) func longSubjectOfAParticipantIsRefused(kind: StorageKind) throws {
        final class Namer: AppendParticipant {
            func begin(_ log: any LogReader) throws {}
            func apply(_ event: StagedEvent) throws {
                event.setSubject(Tag(entity: "video", key: String(repeating: "x", count: 70_000)))
            }
            func keep() {}
            func undo() throws {}
            func commit(_ checkpoint: Checkpoint, isBurst: Bool) {}
            func end() {}
        }
        let log = try kind.log(in: folder)
        let error = #expect(throws: AppendError.self) { try log.append([AppendRequest([event("a")])], joining: Namer())[0].get() }
        guard case .invalid(field: "subject", _)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test(arguments: StorageKind.allCases) func recordedTimeNeverGoesBack(kind: StorageKind) throws {
        let clock = TestClock()
        let log = try kind.log(in: folder) { clock.now }
        var random = SplitMix64(seed: 1)
        var last = Timestamp(microseconds: .min)
        var latest = Timestamp(microseconds: .min)
        for number in 0..<100 {
            clock.advance(Int64.random(in: -5_000_000...6_000_000, using: &random))
            latest = max(latest, clock.now)
            let receipt = try log.append([event("\(number)")])[0]
            #expect(receipt.recordedTime >= last)
            #expect(receipt.recordedTime == latest)
            last = receipt.recordedTime
        }
        #expect(try log.verify().problems == [])
    }

    @Test(arguments: StorageKind.allCases) func firstPositionByTime(kind: StorageKind) throws {
        let clock = TestClock(1_000_000)
        let log = try kind.log(in: folder) { clock.now }
        #expect(try log.storage.read { try EventLog.firstPosition(recordedAtOrAfter: clock.now, in: $0) } == 1)
        var random = SplitMix64(seed: 2)
        var times: [Timestamp] = []
        for number in 0..<80 {
            clock.advance(Int64.random(in: -2...3, using: &random))
            for receipt in try log.append((0..<Int.random(in: 1...3, using: &random)).map { event("\(number).\($0)") }) {
                times.append(receipt.recordedTime)
            }
        }
        let first = try #require(times.first).microseconds
        let last = try #require(times.last).microseconds
        try log.storage.read { reader throws in
            for wanted in first - 2...last + 2 {
                let time = Timestamp(microseconds: wanted)
                let naive = times.firstIndex { $0 >= time }.map { Position($0) + 1 } ?? Position(times.count) + 1
                #expect(try EventLog.firstPosition(recordedAtOrAfter: time, in: reader) == naive)
            }
        }
    }
}

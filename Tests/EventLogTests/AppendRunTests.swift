import Dispatch
import EventLog
import Synchronization
import TestSupport
import Testing

/// Several commits in a row, each staged while the one before is put on disk.
struct AppendRunTests {
    let folder = TemporaryFolder()

    private func log(_ kind: StorageKind, willCommit: @escaping @Sendable (Int) throws -> Void = { _ in }) throws -> EventLog {
        let storage = FailingStorage(try kind.make(in: folder), willCommit: willCommit)
        return EventLog(storage, index: EventIndex(at: folder["views/index"], of: storage))
    }

    private func requests(_ ids: ClosedRange<Int>, _ data: String = "{}") -> [AppendRequest] {
        ids.map { AppendRequest([event("\($0)", subject: "thing:\($0 % 5)", data: data)]) }
    }

    /// What was sent, in commits at random places, is stored as if each request had come alone.
    @Test(arguments: StorageKind.allCases, [1, 2, 3]) func sameAsOneByOne(kind: StorageKind, seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let clock = TestClock()
        let log = try kind.log(in: folder) { clock.now }
        var groups: [[AppendRequest]] = []
        for _ in 0..<12 {
            groups.append(
                (0..<Int.random(in: 1...9, using: &random)).map { _ in
                    let id = Int.random(in: 1...60, using: &random)
                    let data = ["{}", "{}", #""refuse""#, #""tag:thing:\#(id % 3)""#][Int.random(in: 0..<4, using: &random)]
                    let expected: ExpectedVersion = Int.random(in: 0..<6, using: &random) == 0 ? .exact(2) : .any
                    return AppendRequest([event("\(id)", subject: "thing:\(id % 5)", data: data)], expected: expected)
                })
        }
        let source = ScriptedSource(groups)
        try log.append(from: source, joining: TestParticipant())
        let twinFolder = TemporaryFolder()
        let other = try kind.log(in: twinFolder) { clock.now }
        let alone = try groups.joined().map { try other.append([$0], joining: TestParticipant())[0] }
        #expect(source.results.count == alone.count)
        for (one, two) in zip(source.results, alone) {
            #expect(one.map { "\($0)" }.mapError(Text.init) == two.map { "\($0)" }.mapError(Text.init))
        }
        #expect(try log.head() == other.head())
        #expect(try log.ids() == other.ids())
        #expect(try log.verify().problems == [])
        #expect(try log.index.check() == 0)
        #expect(
            try log.answers(tags: (0..<5).map { "thing:\($0)" }, types: ["thing.happened"])
                == other.answers(tags: (0..<5).map { "thing:\($0)" }, types: ["thing.happened"]))
    }

    private struct Text: Error, Equatable {
        let text: String
        init(_ error: any Error) { text = "\(error)" }
    }

    /// The second group is staged before the first is on disk, and nobody has a result before it is.
    @Test(arguments: StorageKind.allCases) func stagesWhileTheDiskWorks(kind: StorageKind) throws {
        let isStaging = DispatchSemaphore(value: 0)
        let wasInTime = Mutex(false)
        let log = try log(kind) { number in
            guard number == 1 else { return }
            let isInTime = isStaging.wait(timeout: .now() + 20) == .success
            wasInTime.withLock { $0 = isInTime }
        }
        let source = ScriptedSource([requests(1...3), requests(4...6)])
        let groups = Mutex(0)
        source.willStage = {
            let group = groups.withLock { count in
                count += 1
                return count
            }
            if group == 2 {
                #expect(source.results.isEmpty)
                isStaging.signal()
            }
        }
        try log.append(from: source)
        #expect(wasInTime.withLock { $0 })
        #expect(try source.results.map { try $0.get()[0].position } == [1, 2, 3, 4, 5, 6])
    }

    /// Where the threads of the process are all busy, with writing views, say, commits do not wait for one.
    @Test(arguments: StorageKind.allCases) func withoutFreeThreads(kind: StorageKind) throws {
        let log = try log(kind)
        let source = ScriptedSource([requests(1...3), requests(4...6), requests(7...9)])
        let threads = BusyThreads()
        try log.append(from: source)
        #expect(threads.end())
        #expect(try source.results.map { try $0.get()[0].position } == Array(1...9))
    }

    /// A disk that fails: what was acknowledged before is there, nothing after it, and the next append goes on from there.
    @Test(arguments: StorageKind.allCases, 1...4) func commitFails(kind: StorageKind, failing: Int) throws {
        let log = try log(kind) { if $0 == failing { throw FailingStorage.Full() } }
        let source = ScriptedSource((0..<4).map { requests($0 * 5 + 1...$0 * 5 + 5) })
        #expect(throws: FailingStorage.Full.self) { try log.append(from: source, joining: TestParticipant()) }
        let stored = (failing - 1) * 5
        for (place, result) in source.results.enumerated() {
            switch result {
            case .success(let receipts): #expect(place < stored && receipts[0].position == Position(place + 1))
            case .failure(let error): #expect(place >= stored && error is FailingStorage.Full)
            }
        }
        // The one after it may have been staged by then.
        #expect(source.results.count >= stored + 5)
        #expect(try log.head() == Position(stored))
        let again = try log.append(requests(1...20), joining: TestParticipant())
        #expect(try again.map { try $0.get()[0].isRepeat } == (1...20).map { $0 <= stored })
        #expect(try log.index.check() == 0)
        #expect(try log.verify().problems == [])
    }

    /// Whoever was refused because of an event that did not get to the disk may send again: there is nothing in the log that speaks against it.
    @Test(arguments: StorageKind.allCases, [false, true]) func refusedByWhatIsNotStored(kind: StorageKind, inOneCommit: Bool) throws {
        let log = try log(kind) { if $0 == 1 { throw FailingStorage.Full() } }
        let rivals = ["1", "2"].map { AppendRequest([event($0, subject: "thing:1")], expected: .exact(0)) }
        let other = AppendRequest([event("1", subject: "thing:2", data: "[]")])
        let all = rivals + [other]
        let source = ScriptedSource(inOneCommit ? [all] : all.map { [$0] })
        #expect(throws: FailingStorage.Full.self) { try log.append(from: source, joining: TestParticipant()) }
        #expect(!source.results.isEmpty)
        for result in source.results { #expect(throws: FailingStorage.Full.self) { try result.get() } }
        #expect(try log.append([rivals[1]], joining: TestParticipant())[0].get()[0].streamVersion == 1)
    }

    /// Where the participant breaks down the group before it is stored, with those that came before it in its own.
    @Test(arguments: StorageKind.allCases) func participantFails(kind: StorageKind) throws {
        let log = try log(kind)
        let source = ScriptedSource([requests(1...3), requests(4...5) + requests(6...6, #""fail""#) + requests(7...7), requests(8...9)])
        #expect(throws: TestParticipant.Breakdown.self) { try log.append(from: source, joining: TestParticipant()) }
        #expect(source.results.count == 6)
        #expect(throws: TestParticipant.Breakdown.self) { try source.results.last?.get() }
        #expect(try log.ids() == ["1", "2", "3", "4", "5"])
        #expect(try log.append(requests(6...6), joining: TestParticipant())[0].get()[0].position == 6)
        #expect(try log.index.check() == 0)
    }

    @Test(arguments: StorageKind.allCases) func stopsAtARefusal(kind: StorageKind) throws {
        let log = try log(kind)
        let source = ScriptedSource([requests(1...3), requests(4...4) + requests(5...5, #""refuse""#) + requests(6...6), requests(7...7)])
        try log.append(from: source, joining: TestParticipant(), stopsAtRefusal: true)
        #expect(source.results.count == 5)
        #expect(throws: TestParticipant.No.self) { try source.results.last?.get() }
        #expect(try log.ids() == ["1", "2", "3", "4"])
    }

    /// An event that is sent again while the first one is on its way to the disk.
    @Test(arguments: StorageKind.allCases) func repeatsAcrossCommits(kind: StorageKind) throws {
        let log = try log(kind)
        let source = ScriptedSource([requests(1...3), requests(2...4), requests(1...4)])
        try log.append(from: source, joining: TestParticipant())
        #expect(try source.results.map { try $0.get()[0].position } == [1, 2, 3, 2, 3, 4, 1, 2, 3, 4])
        #expect(try log.head() == 4)
    }
}

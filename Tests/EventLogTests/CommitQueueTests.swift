import EventLog
import Synchronization
import TestSupport
import Testing

/// Many callers, few commits.
struct CommitQueueTests {
    let folder = TemporaryFolder()

    @Test(arguments: StorageKind.allCases) func everyCallerGetsItsOwn(kind: StorageKind) async throws {
        let log = try kind.log(in: folder)
        let groups = Mutex<[Int]>([])
        let queue = CommitQueue(largestGroup: 20) { source in
            let watched = WatchedSource(source)
            try log.append(from: watched, joining: TestParticipant())
            groups.withLock { $0 += watched.groups }
        }
        let positions = try await withThrowingTaskGroup(of: [Position].self) { group in
            for caller in 0..<64 {
                group.addTask {
                    var positions: [Position] = []
                    for number in 0..<5 {
                        let refused = caller % 8 == 3 && number == 2
                        let events = (0...caller % 3).map { place in
                            event("\(caller).\(number).\(place)", subject: "caller:\(caller)", data: refused ? #""refuse""# : "\(caller)")
                        }
                        do {
                            let receipts = try await queue.append(AppendRequest(events))
                            #expect(receipts.map(\.id) == events.map(\.id))
                            #expect(!refused)
                            // Events of a request lie side by side.
                            #expect(receipts.map(\.position) == Array(receipts[0].position..<receipts[0].position + UInt64(events.count)))
                            positions += receipts.map(\.position)
                        } catch {
                            #expect(refused && error.isRefusal)
                        }
                    }
                    return positions
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        let head = try log.head()
        #expect(positions.sorted() == Array(1...head))
        #expect(try log.verify().problems == [])
        #expect(try log.index.check() == 0)
        let sizes = groups.withLock { $0 }
        #expect(sizes.reduce(0, +) == 320)
        #expect(sizes.allSatisfy { (1...20).contains($0) })
        #expect(sizes.count < 320)
        for caller in 0..<64 {
            let ids = try log.ids(EventFilter(tags: ["caller:\(caller)"]))
            #expect(ids.count == (caller % 8 == 3 ? 4 : 5) * (caller % 3 + 1))
        }
    }

    /// However many events each caller sends: what is staged is kept until the run is over, and other processes wait for its end.
    @Test func runsEnd() async throws {
        let log = try StorageKind.lmdb.log(in: folder)
        let runs = Mutex<[Int]>([])
        let queue = CommitQueue { source in
            let watched = WatchedSource(source)
            try log.append(from: watched, joining: TestParticipant())
            runs.withLock { $0.append(watched.eventCount) }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for caller in 0..<4 {
                group.addTask {
                    for number in 0..<12 {
                        _ = try await queue.append(AppendRequest((0..<300).map { event("\(caller).\(number).\($0)") }))
                    }
                }
            }
            try await group.waitForAll()
        }
        // The last callers have their results before the last run is over.
        for _ in 0..<500 where runs.withLock({ $0.reduce(0, +) }) < 4 * 12 * 300 { try await Task.sleep(for: .milliseconds(10)) }
        let sizes = runs.withLock { $0 }
        #expect(sizes.reduce(0, +) == 4 * 12 * 300)
        #expect(sizes.allSatisfy { $0 < 2048 + 300 }, "\(sizes)")
    }

    @Test func failureReachesEveryCaller() async throws {
        struct Full: Error {}
        let queue = CommitQueue { _ in throw Full() }
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<10 {
                group.addTask {
                    await #expect(throws: Full.self) { try await queue.append(AppendRequest([event("\(number)")])) }
                }
            }
        }
    }

    /// A run that ends early must not leave the callers waiting that it took.
    @Test(arguments: [false, true]) func endsWithoutResults(takes: Bool) async throws {
        let queue = CommitQueue { source in if takes { _ = source.next(staged: 0) } }
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<10 {
                group.addTask {
                    await #expect(throws: CommitQueue.NotTried.self) { try await queue.append(AppendRequest([event("\(number)")])) }
                }
            }
        }
    }
}

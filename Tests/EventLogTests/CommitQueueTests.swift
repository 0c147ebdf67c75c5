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

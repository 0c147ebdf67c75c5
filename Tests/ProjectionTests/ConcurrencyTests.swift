import EventLog
import TestSupport
import Testing

@testable import Projection

/// Rebuilds and snapshots while others append, each with an engine of its own.
struct ConcurrencyTests {
    let folder = TemporaryFolder()

    private func append(_ engine: Engine, _ name: String, until end: @Sendable () -> Bool) throws -> Int {
        var count = 0
        while !end() && count < 2000 {
            try engine.add(AuthorAdded(name: "\(name) \(count)", rank: 1), BookAdded(author: 1, title: "\(name) \(count)", state: "open"))
            count += 1
        }
        return count
    }

    @Test(.timeLimit(.minutes(1))) func rebuildLosesNothing() async throws {
        let engine = try makeEngine(folder)
        try engine.add(AuthorAdded(name: "first", rank: 1))
        let folder = folder
        let appending = Task.detached { try self.append(try makeEngine(folder), "a", until: { Task.isCancelled }) }
        while try engine.log.head() < 10 { try await Task.sleep(for: .milliseconds(1)) }
        for _ in 0..<10 {
            let report = try engine.rebuild("library")
            #expect(report.differences == [])
            #expect(report.conflictCount == 0)
        }
        for _ in 0..<3 { #expect(try engine.check() == []) }
        appending.cancel()
        let count = try await appending.value
        #expect(count > 0)
        #expect(try engine.rows(Author.table).count == count + 1)
        #expect(try engine.rows(Book.table).count == count)
        #expect(try engine.check() == [])
        #expect(try engine.log.index.check() == 0)
        #expect(Folder.names(in: folder["views"]).filter { $0.hasPrefix(".building") || $0.hasPrefix(".removed") } == [])
    }

    @Test(.timeLimit(.minutes(1))) func snapshotsAreOfOnePosition() async throws {
        let engine = try makeEngine(folder)
        try engine.add(AuthorAdded(name: "first", rank: 1))
        let folder = folder
        let writers = ["a", "b"].map { name in
            Task.detached { try self.append(try makeEngine(folder), name, until: { Task.isCancelled }) }
        }
        while try engine.log.head() < 10 { try await Task.sleep(for: .milliseconds(1)) }
        var last: Position = 0
        for _ in 0..<150 {
            let head = try engine.log.head()
            let snapshot = try engine.snapshot(of: ["library"])
            let position = snapshot.position
            let library = try snapshot.projection("library")
            let authors = try library.table("authors").count()
            let books = try library.table("books").count()
            var events = 0
            try snapshot.log.forEach(EventFilter(types: ["book.added"])) { record in
                events += record.position <= position ? 1 : 1_000_000
                return true
            }
            snapshot.end()
            #expect(position >= head && position >= last)
            #expect(Position(authors + books) == position)
            #expect(events == books)
            last = position
        }
        for writer in writers { writer.cancel() }
        var count = 0
        for writer in writers { count += try await writer.value }
        #expect(try engine.log.head() == Position(count) * 2 + 1)
        #expect(try engine.check() == [])
    }

    @Test(.timeLimit(.minutes(1))) func groupsOfManyCallers() async throws {
        let engine = try makeEngine(folder)
        try engine.add(AuthorAdded(name: "first", rank: 1))
        let queue = CommitQueue { try engine.append(from: $0) }
        // Every title is wanted by four callers; one of them gets it.
        let stored = try await withThrowingTaskGroup(of: Int.self) { group in
            for caller in 0..<64 {
                group.addTask {
                    var stored = 0
                    for number in 0..<4 {
                        let event = try cloud(BookAdded(author: 1, title: "\(caller / 4).\(number)", state: "open"))
                        do {
                            stored += try await queue.append(AppendRequest([event])).count
                        } catch let violation as RuleViolation {
                            #expect(violation.rule == .unique)
                        }
                    }
                    return stored
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(stored == 64)
        #expect(try engine.rows(Book.table).map(\.id) == Array(1...64))
        #expect(try engine.check() == [])
    }
}

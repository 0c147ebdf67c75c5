import EventLog
import Projection
import SQLViews
import Synchronization
import TestSupport
import Testing

@Suite struct ConcurrencyTests {
    private final class Flag: Sendable {
        let value = Mutex(false)
    }

    /// Each query sees one moment: as many rows as events, by whatever index they are counted.
    @Test func queriesWhileOthersAppend() async throws {
        let fixture = try Fixture([countingProjector])
        try fixture.append(counts: 0..<10)
        let isDone = Flag()
        try await withThrowingTaskGroup(of: Int.self) { group in
            group.addTask {
                for batch in 1..<150 { try fixture.append(counts: batch * 10..<batch * 10 + 10) }
                isDone.value.withLock { $0 = true }
                return 0
            }
            for _ in 0..<2 {
                group.addTask {
                    var last: Int64 = 0
                    var queries = 0
                    while !isDone.value.withLock({ $0 }) || queries < 20 {
                        let sql = """
                            SELECT (SELECT count(*) FROM counts), (SELECT count(*) FROM events), (SELECT count(*) FROM counts WHERE parity = 'odd'),
                                (SELECT count(*) FROM events WHERE type = 'counted'), (SELECT max(number) FROM counts)
                            """
                        let (row, position) = try fixture.runner.run(sql) { result in
                            _ = try result.next()
                            return (result.row, result.position)
                        }
                        guard case .integer(let count) = row[0] else { continue }
                        #expect(row == [.integer(count), .integer(count), .integer(count / 2), .integer(count), .integer(count - 1)])
                        #expect(Int64(position) == count)
                        #expect(count % 10 == 0 && count >= last)
                        last = count
                        queries += 1
                    }
                    return queries
                }
            }
            for try await queries in group { #expect(queries >= 0) }
        }
        #expect(try fixture.runner.rows("SELECT count(*) FROM counts") == [[.integer(1500)]])
    }

    @Test func queriesWithinQueries() throws {
        let fixture = try Fixture([countingProjector])
        try fixture.append(counts: 0..<5)
        try fixture.runner.run("SELECT id FROM counts ORDER BY id") { outer in
            var seen = 0
            while try outer.next() {
                seen += 1
                try fixture.append(counts: 100 + seen..<101 + seen)
                #expect(try fixture.runner.rows("SELECT count(*) FROM counts") == [[.integer(Int64(5 + seen))]])
            }
            // What was appended meanwhile is not in the snapshot.
            #expect(seen == 5)
        }
    }
}

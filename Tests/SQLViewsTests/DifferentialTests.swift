import Projection
import SQLViews
import TestSupport
import Testing

/// What projected tables answer is what SQLite's own tables answer.
@Suite struct DifferentialTests {
    private func text(_ row: [SQLValue]) -> String { row.map(\.description).joined(separator: "|") }

    private func failure(_ query: RandomQuery, seed: UInt64, _ fixture: Fixture, _ mirror: SQLiteDatabase) -> String? {
        let expected = Result { try mirror.run(query.modelSQL, query.parameters).map(text) }
        let found = Result { try fixture.runner.rows(query.sql, query.parameters).map(text) }
        func report(_ expected: String, _ found: String) -> String {
            let plan = (try? fixture.plan(query.sql, query.parameters)) ?? "?"
            return
                "seed \(seed)\n\(query.sql.prefix(600))\n\(query.parameters.map { $0.description.prefix(80).debugDescription })\n\(plan)\nexpected \(expected.prefix(500).debugDescription)\nfound \(found.prefix(500).debugDescription)"
        }
        switch (expected, found) {
        case (.failure, .failure): return nil
        case (.failure(let error), .success(let rows)): return report("\(error)", "\(rows)")
        case (.success(let rows), .failure(let error)): return report("\(rows)", "\(error)")
        case (.success(var expected), .success(var found)):
            if !query.isOrdered {
                expected.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
                found.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            }
            if expected.count == found.count, zip(expected, found).allSatisfy({ $0.utf8.elementsEqual($1.utf8) }) { return nil }
            return report("\(expected.count) rows: \(expected)", "\(found.count) rows: \(found)")
        }
    }

    @Test(arguments: 0..<8) func randomQueries(part: Int) throws {
        let fixture = try sharedFixture.get()
        let mirror = try SQLViewsTests.mirror(of: sharedRows)
        var failures: [String] = []
        for number in 0..<100 {
            let seed = UInt64(part * 100 + number)
            if let failure = failure(RandomQuery(seed: seed), seed: seed, fixture, mirror) { failures.append(failure) }
        }
        if !failures.isEmpty { Issue.record("\(failures.count) differ\n\(failures.prefix(3).joined(separator: "\n\n"))") }
    }

    /// The same without keys too long for LMDB, so that indexes give the order.
    @Test func randomQueriesOverOrderedIndexes() throws {
        var rows = Rows(seed: 11)
        rows.places.removeAll { $0.code.utf8.count > 200 }
        rows.links.removeAll { $0.place.utf8.count > 200 }
        for place in rows.items.indices where (rows.items[place].note ?? "").utf8.count > 200 { rows.items[place].note = nil }
        let fixture = try Fixture(rows: rows)
        let mirror = try SQLViewsTests.mirror(of: rows)
        var failures: [String] = []
        for seed in 5000..<UInt64(5600) {
            if let failure = failure(RandomQuery(seed: seed), seed: seed, fixture, mirror) { failures.append(failure) }
        }
        if !failures.isEmpty { Issue.record("\(failures.count) differ\n\(failures.prefix(3).joined(separator: "\n\n"))") }
    }

    @Test func views() throws {
        let fixture = try sharedFixture.get()
        let flagged = try fixture.runner.rows("SELECT count(*) FROM flagged_items")
        #expect(flagged == [[.integer(Int64(sharedRows.items.filter { $0.flag == 1 }.count))]])
        #expect(try fixture.runner.rows("SELECT sum(items) FROM kind_counts") == [[.integer(Int64(sharedRows.items.count))]])
    }
}

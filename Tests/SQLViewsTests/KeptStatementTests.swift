import EventLog
import Projection
import SQLViews
import Testing

/// A statement is prepared once and run again and again: each time on what the store holds then.
@Suite struct KeptStatementTests {
    private func added(_ number: Int) -> CloudEvent {
        CloudEvent(type: RowAdded.type, data: "{\"table\":\"items\",\"number\":\(number)}")
    }

    private func rows(notes: [String]) -> Rows {
        var rows = Rows(seed: 1, items: 0, places: 0, links: 0)
        for (number, note) in notes.enumerated() {
            var item = Item()
            item.id = number + 1
            item.name = "name \(number)"
            item.note = note
            rows.items.append(item)
        }
        return rows
    }

    @Test func eachRunSeesWhatWasAppendedAndItsOwnValues() throws {
        let rows = rows(notes: (0..<20).map { "note \($0)" })
        let fixture = try Fixture([testProjector(rows)])
        for number in 0..<20 {
            try fixture.append([added(number)])
            for id in 1...20 {
                let expected: [[SQLValue]] = id <= number + 1 ? [[.text("note \(id - 1)")]] : []
                #expect(try fixture.runner.rows("SELECT note FROM items WHERE id = ?", [.integer(Int64(id))]) == expected)
            }
            #expect(try fixture.runner.rows("SELECT count(*) FROM events") == [[.integer(Int64(number + 1))]])
        }
        #expect(throws: QueryError.self) { try fixture.runner.rows("SELECT note FROM items WHERE id = ?") }
    }

    /// Keys too long for LMDB are not in order: a plan made before there were any would give rows as they come.
    @Test func orderIsNotReliedOnOnceKeysWereShortened() throws {
        let beginning = String(repeating: "n", count: 600)
        let notes = ["c", "a", "b"] + (0..<12).map { beginning + "\($0 * 7 % 12 + 10)" }
        let fixture = try Fixture([testProjector(rows(notes: notes))])
        let sql = "SELECT note FROM items WHERE note >= 'a' ORDER BY note"
        try fixture.append((0..<3).map { added($0) })
        #expect(try fixture.plan(sql).contains("idx_items_note"))
        #expect(try fixture.runner.rows(sql).map { $0[0].plainText } == ["a", "b", "c"])
        try fixture.append((3..<15).map { added($0) })
        #expect(try fixture.runner.rows(sql).map { $0[0].plainText } == notes.sorted())
    }

    /// One that has to be prepared again, since the log has grown, has no more time than any other.
    @Test(.timeLimit(.minutes(1))) func timeIsLimitedWhereItIsPreparedAgain() throws {
        let fixture = try Fixture([testProjector(rows(notes: (0..<100).map { "note \($0)" }))])
        let sql = "SELECT count(*) FROM items a, items b, items c, items d, items e, items f"
        try fixture.append([added(0)])
        #expect(try fixture.runner.rows(sql) == [[.integer(1)]])
        try fixture.append((1..<100).map { added($0) })
        let error = #expect(throws: QueryError.self) {
            try fixture.runner.rows(sql, options: QueryOptions(timeLimit: .milliseconds(100)))
        }
        #expect(error?.reason == .timeLimit)
    }

    @Test func manyStatements() throws {
        let fixture = try Fixture([testProjector(rows(notes: ["a", "b"]))])
        try fixture.append([added(0), added(1)])
        for _ in 0..<2 {
            for number in 0..<400 {
                #expect(try fixture.runner.rows("SELECT id + \(number) FROM items WHERE id = 2") == [[.integer(Int64(number + 2))]])
            }
        }
    }
}

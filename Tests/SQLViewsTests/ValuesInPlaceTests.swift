import Projection
import SQLViews
import Testing

/// Values of a result that are read where SQLite has them.
struct ValuesInPlaceTests {
    private static let sql = "SELECT NULL, 1 - 2, 1.5, 'a', '', x'00ff', zeroblob(0), 9223372036854775807, 'é' || char(0) || 'z'"

    private static let values: [SQLValue] = [
        .null, .integer(-1), .real(1.5), .text("a"), .text(""), .blob([0, 255]), .blob([]), .integer(.max), .text("é\u{0}z"),
    ]

    @Test func areThoseOfTheRow() throws {
        let fixture = try sharedFixture.get()
        try fixture.runner.run(Self.sql) { result in
            result.forEachValue { _, _ in Issue.record("no row yet") }
            let isThere = try result.next()
            var visited: [SQLValue] = []
            var columns: [Int] = []
            result.forEachValue { column, value in
                columns.append(column)
                visited.append(value.sqlValue)
            }
            #expect(columns == Array(0..<9) && visited == Self.values && result.row == Self.values)
            #expect(result.columns.indices.map { result.view($0).sqlValue } == Self.values)
            let isThereMore = try result.next()
            #expect(isThere && !isThereMore)
            result.forEachValue { _, _ in Issue.record("no row any more") }
        }
    }

    private struct Enough: Error, Equatable { let column: Int }

    @Test func anErrorEndsTheVisit() throws {
        let fixture = try sharedFixture.get()
        try fixture.runner.run(Self.sql) { result in
            _ = try result.next()
            #expect(throws: Enough(column: 3)) {
                try result.forEachValue { column, _ throws(Enough) in if column == 3 { throw Enough(column: column) } }
            }
        }
    }
}

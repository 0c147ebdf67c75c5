import EventLog
import TestSupport
import Testing

@testable import Projection

/// Rows as Swift values: by key, by index, in order, in place.
struct ViewReaderTests {
    let folder = TemporaryFolder()

    /// An engine with one author and books, titles and prices in different orders.
    private func prepare(_ titles: [String] = ["d", "a", "c", "b", "e"]) throws -> Engine {
        let engine = try makeEngine(folder)
        try engine.add(AuthorAdded(name: "Ada", rank: 1))
        for (place, title) in titles.enumerated() {
            let price = place == 4 ? nil : Double(place % 3)
            try engine.add(BookAdded(author: 1, title: title, price: price, state: place % 2 == 0 ? "open" : "lent"))
        }
        return engine
    }

    private func read<R>(_ engine: Engine, _ body: (ViewReader) throws -> R) throws -> R {
        let tables = try engine.tables(of: "library")
        defer { tables.end() }
        return try body(tables.views)
    }

    @Test func byKeyAndIndex() throws {
        let engine = try prepare()
        try engine.add(LoanMade(book: 2, reader: "r", note: "late"))
        let tables = try engine.tables(of: "library")
        defer { tables.end() }
        let views = tables.views
        #expect(try views.get(Book.table, 3)?.title == "c")
        #expect(try views.get(Book.table, 9) == nil)
        #expect(try views.get(Loan.table, 2, "r")?.note == "late")
        #expect(try views.get(Loan.table, 2, "q") == nil)
        #expect(try views.all(Book.table).map(\.id) == [1, 2, 3, 4, 5])
        #expect(try views.all(Book.table, where: ["price": 1.0]).map(\.title) == ["a"])
        #expect(try views.all(Book.table, where: ["author_id": 1, "title": "c"]).map(\.id) == [3])
        #expect(try views.all(Book.table, where: ["author_id": 1, "title": "z"]) == [])
        #expect(try views.first(Book.table, where: ["author_id": 1])?.title == "a")
        #expect(throws: ProjectionError.noIndex(table: "books", columns: ["state"])) {
            try views.all(Book.table, where: ["state": "open"])
        }
    }

    @Test func firstInOrder() throws {
        let tables = try prepare().tables(of: "library")
        defer { tables.end() }
        let views = tables.views
        #expect(try views.first(2, Book.table).map(\.id) == [1, 2])
        #expect(try views.first(9, Book.table, orderedBy: .descending("id")).map(\.id) == [5, 4, 3, 2, 1])
        #expect(try views.first(0, Book.table) == [])
        #expect(try views.first(2, Book.table, where: ["author_id": 1], orderedBy: "title").map(\.title) == ["a", "b"])
        #expect(try views.first(2, Book.table, where: ["author_id": 1], orderedBy: .descending("title")).map(\.title) == ["e", "d"])
        #expect(try views.first(2, Book.table, where: ["author_id": 2], orderedBy: .descending("title")) == [])
        // NULL comes first, and last the other way round.
        let prices: [Double?] = try views.first(9, Book.table, orderedBy: .descending("price"), "title").map(\.price)
        #expect(prices == [2, 1, 0, 0, nil])
        #expect(try views.first(3, Book.table, orderedBy: "price", .descending("title")).map(\.title) == ["e", "d", "b"])
        #expect(throws: ProjectionError.noIndex(table: "books", columns: ["price", "title"])) {
            try views.first(3, Book.table, orderedBy: "price", "title")
        }
        #expect(throws: ProjectionError.noIndex(table: "books", columns: ["author_id", "price"])) {
            try views.first(3, Book.table, where: ["author_id": 1], orderedBy: "price")
        }
    }

    /// Keys too long for LMDB are not in order there.
    @Test func firstInOrderOfLongTexts() throws {
        let long = String(repeating: "x", count: 600)
        let titles = (0..<9).map { "\(long)\(($0 * 4) % 9)" }
        let tables = try prepare(titles).tables(of: "library")
        defer { tables.end() }
        let views = tables.views
        let first = try views.first(4, Book.table, where: ["author_id": 1], orderedBy: "title").map(\.title)
        #expect(first == (0..<4).map { "\(long)\($0)" })
        let last = try views.first(3, Book.table, where: ["author_id": 1], orderedBy: .descending("title")).map(\.title)
        #expect(last == (6..<9).reversed().map { "\(long)\($0)" })
        #expect(try views.all(Book.table, where: ["author_id": 1, "title": titles[1]]).map(\.id) == [2])
    }

    @Test func inPlace() throws {
        let tables = try prepare().tables(of: "library")
        defer { tables.end() }
        let views = tables.views
        let title = try #require(Book.table.place(of: "title"))
        let price = try #require(Book.table.place(of: "price"))
        #expect(Book.table.place(of: "none") == nil)
        var seen: [[SQLValue]] = []
        try views.forEachRow(of: Book.table) { row in
            #expect(row.columnCount == 5)
            #expect(row.integer(0).map(Int.init) == seen.count + 1)
            #expect(row.integer(title) == nil && row.real(title) == nil && !row.isNull(title))
            if let bytes = row.bytes(title) { #expect(bytes.byteCount == 1) } else { Issue.record("no title") }
            #expect(row.isNull(price) == (row.real(price) == nil))
            switch row.view(title) {
            case .text(let bytes): #expect(bytes.byteCount == 1)
            default: Issue.record("no title")
            }
            let (real, isNull, number) = (row.real(price), row.isNull(price), row.integer(0))
            if case .real(let value) = row.view(price) { #expect(value == real) } else { #expect(isNull) }
            if case .integer(let value) = row.view(0) { #expect(value == number) } else { Issue.record("no id") }
            seen.append((0..<row.columnCount).map { row.value($0) })
            return seen.count < 4
        }
        #expect(seen == (try views.all(Book.table).prefix(4).map { Book.table.schema.values(of: ColumnCoder.encode($0)) }))
        var titles: [SQLValue] = []
        try views.forEachRow(of: Book.table, where: ["price": 0.0]) { row in
            titles.append(row.value(title))
            return true
        }
        #expect(titles == [.text("b"), .text("d")])
    }

    /// Another declaration of a table is as good as the projector's own.
    @Test func declaredAgain() throws {
        let again = Table<Book>("books", key: "id", assigned: true, elements: Book.elements)
        let tables = try prepare().tables(of: "library")
        defer { tables.end() }
        let views = tables.views
        #expect(try views.get(again, 3)?.title == "c")
        #expect(throws: ProjectionError.unknownTable("none")) { try views.all(Table<Book>("none", key: "id")) }
    }

    /// Without a look at the log, a read still sees every event stored before it.
    @Test func readsAreCurrent() throws {
        let engine = try prepare()
        let other = try makeEngine(folder)
        for number in 0..<20 {
            try (number % 2 == 0 ? engine : other).add(BookAdded(author: 1, title: "t\(number)", price: nil, state: ""))
            for reader in [engine, other] {
                for _ in 0..<2 {
                    let title = try read(reader) { try $0.get(Book.table, 6 + number)?.title }
                    #expect(title == "t\(number)")
                }
            }
        }
        TemporaryFolder.remove(folder["views"])
        #expect(try read(engine) { try $0.all(Book.table).count } == 25)
        _ = try engine.rebuild("library")
        #expect(try read(other) { try $0.all(Book.table).count } == 25)
    }
}

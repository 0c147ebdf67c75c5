import EventLog
import LMDB
import TestSupport
import Testing

@testable import Projection

/// Every rule refuses what breaks it, and says which rule, which row and which field.
struct RuleTests {
    let folder = TemporaryFolder()

    private func expect(
        _ violation: RuleViolation?, _ rule: RuleViolation.Rule, _ table: String, row: String, field: String,
        _ location: SourceLocation = #_sourceLocation
    ) {
        #expect(violation?.rule == rule, sourceLocation: location)
        #expect(violation?.table == table, sourceLocation: location)
        #expect(violation?.row == row, sourceLocation: location)
        #expect(violation?.field == field, sourceLocation: location)
        #expect(violation?.description.hasPrefix("\(rule.name) rule of \(table).\(field), row \(row): ") == true, sourceLocation: location)
    }

    @Test func unique() throws {
        let engine = try makeEngine(folder)
        try engine.add(AuthorAdded(name: "Ada", email: "a@x", rank: 1), AuthorAdded(name: "Bob", email: nil, rank: 1))
        expect(try engine.violation(AuthorAdded(name: "Ada", rank: 2)), .unique, "authors", row: "1", field: "name")
        expect(try engine.violation(AuthorAdded(name: "Eve", email: "a@x", rank: 1)), .unique, "authors", row: "1", field: "email, rank")
        expect(try engine.violation(AuthorChanged(id: 2, name: "Ada")), .unique, "authors", row: "1", field: "name")
        expect(try engine.violation(AuthorAdded(id: 2, name: "Eve", rank: 1)), .unique, "authors", row: "2", field: "id")
        // NULLs are not compared, and one other column is enough.
        #expect(try engine.violation(AuthorAdded(name: "Cyd", email: nil, rank: 1), AuthorAdded(name: "Dan", email: "a@x", rank: 2)) == nil)
        // A name that went is free; within one request as well.
        #expect(try engine.violation(AuthorChanged(id: 1, name: "Zoe"), AuthorAdded(name: "Ada", rank: 0)) == nil)
        #expect(try engine.violation(AuthorRemoved(id: 2), AuthorAdded(name: "Bob", rank: 0)) == nil)
        expect(
            try engine.violation(AuthorAdded(name: "New", rank: 0), AuthorAdded(name: "New", rank: 0)), .unique, "authors", row: "7",
            field: "name")
        #expect(try engine.check() == [])
    }

    @Test func longKeys() throws {
        let engine = try makeEngine(folder)
        let long = String(repeating: "x", count: 600)
        try engine.add(AuthorAdded(name: long + "a", rank: 1), AuthorAdded(name: long + "b", rank: 1))
        try engine.add(LoanlessBook.added(1, long + "1"), LoanlessBook.added(1, long + "2"))
        expect(try engine.violation(AuthorAdded(name: long + "a", rank: 2)), .unique, "authors", row: "1", field: "name")
        try engine.add(LoanMade(book: 1, reader: long + "r", note: ""), LoanMade(book: 1, reader: long + "s", note: "late"))
        try engine.add(LoanEnded(book: 1, reader: long + "r"))
        expect(
            try engine.violation(LoanEnded(book: 1, reader: long + "q")), .notFound, "loans", row: "1, \(long)q", field: "book_id, reader")
        #expect(try engine.rows(Loan.table).map(\.reader) == [long + "s"])
        #expect(try engine.check() == [])
        let snapshot = try engine.snapshot(of: ["library"])
        defer { snapshot.end() }
        let loans = try snapshot.projection("library").table("loans")
        #expect(try !loans.isOrdered(nil))
        #expect(try !loans.isOrdered(loans.schema.indexes[0]))
        #expect(try snapshot.projection("library").table("shelves").isOrdered(nil))
    }

    private enum LoanlessBook {
        static func added(_ author: Int, _ title: String) -> BookAdded { BookAdded(author: author, title: title, state: "open") }
    }

    @Test func checks() throws {
        let engine = try makeEngine(folder)
        let violation = try engine.violation(AuthorAdded(name: "Ada", rank: 101))
        expect(violation, .check, "authors", row: "1", field: "rank")
        #expect(violation?.message == "expected that rank is between 0 and 100, found 101")
        try engine.add(AuthorAdded(name: "Ada", rank: 100), LoanlessBook.added(1, "T"))
        expect(try engine.violation(AuthorChanged(id: 1, rank: -1)), .check, "authors", row: "1", field: "rank")
        // Against the store's settings.
        expect(try engine.violation(LoanMade(book: 1, reader: "r", note: "x")), .check, "loans", row: "(1, r)", field: "note")
        #expect(try engine.violation(LoanMade(book: 1, reader: "r", note: "late")) == nil)
    }

    @Test func references() throws {
        let engine = try makeEngine(folder)
        try engine.add(
            AuthorAdded(name: "Ada", rank: 1), AuthorAdded(name: "Bob", rank: 1, mentor: 1), AuthorAdded(name: "Cyd", rank: 1, mentor: 2))
        try engine.add(
            LoanlessBook.added(1, "A"), LoanlessBook.added(1, "B"), LoanlessBook.added(2, "C"), LoanMade(book: 2, reader: "r", note: ""))
        expect(try engine.violation(LoanlessBook.added(9, "X")), .foreignKey, "books", row: "4", field: "author_id")
        expect(try engine.violation(AuthorChanged(id: 1, mentor: 77)), .foreignKey, "authors", row: "1", field: "mentor_id")
        // A cascade that ends at a RESTRICT takes nothing away.
        expect(try engine.violation(AuthorRemoved(id: 1)), .restrict, "loans", row: "(2, r)", field: "book_id")
        expect(try engine.violation(BookRemoved(id: 2)), .restrict, "loans", row: "(2, r)", field: "book_id")
        #expect(try engine.rows(Book.table).count == 3)
        try engine.add(LoanEnded(book: 2, reader: "r"), AuthorRemoved(id: 1))
        #expect(try engine.rows(Book.table).map(\.title) == ["C"])
        #expect(try engine.rows(Author.table).map(\.mentorID) == [nil, 2])
        expect(try engine.violation(AuthorRemoved(id: 1)), .notFound, "authors", row: "1", field: "id")
        expect(try engine.violation(AuthorChanged(id: 1, rank: 1)), .notFound, "authors", row: "1", field: "id")
        #expect(try engine.check() == [])
    }

    @Test func assignedIDs() throws {
        let engine = try makeEngine(folder)
        func add(_ name: String, id: Int? = nil) throws -> String {
            let receipt = try engine.add(AuthorAdded(id: id, name: name, rank: 1))[0]
            if id == nil { #expect(receipt.rows == [RowReference(table: "authors", key: String(receipt.subject.dropFirst(7)))]) }
            return receipt.subject
        }
        #expect(try add("a") == "author:1")
        #expect(try add("b", id: 10) == "author:10")
        #expect(try add("c") == "author:11")
        #expect(try add("d", id: 5) == "author:5")
        #expect(try add("e") == "author:12")
        // Never again, not even the highest.
        try engine.add(AuthorRemoved(id: 12))
        #expect(try add("f") == "author:13")
        // A refused insert uses no id up, nor does what was refused with it.
        _ = try engine.violation(AuthorAdded(name: "g", rank: 1), AuthorAdded(name: "g", rank: 1))
        _ = try engine.violation(AuthorAdded(id: 90, name: "h", rank: 1), AuthorAdded(name: "x", rank: 101))
        #expect(try add("i") == "author:14")
        #expect(try engine.rows(Shelf.table) == [Shelf(1, "left"), Shelf(4, "right"), Shelf(5, "middle")])
        #expect(try engine.add(ShelfAdded(name: "top"))[0].rows == [RowReference(table: "shelves", key: "6")])
        #expect(try engine.check() == [])
        _ = try engine.rebuild("library")
        #expect(try add("j") == "author:15")
    }

    /// After the highest possible id there is no next one.
    @Test func idsRunOut() throws {
        let engine = try makeEngine(folder)
        try engine.add(AuthorAdded(id: .max, name: "last", rank: 1))
        let violation = try engine.violation(AuthorAdded(name: "next", rank: 1))
        #expect(violation?.table == "authors" && violation?.field == "id")
        #expect(try engine.violation(AuthorAdded(id: 3, name: "other", rank: 1)) == nil)
        #expect(try engine.violation(AuthorAdded(id: -3, name: "below", rank: 1)) == nil)
        #expect(try engine.check() == [])
    }

    @Test func partialIndex() throws {
        let engine = try makeEngine(folder)
        try engine.add(AuthorAdded(name: "Ada", rank: 1))
        try engine.add(
            BookAdded(author: 1, title: "a", state: "open"), BookAdded(author: 1, title: "b", state: "shut"),
            BookAdded(author: 1, title: "c", state: "open"))
        func openKeys() throws -> Int {
            let snapshot = try engine.snapshot(of: ["library"])
            defer { snapshot.end() }
            let table = try snapshot.projection("library").table("books")
            let place = try #require(table.schema.indexes.firstIndex { $0.name == "open_titles" })
            return try table.transaction.count(table.indexTrees[place])
        }
        #expect(try openKeys() == 2)
        try engine.add(BookChanged(id: 1, state: "shut"), BookChanged(id: 2, state: "open"), BookRemoved(id: 3))
        #expect(try openKeys() == 1)
        #expect(try engine.check() == [])
    }

    @Test func refusedRequestLeavesTheTreesAsTheyWere() throws {
        let engine = try makeEngine(folder)
        try engine.add(AuthorAdded(name: "Ada", rank: 1), AuthorAdded(name: "Bob", rank: 1, mentor: 1), LoanlessBook.added(1, "T"))
        try engine.add(LoanMade(book: 1, reader: "r", note: ""))
        let views = ViewWriter.treeNames(Library.projector.tables.map(\.schema)) + ["state"]
        func everything() throws -> [[String: [[UInt8]]]] {
            [
                try contents(of: folder["views/library@1"], trees: views),
                try contents(
                    of: folder["views/index"], trees: ["state", "ids", "streams", "types", "tags"], layouts: ["tags": .integerSets]),
            ]
        }
        let before = try everything()
        let long = String(repeating: "y", count: 700)
        #expect(
            try engine.violation(AuthorAdded(name: long, rank: 1), LoanMade(book: 1, reader: long, note: ""), AuthorRemoved(id: 1)) != nil)
        #expect(
            try engine.violation(AuthorChanged(id: 2, name: "Z"), LoanEnded(book: 1, reader: "r"), AuthorAdded(name: "Z", rank: 1)) != nil)
        #expect(throws: UnknownEventType.self) { try engine.append([AppendRequest([CloudEvent(type: "nothing", data: "{}")])])[0].get() }
        #expect(try everything() == before)
        #expect(try engine.log.head() == 4)
        // Together with an accepted one: nothing of the refused ones beside it.
        let other = TemporaryFolder()
        let twin = try makeEngine(other)
        for engine in [engine, twin] {
            if engine === twin {
                try twin.add(AuthorAdded(name: "Ada", rank: 1), AuthorAdded(name: "Bob", rank: 1, mentor: 1), LoanlessBook.added(1, "T"))
                try twin.add(LoanMade(book: 1, reader: "r", note: ""))
            }
            let refused = AppendRequest([try cloud(LoanEnded(book: 1, reader: "r")), try cloud(AuthorChanged(id: 9))])
            let good = AppendRequest([try cloud(AuthorAdded(name: "Cyd", rank: 3))])
            let results = try engine.append(engine === twin ? [good] : [refused, good, refused])
            #expect(results.count { (try? $0.get()) != nil } == 1)
        }
        let tables = views.filter { $0 != "state" }
        #expect(try contents(of: folder["views/library@1"], trees: tables) == contents(of: other["views/library@1"], trees: tables))
    }

    @Test func unknownFieldsAndTypes() throws {
        let engine = try makeEngine(folder)
        for (type, data) in [
            ("author.added", #"{"name":"A","rank":1,"colour":"red"}"#), ("author.added", #"{"name":"A"}"#), ("author.added", "[]"),
            ("author.added", "{"), ("author.aded", "{}"),
        ] {
            let result = try engine.append([AppendRequest([CloudEvent(type: type, data: data)])])[0]
            #expect(throws: (any Error).self) { try result.get() }
            if case .failure(let error) = result { #expect(error.isRefusal, "\(error)") }
        }
        #expect(UnknownEventType("author.aded", known: engine.types).nearest.first == "author.added")
        #expect(try engine.log.head() == 0)
    }

    /// What a projector reads, by key and by index.
    @Test func lookUps() throws {
        let environment = DerivedEnvironment(
            at: folder["x/views"], trees: ViewWriter.treeNames([Author.table.schema, Book.table.schema]).map { .init($0) }, fingerprint: 1,
            log: MemoryStorage())
        let transaction = try environment.beginWrite()
        defer { transaction.end() }
        func writer(above below: ViewWriter? = nil) -> ViewWriter {
            let views = ViewWriter([Author.table.schema, Book.table.schema], settings: Settings(), enforcesChecks: true)
            views.look(in: transaction, below: below)
            return views
        }
        var views = writer()
        let long = String(repeating: "n", count: 520)
        for number in 1...6 {
            try views.insert(Author.table, Author(name: "\(long)\(number)", email: number > 3 ? nil : "\(number)@x", rank: number % 2))
            try views.insert(Book.table, Book(authorID: min(number, 2), title: "t\(number)", price: Double(number % 2), state: "open"))
        }
        let changed = views
        for stage in ["changed", "about to be written", "written"] {
            switch stage {
            case "about to be written": views = writer(above: views)
            case "written":
                try changed.write(to: transaction)
                views = writer()
            default: break
            }
            #expect(try views.first(Author.table, where: ["email": "2@x", "rank": 0])?.id == 2)
            #expect(try views.first(Author.table, where: ["rank": 1, "email": "2@x"]) == nil)
            #expect(try views.first(Author.table, where: ["name": long + "5"])?.id == 5)
            #expect(try views.first(Author.table, where: ["name": long + "7"]) == nil)
            #expect(try views.all(Author.table, where: ["name": long + "5"]).map(\.id) == [5])
            #expect(try views.all(Author.table, where: ["email": String?.none]).map(\.id) == [4, 6, 5])
            #expect(try views.all(Book.table, where: ["price": 1.0]).map(\.title) == ["t1", "t3", "t5"])
            #expect(try views.all(Book.table, where: ["author_id": 2]).map(\.title) == ["t2", "t3", "t4", "t5", "t6"])
            #expect(try views.get(Book.table, 3)?.title == "t3")
            #expect(try views.get(Book.table, 33) == nil)
            #expect(throws: ProjectionError.noIndex(table: "books", columns: ["state"])) {
                try views.all(Book.table, where: ["state": "open"])
            }
            #expect(throws: ProjectionError.unknownTable("loans")) { try views.get(Loan.table, 1, "r") }
        }
    }
}

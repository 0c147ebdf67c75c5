import EventLog
import Glibc
import LMDB
import TestSupport
import Testing

@testable import Projection

/// Views that are behind, lost, or of another version.
struct CatchUpTests {
    let folder = TemporaryFolder()

    private func fill(_ engine: Engine, _ range: Range<Int>) throws {
        if range.contains(0) { try engine.add(AuthorAdded(name: "Ada", rank: 1), AuthorAdded(name: "Bob", rank: 2)) }
        for number in range {
            try engine.add(BookAdded(author: number % 2 + 1, title: "t\(number / 2)", price: Double(number), state: "open"))
        }
    }

    @Test(arguments: [false, true]) func viewsDeleted(appendsFirst: Bool) throws {
        let engine = try makeEngine(folder)
        try fill(engine, 0..<30)
        let before = try engine.rows(Book.table)
        TemporaryFolder.remove(folder["views"])
        if appendsFirst {
            // The rules hold at once, against rows that had to be made again first.
            #expect(try engine.violation(AuthorAdded(name: "Ada", rank: 1))?.rule == .unique)
            #expect(try engine.add(ShelfAdded(name: "x"))[0].rows.map(\.key) == ["6"])
        }
        #expect(try engine.rows(Book.table) == before)
        #expect(try engine.check() == [])
        // And by another process.
        TemporaryFolder.remove(folder["views/library@1"])
        let other = try makeEngine(folder)
        #expect(try other.rows(Book.table) == before)
        try other.add(BookRemoved(id: 1))
        #expect(try engine.rows(Book.table).count == 29)
    }

    @Test func lastCommitLost() throws {
        try fill(try makeEngine(folder), 0..<10)
        // A process that ended between the log's commit and its views': the log alone has the event.
        let storage = try LMDBStorage(at: folder["log"])
        let log = EventLog(storage, index: EventIndex(at: folder["other/index"], of: storage))
        try log.append([try cloud(BookRemoved(id: 3))])
        let engine = try makeEngine(folder)
        #expect(try engine.rows(Book.table).count == 9)
        #expect(try engine.violation(BookRemoved(id: 3))?.rule == .notFound)
        #expect(try engine.check() == [])
        #expect(try engine.log.index.check() == 0)
    }

    @Test func emptyLogHasTheFirstRows() throws {
        let engine = try makeEngine(folder)
        let shelves = [Shelf(1, "left"), Shelf(4, "right"), Shelf(5, "middle")]
        #expect(try engine.rows(Shelf.table) == shelves)
        #expect(try engine.check() == [])
        _ = try engine.rebuild("library")
        #expect(try engine.rows(Shelf.table) == shelves)
    }

    /// Looking at what was never built, and closing it, does not make it built.
    @Test func closedBeforeItWasBuilt() throws {
        do {
            let engine = try makeEngine(folder)
            let summary = try engine.log.read { try engine.projections[0].summary($0.index) }
            #expect(summary.rows == 0 && summary.position == 0 && summary.lag == 0)
            try engine.projections[0].close()
        }
        #expect(try makeEngine(folder).rows(Shelf.table).count == 3)
    }

    @Test func summaryCountsWhatIsMissing() throws {
        let engine = try makeEngine(folder)
        try fill(engine, 0..<6)
        engine.projections[0].settle()
        let storage = engine.log.storage
        try EventLog(storage, index: EventIndex(at: folder["other/index"], of: storage)).append([
            try cloud(BookRemoved(id: 3)), CloudEvent(type: "stranger", data: "{}"), try cloud(BookRemoved(id: 4)),
        ])
        let summary = try engine.log.read { try engine.projections[0].summary($0.index) }
        #expect(summary.position == 8 && summary.lag == 2 && summary.rows == 11 && summary.conflicts == 0)
    }

    @Test func raisedVersion() throws {
        try fill(try makeEngine(folder), 0..<10)
        let second = Library.make(
            version: 2, Table<Book>("books", key: "id", assigned: true, elements: Book.elements + [.index("by_state", "state")]))
        let engine = try makeEngine(folder, [second])
        #expect(try engine.rows(Book.table).count == 10)
        #expect(try engine.check() == [])
        try fill(engine, 10..<12)
        // The old version is still there, for the old program, and catches up.
        let old = try makeEngine(folder)
        #expect(try old.rows(Book.table).count == 12)
        #expect(Folder.names(in: folder["views"]).filter { $0.hasPrefix("library") } == ["library@1", "library@2"])
    }

    @Test func layoutChangedUnderTheSameVersion() throws {
        try fill(try makeEngine(folder), 0..<10)
        let changed = Library.make(
            version: 1, Table<Book>("books", key: "id", assigned: true, elements: Book.elements + [.index("by_state", "state")]))
        let engine = try makeEngine(folder, [changed])
        #expect(try engine.rows(Book.table).count == 10)
        let snapshot = try engine.snapshot(of: ["library"])
        let table = try snapshot.projection("library").table("books")
        #expect(try table.transaction.count(try #require(table.indexTrees.last)) == 10)
        snapshot.end()
        #expect(try engine.check() == [])
    }

    @Test func replayConflicts() throws {
        try fill(try makeEngine(folder), 0..<10)
        // The second version wants every title once, and there are two of each.
        let strict = Library.make(
            version: 2, Table<Book>("books", key: "id", assigned: true, elements: Book.elements + [.unique("title")]))
        let engine = try makeEngine(folder, [strict])
        #expect(try engine.rows(Book.table).map(\.title) == ["t0", "t1", "t2", "t3", "t4"])
        let snapshot = try engine.snapshot(of: ["library"])
        let conflicts = try snapshot.projection("library").conflicts(limit: 3)
        snapshot.end()
        #expect(conflicts.count == 5)
        #expect(conflicts.first.map(\.position) == [4, 6, 8])
        #expect(conflicts.first[0].reason.hasPrefix("book.added: UNIQUE rule of books.title, row 1: "))
        let report = try engine.rebuild("library")
        #expect(report.conflictCount == 5 && report.differences == [])
        #expect(report.firstConflicts[0].hasPrefix("position 4: book.added: UNIQUE"))
        #expect(try engine.violation(BookAdded(author: 1, title: "t1", state: "open"))?.rule == .unique)
        try engine.add(BookAdded(author: 1, title: "new", state: "open"))
        #expect(try engine.check() == [])
    }

    @Test func anotherRunOfTheSystem() throws {
        try fill(try makeEngine(folder, bootID: 5), 0..<10)
        let engine = try makeEngine(folder, bootID: 6)
        #expect(try engine.rows(Book.table).count == 10)
        try engine.projections[0].close()
        try engine.log.index.close()
        let next = try makeEngine(folder, bootID: 7)
        #expect(try next.rows(Book.table).count == 10)
        try fill(next, 10..<11)
        #expect(try next.check() == [])
    }

    @Test func damagedViews() throws {
        try fill(try makeEngine(folder), 0..<40)
        let path = folder["views/library@1/data.mdb"]
        for damage in 0..<3 {
            switch damage {
            case 0: truncate(path, 20_480)
            case 1: try File.replace(path, with: [UInt8](repeating: 7, count: 8192))
            default:
                // A row that does not fit its columns.
                let environment = try Environment(at: folder["views/library@1"], trees: [.init("books")])
                try environment.write { try $0.put([1, 2, 3], for: OrderedKey([.integer(1)]).bytes, in: environment.trees[0]) }
            }
            let engine = try makeEngine(folder)
            if damage == 2 {
                let error = #expect(throws: ProjectionError.self) { try engine.violation(BookChanged(id: 1, title: "x")) }
                #expect(error == .damagedRow(table: "books"))
                #expect(try engine.rebuild("library").differences.map(\.table) == ["books"])
            }
            #expect(try engine.rows(Book.table).count == 40)
            #expect(try engine.check() == [])
        }
    }

    /// Tables that are known to be at the head are opened without a look at the log; whatever happens to them is noticed.
    @Test func unchangedTables() throws {
        let engine = try makeEngine(folder)
        let other = try makeEngine(folder)
        func count(_ engine: Engine) throws -> Int {
            let tables = try engine.tables(of: ["library"])
            defer { tables.end() }
            #expect(try tables.position == engine.log.head())
            return try tables.projection("library").views.all(Book.table).count
        }
        try fill(engine, 0..<3)
        for number in 3..<20 {
            #expect(try count(engine) == number)
            #expect(try count(engine) == number)
            try fill(number % 2 == 0 ? engine : other, number..<number + 1)
            #expect(try count(other) == number + 1)
        }
        // An event stored by somebody who runs no projector.
        let bare = EventLog(engine.log.storage, index: engine.log.index)
        _ = try bare.append([AppendRequest([try cloud(BookAdded(author: 1, title: "late", state: "open"))])])[0].get()
        #expect(try count(engine) == 21)
        TemporaryFolder.remove(folder["views/library@1"])
        #expect(try count(engine) == 21)
        _ = try engine.rebuild("library")
        #expect(try count(other) == 21)
        #expect(throws: ProjectionError.self) { try engine.tables(of: ["libary"]) }
    }
}

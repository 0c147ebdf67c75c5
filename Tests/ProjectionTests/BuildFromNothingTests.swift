import EventLog
import TestSupport
import Testing

@testable import Projection

/// Tables built at once from a long log are those that single appends made, entry by entry.
struct BuildFromNothingTests {
    let folder = TemporaryFolder()

    /// - Parameter flushBytes: many small runs, or one of each index.
    @Test(arguments: [20_000, 48 << 20]) func equalsAppends(flushBytes: Int) throws {
        let seed: UInt64 = 20_261_121
        var random = SplitMix64(seed: seed)
        let engine = try makeEngine(folder)
        var requests = (0..<3000).map { _ in Self.event(&random) }
        requests.insert(contentsOf: try (1...20).map { try cloud(AuthorAdded(name: "author \($0)", rank: $0)) }, at: 0)
        // Refused ones among them stay out; the others are what is replayed.
        let results = try engine.append(requests.map { AppendRequest([$0]) })
        try #require(results.count { (try? $0.get()) != nil } > Int(DecodeAhead.shortest), "seed \(seed)")
        engine.projections[0].settle()
        let trees = ViewWriter.treeNames(Library.projector.tables.map(\.schema))
        let expected = try contents(of: folder["views/library@1"], trees: trees)

        TemporaryFolder.remove(folder["views/library@1"])
        let storage = engine.log.storage
        let other = Projection(Library.projector, in: folder["views"], of: storage, settings: Settings(), flushBytes: flushBytes)
        try storage.read { try other.catchUp(with: $0) }
        #expect(try contents(of: folder["views/library@1"], trees: trees) == expected, "seed \(seed)")
        // Nothing is left beside it.
        #expect(Folder.names(in: folder["views"]).filter { $0.hasPrefix(".building") }.isEmpty)
    }

    /// A version with a stricter rule, which some events of the log break: a build that loads its indexes last finds the same rows and the same
    /// conflicts as one that holds each event to the rules in its turn.
    @Test(arguments: 0..<3, [5000, 60_000, 48 << 20]) func stricterRules(rule: Int, flushBytes: Int) throws {
        // Broken often, now and then, and hardly ever.
        let rules: [TableElement<Book>] = [.unique("title"), .unique("title", "price"), .unique("price", "title", "state")]
        let seed = UInt64(rule + flushBytes)
        var random = SplitMix64(seed: seed)
        let engine = try makeEngine(folder)
        var requests = (0..<3000).map { _ in Self.event(&random) }
        requests.insert(contentsOf: try (1...20).map { try cloud(AuthorAdded(name: "author \($0)", rank: $0)) }, at: 0)
        _ = try engine.append(requests.map { AppendRequest([$0]) })
        let strict = Library.make(
            version: 2, Table<Book>("books", key: "id", assigned: true, elements: Book.elements + [rules[rule]]))
        try expectSameConflicts(strict, engine, flushBytes: flushBytes)
    }

    /// The rule is broken just before its index is needed.
    @Test func stricterRuleAndLookUp() throws {
        let engine = try makeEngine(folder)
        var events: [any Event] = [AuthorAdded(name: "Ada", rank: 1), AuthorAdded(name: "Eve", rank: 2)]
        events += (0..<2200).map { BookAdded(author: 1, title: "title \($0)", state: "open") }
        events += [BookAdded(author: 2, title: "title 7", state: "open"), LoanMade(book: 9, reader: "me", note: "")]
        for result in try engine.append(events.map { AppendRequest([try cloud($0)]) }) { _ = try result.get() }
        let strict = Library.make(
            version: 2, Table<Book>("books", key: "id", assigned: true, elements: Book.elements + [.unique("title")]), looksFor: "title 7")
        try expectSameConflicts(strict, engine, flushBytes: 20_000)
    }

    private func expectSameConflicts(_ strict: Projector, _ engine: Engine, flushBytes: Int) throws {
        let head = try engine.log.head()
        let trees = ViewWriter.treeNames(strict.tables.map(\.schema))
        func build(_ folder: String, steps: Position) throws -> [String: [[UInt8]]] {
            let projection = Projection(strict, in: folder, of: engine.log.storage, settings: Settings(), flushBytes: flushBytes)
            for last in stride(from: steps, to: head, by: Int(steps)) {
                try engine.log.storage.read { try projection.catchUp(with: $0, through: last) }
            }
            try engine.log.storage.read { try projection.catchUp(with: $0, through: head) }
            return try contents(of: "\(folder)/library@2", trees: trees)
        }
        let oneByOne = try build(folder["one"], steps: 400)
        try #require(oneByOne["conflicts"]?.isEmpty == false)
        #expect(try build(folder["all"], steps: head) == oneByOne)
    }

    private static func event(_ random: inout SplitMix64) -> CloudEvent {
        let book = Int.random(in: 1...1500, using: &random)
        let reader = "reader \(Int.random(in: 1...9, using: &random))"
        let event: any Event =
            switch Int.random(in: 0..<12, using: &random) {
            case 0..<8:
                BookAdded(
                    author: Int.random(in: 1...20, using: &random), title: "title \(Int.random(in: 0...900, using: &random))",
                    price: Double(Int.random(in: 0...50, using: &random)), state: ["open", "lent"].randomElement(using: &random) ?? "open")
            case 8: BookChanged(id: book, title: "other \(Int.random(in: 0...900, using: &random))")
            case 9: LoanMade(book: book, reader: reader, note: "")
            case 10: LoanEnded(book: book, reader: reader)
            default: BookRemoved(id: book)
            }
        return (try? cloud(event)) ?? CloudEvent(type: "none", data: "{}")
    }
}

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

import EventLog
import Glibc
import TestSupport
import Testing

@testable import Projection

/// Thousands of random operations, against the plain model and against a fresh fold of the log.
struct RandomOperationsTests {
    private static let names = [
        "Ada", "Bob", "Cyd", "Dan", "Eve", String(repeating: "n", count: 520) + "1", String(repeating: "n", count: 520) + "2",
    ]
    private static let titles = ["T", "U", "V", String(repeating: "t", count: 505), String(repeating: "t", count: 505) + "x"]
    private static let readers = ["r", "s", String(repeating: "r", count: 600)]

    private func randomEvent(_ model: LibraryModel, _ random: inout SplitMix64) -> any Event {
        func pick<T>(_ values: [T]) -> T { values[Int.random(in: values.indices, using: &random)] }
        func rarely() -> Bool { Int.random(in: 0...11, using: &random) == 0 }
        func author() -> Int {
            (rarely() ? nil : model.authors.randomElement(using: &random)?.id) ?? Int.random(in: 0...40, using: &random)
        }
        func book() -> Int { (rarely() ? nil : model.books.randomElement(using: &random)?.id) ?? Int.random(in: 0...40, using: &random) }
        func name() -> String { pick(Self.names) + String(Int.random(in: 0...9, using: &random)) }
        switch Int.random(in: 0...19, using: &random) {
        case 0...4:
            return AuthorAdded(
                id: rarely() ? author() + 3 : nil, name: name(), email: pick([nil, nil, "e", "f"]),
                rank: rarely() ? 101 : Int.random(in: 0...9, using: &random), mentor: pick([nil, nil, author()]))
        case 5, 6:
            return AuthorChanged(
                id: author(), name: pick([nil, name()]), rank: rarely() ? -1 : pick([nil, 1, 2]), mentor: pick([nil, author()]))
        case 7: return AuthorRemoved(id: author())
        case 8...11:
            return BookAdded(
                id: rarely() ? book() + 3 : nil, author: author(), title: pick(Self.titles), price: rarely() ? -1 : pick([nil, 0, 1.5, 2]),
                state: pick(["open", "shut"]))
        case 12, 13: return BookChanged(id: book(), title: pick([nil, pick(Self.titles)]), state: pick([nil, "open", "shut"]))
        case 14: return BookRemoved(id: book())
        case 15...17: return LoanMade(book: book(), reader: pick(Self.readers), note: rarely() ? "bad" : pick(["", "late"]))
        default:
            let loan = rarely() ? nil : model.loans.randomElement(using: &random)
            return LoanEnded(book: loan?.bookID ?? book(), reader: loan?.reader ?? pick(Self.readers))
        }
    }

    /// With odd seeds changes are written out when they come to a few kilobytes. Two engines, as in two processes, gather changes on their
    /// own, and each goes on where the other was; with the higher seeds one is alone, and nobody looks before the end.
    @Test(arguments: 1...6 as ClosedRange<UInt64>) func againstTheModel(seed: UInt64) throws {
        let folder = TemporaryFolder()
        var random = SplitMix64(seed: seed)
        let isAlone = seed > 3
        func start() throws -> Engine { try makeEngine(folder, flushBytes: seed % 2 == 1 ? 30_000 : 48 << 20) }
        var engine = try start()
        var other = try start()
        var model = LibraryModel()
        var (accepted, refused, count) = (0, 0, 0)
        let time = Timestamp(microseconds: 1_505_287_800_000_000)
        while count < 600 {
            var requests: [AppendRequest] = []
            var expected: [LibraryModel.Refused?] = []
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let events = (0..<([1, 1, 1, 2, 3].randomElement(using: &random) ?? 1)).map { _ in randomEvent(model, &random) }
                count += events.count
                requests.append(AppendRequest(try events.map { try cloud($0) }))
                var next = model
                do throws(LibraryModel.Refused) {
                    for event in events { try next.apply(event, time: time) }
                    model = next
                    expected.append(nil)
                    accepted += 1
                } catch {
                    expected.append(error)
                    refused += 1
                }
            }
            let results = try engine.append(requests).map { try refusal($0) }
            #expect(results == expected, "seed \(seed), after \(count) events")
            if !isAlone, Int.random(in: 0...9, using: &random) == 0 { try compare(engine, model, "seed \(seed), after \(count) events") }
            // Now and then the process ends, or the views are lost.
            switch Int.random(in: 0...59, using: &random) {
            case 0: TemporaryFolder.remove(folder["views/library@1"])
            case 1: engine = try start()
            case 2: if !isAlone { _ = try engine.rebuild("library") }
            case 3...5: if !isAlone { swap(&engine, &other) }
            case 6: engine.projections[0].settle()
            case 7: engine.log.index.settle()
            case 8: usleep(60_000)
            default: break
            }
        }
        try compare(engine, model, "seed \(seed), at the end")
        #expect(accepted > 50 && refused > 50, "seed \(seed): \(accepted) accepted, \(refused) refused")
        #expect(try engine.log.verify().problems == [])
    }

    private func refusal(_ result: Result<[Receipt], any Error>) throws -> LibraryModel.Refused? {
        guard case .failure(let error) = result else { return nil }
        let violation = try #require((error as? RuleViolation) ?? ((error as? EventRefusal)?.reason as? RuleViolation), "\(error)")
        return LibraryModel.Refused(rule: violation.rule, table: violation.table, field: violation.field)
    }

    private func compare(_ engine: Engine, _ model: LibraryModel, _ comment: Comment) throws {
        let snapshot = try engine.snapshot(of: ["library"])
        defer { snapshot.end() }
        #expect(try snapshot.rows(Author.table) == model.authors.sorted { $0.id < $1.id }, comment)
        #expect(try snapshot.rows(Book.table) == model.books.sorted { $0.id < $1.id }, comment)
        // Long keys are not in order.
        func order(_ loans: [Loan]) -> [Loan] { loans.sorted { ($0.bookID, $0.reader) < ($1.bookID, $1.reader) } }
        #expect(try order(snapshot.rows(Loan.table)) == order(model.loans), comment)
        #expect(try snapshot.projection("library").conflicts().count == 0, comment)
        #expect(try engine.check() == [], comment)
        #expect(try engine.log.index.check() == 0, comment)
    }
}

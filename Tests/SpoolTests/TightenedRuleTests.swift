import EventLog
import Projection
import Spool
import TestSupport
import Testing

/// A rule that a later version tightens holds for new facts; what was accepted stays accepted.
struct TightenedRuleTests {
    private struct NoteMade: Event {
        static let type = "note.made"
        var number: Int
    }

    private struct Note: Row {
        var id = 0
        var number = 0

        mutating func columns(_ column: inout ColumnCoder) {
            column("id", &id)
            column("number", &number)
        }

        static func table(atLeast least: Int) -> Table<Note> {
            Table<Note>(
                "notes", key: "id", assigned: true,
                elements: [.check("number", "is at least \(least)") { $0.number >= least }])
        }
    }

    private static func notes(version: Int, atLeast least: Int) -> Projector {
        let table = Note.table(atLeast: least)
        return Projector("notes", version: version, tables: [table]) {
            On(NoteMade.self) { event, views in
                var note = Note()
                note.number = event.number
                try views.insert(table, note)
            }
        }
    }

    @Test(arguments: [false, true])
    func holdsAtTheDoorOnly(queryFirst: Bool) throws {
        let folder = TemporaryFolder()
        try Store.create(at: folder["store"])
        let one = try Store(at: folder["store"], projectors: [Self.notes(version: 1, atLeast: 0)])
        for number in [5, 20] { try one.append(CloudEvent(type: "note.made", data: #"{"number":\#(number)}"#)) }
        let two = try Store(at: folder["store"], projectors: [Self.notes(version: 2, atLeast: 10)])
        let sql = "SELECT number FROM notes ORDER BY id"
        if queryFirst { #expect(try two.rows(sql) == [[.integer(5)], [.integer(20)]]) }
        try two.append(CloudEvent(type: "note.made", data: #"{"number":30}"#))
        #expect(throws: RuleViolation.self) { try two.append(CloudEvent(type: "note.made", data: #"{"number":6}"#)) }
        #expect(try two.rows(sql) == [[.integer(5)], [.integer(20)], [.integer(30)]])
        #expect(try two.verify().isWhole)
    }
}

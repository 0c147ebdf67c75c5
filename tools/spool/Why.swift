import ArgumentParser
import EventLog
import Projection
import Spool

struct Why: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why",
        abstract: "Show the events that made a row what it is, each with what it changed.",
        discussion: """
            Works for rows that are gone, too.

            Examples:
              spool why image_library 1
              spool why latest_video_metrics video_001 tiktok
            """)

    @OptionGroup var options: StoreOptions
    @OptionGroup var output: OutputOptions

    @Argument(help: "The table.")
    var table: String

    @Argument(help: "The row's primary key, column by column.")
    var key: [String]

    func run() throws {
        let store = try options.open()
        try checkTable(store)
        let changes = try store.engine.why(table, key: key)
        if changes.isEmpty {
            Failure.complain("refused: no event ever made \(table) row \(key.joined(separator: ", "))")
            throw ExitCode(Failure.refused)
        }
        var printer = output.printer(["position", "time", "type", "did", "column", "before", "after"])
        printer.print(
            changes.flatMap { change in
                change.columns.map { column in
                    [
                        .integer(Int64(change.position)), .text(change.time.iso8601), .text(change.type), .text(change.kind.rawValue),
                        .text(column.column), column.before ?? .null, column.after ?? .null,
                    ]
                }
            })
    }

    private func checkTable(_ store: Store) throws {
        let projectors = store.engine.projections.map(\.projector)
        let tables = projectors.flatMap { $0.tables.map(\.schema.name) }
        if tables.contains(table) { return }
        if table == "events" { throw WrongUse("events is the log itself: `spool events` shows it, and nothing ever changes there.") }
        if projectors.contains(where: { $0.views.contains { $0.name == table } }) {
            throw WrongUse("\(table) is a view: ask about a row of a table that it shows. `spool views \(table)` tells which.")
        }
        throw WrongUse("there is no table '\(table)'.\(KnownNames.hint(table, tables)) `spool views` lists them.")
    }
}

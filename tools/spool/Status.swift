import ArgumentParser
import EventLog
import JSON
import Projection
import Spool

struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show sizes, the log's head, and every projection with its version and lag.",
        discussion: """
            Examples:
              spool status
              spool status --types
              spool status --locks
              spool status --format json

            Exit code 3 when something is not healthy.
            """)

    @OptionGroup var options: StoreOptions
    @OptionGroup var output: OutputOptions

    @Flag(name: .long, help: "List the types of events with their counts.")
    var types = false

    @Flag(name: .long, help: "List who holds a write lock or a snapshot, and the bytes that cannot be used again meanwhile.")
    var locks = false

    func validate() throws {
        if types, locks { throw ValidationError("--types and --locks are two lists: give one of them.") }
    }

    func run() throws {
        let store = try options.open()
        if locks {
            var printer = output.printer(LockList.names)
            return printer.print(LockList.rows(try store.use()))
        }
        if types {
            var printer = output.printer(["type", "events", "last_position"])
            printer.print(
                try store.typeCounts().map { [.text($0.type), .integer(Int64(clamping: $0.count)), .integer(Int64(clamping: $0.last))] })
        }
        let status = try store.status()
        if !types {
            if output.format == .table { try printSummary(store, status) }
            var printer = output.printer(["projection", "version", "position", "lag", "rows", "bytes", "conflicts", "problem"])
            var rows: [[SQLValue]] = [
                [
                    .text("index"), .integer(1), .integer(Int64(clamping: status.indexPosition)),
                    .integer(Int64(status.head - min(status.head, status.indexPosition))), .null, .integer(Int64(status.indexBytes)),
                    .integer(0), .null,
                ]
            ]
            rows += status.projections.map { projection in
                [
                    .text(projection.name), .integer(Int64(projection.version)),
                    projection.isBuilt ? .integer(Int64(projection.position)) : .null, .integer(Int64(projection.lag)),
                    projection.isBuilt ? .integer(Int64(projection.rows)) : .null, .integer(Int64(projection.bytes)),
                    .integer(Int64(projection.conflicts)), projection.problem.map { .text($0) } ?? .null,
                ]
            }
            printer.print(rows)
        }
        if !status.isHealthy { throw ExitCode(Failure.storeTrouble) }
    }

    private func printSummary(_ store: Store, _ status: StoreStatus) throws {
        say("store      \(store.path) (\(store.info.id), format \(store.info.format))")
        say("log        \(counted(status.head, "event")), \(sized(store.logBytes))")
        if let first = status.firstRecorded, let last = status.lastRecorded { say("recorded   \(first) to \(last)") }
        let unbuilt = status.projections.filter { !$0.isBuilt }.map(\.name)
        if !unbuilt.isEmpty { say("not built  \(unbuilt.joined(separator: ", ")): built when they are first used") }
        for line in LockList.lines(try store.use()) { say(line) }
        say("health     \(status.isHealthy ? "good" : "needs attention, see below")")
        say("")
    }
}

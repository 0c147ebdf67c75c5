import ArgumentParser
import EventLog
import Glibc
import JSON
import Spool

struct Follow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "follow",
        abstract: "Print events as they are stored, by any process, until interrupted.",
        discussion: """
            One JSON object a line. Each has its position: go on from there with --from.

            Examples:
              spool follow
              spool follow --from 1 --type job.stage_advanced
              spool follow --limit 10
            """)

    @OptionGroup var options: StoreOptions
    @OptionGroup var which: EventOptions

    @Option(name: .long, help: "End after so many events.")
    var limit: Int?

    /// How often to look for new events, in microseconds: the look costs one read of the log's last page.
    private static let interval: UInt32 = 20_000

    func validate() throws {
        if limit ?? 1 < 1 { throw ValidationError("--limit takes a number from 1.") }
    }

    func run() throws {
        let store = try options.open()
        var filter = try which.filter(of: store)
        let first = try which.from ?? store.log.head() + 1
        guard first <= filter.positions.upperBound else { return }
        filter.positions = first...filter.positions.upperBound
        var follower = EventFollower(store.log, filter)
        var left = limit ?? .max
        var goesOn = true
        while goesOn {
            goesOn = try follower.look { record in
                var printer = JSONPrinter(EventColumns.names, lines: true)
                printer.row(EventColumns.values(record, short: false))
                left -= 1
                return left > 0
            }
            Standard.output.flush()
            if goesOn { usleep(Self.interval) }
        }
    }
}

import ArgumentParser
import EventLog
import Spool

struct Events: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events",
        abstract: "Show the log, filtered.",
        discussion: """
            Examples:
              spool events --last 20
              spool events --type image.used --since 2026-01-01
              spool events --tag video:video_001 --tag image:1 --format ndjson
            """)

    @OptionGroup var options: StoreOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var which: EventOptions

    @Option(name: .long, help: "At most so many, the first ones.")
    var limit: Int?

    @Option(name: .long, help: "Only so many, the last ones.")
    var last: Int?

    func validate() throws {
        if limit != nil, last != nil { throw ValidationError("--limit counts from the first, --last from the last: give one of them.") }
        if limit ?? 1 < 1 || last ?? 1 < 1 { throw ValidationError("--limit and --last take numbers from 1.") }
    }

    func run() throws {
        let store = try options.open()
        let filter = try which.filter(of: store)
        try KnownNames(store).checkTags(which.tag)
        try EventListing(output).print(filter, of: store, limit: limit, last: last)
    }
}

struct History: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Show everything that happened to an entity, across all domains.",
        discussion: """
            Examples:
              spool history video:video_001
              spool history image:1 --last 5 --format json
            """)

    @OptionGroup var options: StoreOptions
    @OptionGroup var output: OutputOptions

    @Argument(help: "The entity, as name:value.")
    var entity: String

    @Option(name: .long, help: "Only so many, the last ones.")
    var last: Int?

    func validate() throws {
        if last ?? 1 < 1 { throw ValidationError("--last takes a number from 1.") }
        if !entity.contains(":") {
            throw ValidationError("an entity is name:value, such as video:video_001 or image:42; found '\(entity)'.")
        }
    }

    func run() throws {
        let store = try options.open()
        try KnownNames(store).checkTags([entity])
        let count = try EventListing(output).print(EventFilter(tags: [entity]), of: store, limit: nil, last: last)
        if count == 0 { Failure.complain("No event is about \(entity).") }
    }
}

/// Prints events in the order of the log.
struct EventListing {
    private let output: OutputOptions
    private var isShort: Bool { output.format == .table }

    init(_ output: OutputOptions) { self.output = output }

    /// Returns how many there were.
    @discardableResult
    func print(_ filter: EventFilter, of store: Store, limit: Int?, last: Int?) throws -> Int {
        var filter = filter
        filter.limit = limit ?? .max
        var count = 0
        var printer = output.printer(isShort ? EventColumns.short : EventColumns.names)
        try store.log.read { snapshot in
            if let last {
                // The last ones are found backwards: note where they begin.
                filter.backward = true
                filter.limit = last
                var first: Position?
                try snapshot.forEach(filter) { record in
                    first = record.position
                    return true
                }
                guard let first else { return }
                filter.positions = first...filter.positions.upperBound
                filter.backward = false
            }
            try snapshot.forEach(filter) { record in
                printer.row(EventColumns.values(record, short: isShort))
                count += 1
                return true
            }
        }
        printer.end()
        Standard.output.flush()
        return count
    }
}

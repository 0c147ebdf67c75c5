import ArgumentParser
import JSON
import Projection
import SQLViews
import Spool

struct Query: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Ask in SQL: any SELECT over the views and the events.",
        discussion: """
            The dialect is SQLite's. Everything a statement sees is at one position of the log.

            Examples:
              spool query 'SELECT * FROM unused_recent_topics LIMIT 5'
              spool query 'SELECT * FROM latest_video_metrics WHERE video_id = ?' video_001
              spool query "SELECT type, count(*) FROM events GROUP BY type" --format json --meta
              spool query "SELECT * FROM events WHERE tag = 'image:42'"
              spool query --name best_image nutsy happy
              spool query 'SELECT * FROM trending_topics' --as-of '2025-03-01 12:00:00'

            With --as-of a statement sees views and events as they were: everything recorded at or before that time, or up to that position.
            A time is that of recording, ISO 8601 or 'YYYY-MM-DD HH:MM:SS' in UTC; a day alone is its first moment. What was folded for it is
            kept for a while in views/.as-of, so that further questions near it are quick; the folder may be deleted at any time.
            """)

    @OptionGroup var options: StoreOptions
    @OptionGroup var output: OutputOptions

    @Argument(help: ArgumentHelp("One SELECT statement, then values for the ? in it; only the values with --name.", valueName: "sql|value"))
    var arguments: [String] = []

    @Option(name: .long, help: "Ask a question that a domain has by name. `spool views --queries` lists them.")
    var name: String?

    @Flag(name: .long, help: "With --format json: an object with the position, the columns and the rows.")
    var meta = false

    @Option(name: .long, help: ArgumentHelp("Give up after so many seconds.", valueName: "seconds"))
    var timeout: Double?

    @Option(
        name: .long, help: ArgumentHelp("Ask about the store as it was: a time of recording, or a position.", valueName: "time|position"))
    var asOf: String?

    func validate() throws {
        if name == nil, arguments.isEmpty { throw ValidationError("give a SELECT statement, or a question's --name.") }
        if meta, output.format != .json { throw ValidationError("--meta goes with --format json.") }
        if let timeout, !(0.001...86_400).contains(timeout) { throw ValidationError("--timeout takes 0.001 to 86400 seconds.") }
    }

    func run() throws {
        let store = try options.open()
        let (sql, values) = try question()
        var queryOptions = QueryOptions()
        queryOptions.timeLimit = timeout.map { .milliseconds(Int($0 * 1000)) }
        queryOptions.asOf = try asOf.map { try Moment.parse("as-of", $0) }
        try store.query(sql, values.map { .text($0) }, options: queryOptions) { result in
            if meta { printMeta(result) }
            var printer = output.printer(result.columns)
            while try result.next() { printer.row(result.columns.indices.map { result.value($0) }) }
            printer.end()
            if meta { Standard.output.write("}\n") }
        }
        Standard.output.flush()
    }

    private func question() throws -> (sql: String, values: [String]) {
        guard let name else { return (arguments[0], Array(arguments.dropFirst())) }
        let queries = Catalog.projectors.flatMap(\.queries)
        guard let query = queries.first(where: { $0.name == name }) else {
            let nearest = JSONNameDistance.nearest(to: name, in: queries.map(\.name)).map { " Did you mean \($0)?" } ?? ""
            throw WrongUse("there is no question named '\(name)'.\(nearest) `spool views --queries` lists them.")
        }
        guard arguments.count == query.parameters.count else {
            throw WrongUse(
                "\(name) takes \(query.parameters.isEmpty ? "no values" : query.parameters.joined(separator: ", ")); "
                    + "found \(counted(arguments.count, "value"))")
        }
        return (query.sql, arguments)
    }

    private func printMeta(_ result: QueryResult) {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("position")
        writer.int(result.position)
        writer.key("columns")
        writer.beginArray()
        for column in result.columns { writer.string(column) }
        writer.endArray()
        writer.endObject()
        Standard.output.write("{\"meta\":")
        Standard.output.write(writer.bytes)
        Standard.output.write(",\"rows\":")
    }
}

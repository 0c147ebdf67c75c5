import ArgumentParser
import EventLog
import JSON
import Projection
import SQLViews
import Spool

struct Query: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "query",
        abstract: "Ask in SQL: any SELECT over the views and the events.",
        discussion: """
            The dialect is SQLite's. Everything a statement sees is at one position of the log.

            Examples:
              spool query 'SELECT * FROM unused_recent_topics LIMIT 5'
              spool query 'SELECT * FROM video_metadata WHERE video_id = ?' video_001
              spool query 'SELECT * FROM video_metrics WHERE views - likes > ?' :=90
              spool query 'SELECT title FROM video_metadata WHERE video_id = :video' \\
                --value video=video_001
              spool query 'SELECT type, count(*) FROM events GROUP BY type' \\
                --format json --meta
              spool query "SELECT * FROM events WHERE tag = 'image:1'"
              spool query --name best_image nutsy happy
              spool query 'SELECT * FROM trending_topics' --as-of '2025-03-01 12:00:00'

            A value for a ? is text, and :=JSON is a number, true, false, null or text: SQL compares text with a column as the column's type,
            but with an expression as text, which no number equals. --value says the same of a :name, as name=text or name:=JSON.

            Times are text and are compared as text, as in SQLite. Where some have a fraction of a second and others none, order them by
            julianday(created_at).

            A statement reads and does nothing else: it reaches no file and no other database. It is stopped after --timeout seconds, not counting
            those in which what reads its rows is busy, and when it would need more than --memory.

            With --as-of a statement sees views and events as they were: everything recorded at or before that time, or up to that position.
            A time is that of recording, ISO 8601 or 'YYYY-MM-DD HH:MM:SS' in UTC; a day alone is its first moment. What was folded for it is
            kept for a while in views/.as-of, so that further questions near it are quick; the folder may be deleted at any time.
            """)

    @OptionGroup var options: StoreOptions
    @OptionGroup var output: OutputOptions

    // Unrecognized ones too: a value may begin with a minus.
    @Argument(
        parsing: .allUnrecognized,
        help: ArgumentHelp(
            "One SELECT statement, then values for the ? in it, as text or :=JSON; only the values with --name.", valueName: "sql|value"))
    var arguments: [String] = []

    @Option(
        name: .customLong("value"),
        help: ArgumentHelp("A value for a :name in the statement; repeat it for several.", valueName: "name=text|name:=json"))
    var named: [String] = []

    @Option(name: .long, help: "Ask a question that a domain has by name. `spool views --queries` lists them.")
    var name: String?

    @Flag(name: .long, help: "With --format json: an object with the position, the columns and the rows.")
    var meta = false

    @Option(name: .long, help: ArgumentHelp("Give up when finding the rows has taken so many seconds.", valueName: "seconds"))
    var timeout = 300.0

    @Option(name: .long, help: ArgumentHelp("Give up when it needs more memory than so many MiB.", valueName: "MiB"))
    var memory = 1024

    @Option(
        name: .long, help: ArgumentHelp("Ask about the store as it was: a time of recording, or a position.", valueName: "time|position"))
    var asOf: String?

    mutating func validate() throws {
        // What follows it is no option, whatever it looks like.
        let end = arguments.firstIndex(of: "--")
        for argument in arguments[..<(end ?? arguments.endIndex)] where argument.isOption {
            throw ValidationError("Unknown option '\(argument)'. A value that begins so is written as :=\"\(argument)\".")
        }
        if let end { arguments.remove(at: end) }
        if name == nil, arguments.isEmpty { throw ValidationError("give a SELECT statement, or a question's --name.") }
        if meta, output.format != .json { throw ValidationError("--meta goes with --format json.") }
        if !(0.001...86_400).contains(timeout) { throw ValidationError("--timeout takes 0.001 to 86400 seconds.") }
        if !(16...1_048_576).contains(memory) { throw ValidationError("--memory takes 16 to 1048576 MiB.") }
    }

    func run() throws {
        let store = try options.open()
        let (sql, values) = try question()
        var queryOptions = QueryOptions()
        QueryRunner.limitMemory(memory << 20)
        queryOptions.timeLimit = .milliseconds(Int(timeout * 1000))
        queryOptions.overrun = { [self] in Failure.exit(with: explained(.timeIsUp)) }
        queryOptions.asOf = try asOf.map { try Moment.parse("as-of", $0) }
        for argument in named {
            let (name, value) = try KeyValue.parse(argument)
            guard queryOptions.named.updateValue(try value.sqlValue(), forKey: name) == nil else {
                throw WrongUse("--value: '\(name)' has two values")
            }
        }
        var position: Position?
        do {
            try store.query(sql, values, options: queryOptions) { result in
                if meta { printMeta(result) }
                var printer = output.printer(result.columns)
                while try result.next() { printer.row(result.columns.indices.map { result.value($0) }) }
                printer.end()
                if meta { Standard.output.write("}\n") }
                position = result.position
            }
        } catch let error as QueryError {
            throw explained(error)
        }
        Standard.output.flush()
        if position == 0, case .time(let time)? = queryOptions.asOf, let first = try store.status().firstRecorded {
            Failure.complain("note: at \(time) there was no event yet; the first was recorded at \(first)")
        }
    }

    /// Says which limit was reached, and how to have another.
    private func explained(_ error: QueryError) -> QueryError {
        switch error.reason {
        case .timeLimit: QueryError(.timeLimit, "\(error) It was \(timeout) s; --timeout gives it more.")
        case .memoryLimit: QueryError(.memoryLimit, "\(error) --memory gives it more.")
        default: error
        }
    }

    private func question() throws -> (sql: String, values: [SQLValue]) {
        guard let name else { return (arguments[0], try arguments.dropFirst().map(value)) }
        let queries = Catalog.projectors.flatMap(\.queries)
        guard let query = queries.first(where: { $0.name == name }) else {
            throw WrongUse(
                "there is no question named '\(name)'.\(KnownNames.hint(name, queries.map(\.name))) `spool views --queries` lists them.")
        }
        guard arguments.count == query.parameters.count else {
            throw WrongUse(
                "\(name) takes \(query.parameters.isEmpty ? "no values" : query.parameters.map(\.name).joined(separator: ", ")); "
                    + "found \(counted(arguments.count, "value"))")
        }
        return (query.sql, try zip(query.parameters, arguments).map { try value($1, for: $0) })
    }

    /// What makes no sense is said: SQL would take it for 0, or for a text that comes after every time.
    private func value(_ argument: String, for parameter: NamedQuery.Parameter) throws -> SQLValue {
        let value = try value(argument)
        let problem: String?
        switch parameter.kind {
        case .text: problem = nil
        case .count: problem = Int(value.plainText).map { $0 >= 0 } == true ? nil : "a number from 0"
        case .time: problem = (try? Timestamp(parsing: value.plainText)) == nil ? "a time or a day, such as 2025-01-12" : nil
        }
        if let problem { throw WrongUse("\(parameter.name): expected \(problem), found '\(argument)'") }
        return value
    }

    private func value(_ argument: String) throws -> SQLValue {
        try argument.hasPrefix(":=") ? KeyValue.json(argument.dropFirst(2), of: "value").sqlValue() : .text(argument)
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

extension String {
    /// Whether it looks like an option rather than a value; a negative number does not, nor does a statement that begins with a comment.
    fileprivate var isOption: Bool {
        guard hasPrefix("-"), let second = dropFirst().first else { return false }
        let name = drop { $0 == "-" }.prefix { $0 != "=" }
        return (second == "-" || second.isLetter) && !name.contains { $0.isWhitespace }
    }
}

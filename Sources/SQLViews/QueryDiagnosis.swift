import CSQLite
import JSON

/// Makes of SQLite's message one that says what to do.
struct QueryDiagnosis {
    static let readOnly = QueryError(
        .refused, "spool query is read-only: append an event instead (`spool append TYPE key=value`); the tables follow from the events")

    private let connection: Connection
    private let sql: String

    init(_ connection: Connection, _ sql: String) {
        self.connection = connection
        self.sql = sql
    }

    /// - Parameter offset: in bytes of the statement, −1 when not known.
    func error(_ code: Int32, _ message: String, offset: Int) -> QueryError {
        // Looked at first: finding names below prepares other statements.
        if let refused = connection.state.refused {
            if refused.isDeclaration, ["SELECT", "WITH", "VALUES", "EXPLAIN"].contains(firstWord) {
                return QueryError(.refused, "of the functions that give rows only json_each and json_tree are there")
            }
            return Self.error(refused)
        }
        // Some statements fail on the table before the authorizer is asked.
        if Self.writingVerbs.contains(firstWord) || message.hasSuffix(" may not be modified") { return Self.readOnly }
        let place = offset >= 0 ? String(decoding: sql.utf8.prefix(offset), as: UTF8.self).count : nil
        func invalid(_ text: String) -> QueryError { QueryError(.invalid, text, offset: place) }
        if let name = message.suffix(after: "no such table: ") { return invalid(unknownTable(name)) }
        if let name = message.suffix(after: "no such column: ") { return invalid(unknownColumn(Self.bare(name))) }
        if let name = message.suffix(after: "no such function: ") {
            return invalid(
                "there is no function '\(name.prefix(60))'. Functions are SQLite's own, listed at https://www.sqlite.org/lang_corefunc.html."
            )
        }
        if message == "no query solution" {
            return invalid("events.tag needs a value: WHERE tag = 'image:42', or a table that is joined and gives it")
        }
        if message.hasSuffix("syntax error") || message == "incomplete input" || message.hasPrefix("unrecognized token") {
            return invalid(message.prefix(200) + Self.excerpt(sql, at: place ?? sql.count))
        }
        return QueryError(code & 0xFF == SQLITE_ERROR ? .invalid : .failed, String(message.prefix(500)), offset: place)
    }

    private static func error(_ refused: RefusedAction) -> QueryError {
        switch refused.kind {
        case .write: readOnly
        case .attach: QueryError(.refused, "ATTACH and DETACH are refused: a query sees this store and no other file")
        case .pragma:
            QueryError(.refused, "PRAGMA is refused: a query does not change how it is run. `spool views` lists tables and columns.")
        case .transaction: QueryError(.refused, "transactions are refused: every query sees one consistent moment by itself")
        case .function: QueryError(.refused, "the function \(refused.name) is refused: a query reaches neither files nor other code")
        case .other: QueryError(.refused, "only SELECT, VALUES, WITH and EXPLAIN are taken: a query reads and does nothing else")
        }
    }

    private static let writingVerbs: Set<String> = ["INSERT", "UPDATE", "DELETE", "REPLACE", "CREATE", "DROP", "ALTER", "VACUUM"]

    private var firstWord: String { String(sql.drop { $0.isWhitespace }.prefix { $0.isLetter }).uppercased() }

    // MARK: Names

    private func unknownTable(_ name: String) -> String {
        let bare = name.split(separator: ".").last.map(String.init) ?? name
        let names = connection.schema.names
        let nearest = JSONNameDistance.nearest(to: bare, in: names)
        return "there is no table '\(name.prefix(60))'. "
            + (nearest.map { "The nearest is \($0)." } ?? "There are \(names.sorted().prefix(40).joined(separator: ", ")).")
    }

    /// Newer versions of SQLite write `"name" - should this be a string literal in single-quotes?`.
    private static func bare(_ name: String) -> String {
        guard let end = name.firstRange(of: "\" - should this be"), name.hasPrefix("\"") else { return name }
        return String(name[name.index(after: name.startIndex)..<end.lowerBound])
    }

    private func unknownColumn(_ name: String) -> String {
        let bare = name.split(separator: ".").last.map(String.init) ?? name
        let words = Set(sql.lowercased().split { !$0.isLetter && !$0.isNumber && $0 != "_" }.map(String.init))
        var tables = connection.schema.names.filter { words.contains($0.lowercased()) }
        let hint = sql.contains("\"\(bare)\"") ? " Texts are written in single quotes: '\(bare.prefix(60))'." : ""
        if tables.isEmpty { tables = connection.schema.names }
        let columns = tables.map { (table: $0, columns: connection.columns(of: $0)) }
        let nearest = JSONNameDistance.nearest(to: bare, in: columns.flatMap(\.columns))
        let lists = columns.prefix(3).map { "\($0.table) has \($0.columns.joined(separator: ", "))." }
        return "there is no column '\(name.prefix(60))'. "
            + ([nearest.map { "The nearest is \($0)." }].compactMap { $0 } + lists).joined(separator: " ") + hint
    }

    // MARK: Places

    /// The line of the statement with a mark under the place.
    private static func excerpt(_ sql: String, at offset: Int) -> String {
        let before = sql.prefix(offset)
        let lineStart = before.lastIndex(where: \.isNewline).map { sql.index(after: $0) } ?? sql.startIndex
        let column = sql.distance(from: lineStart, to: before.endIndex)
        let line = sql[lineStart...].prefix { !$0.isNewline }
        // A long line is shown around the place.
        let skipped = max(0, column - 60)
        let number = before.count(where: \.isNewline) + 1
        return " at line \(number), column \(column + 1):\n  \(line.dropFirst(skipped).prefix(100))\n  "
            + String(repeating: " ", count: column - skipped) + "^"
    }
}

extension String {
    /// What follows a beginning; nil when it is not there.
    fileprivate func suffix(after beginning: String) -> String? { hasPrefix(beginning) ? String(dropFirst(beginning.count)) : nil }
}

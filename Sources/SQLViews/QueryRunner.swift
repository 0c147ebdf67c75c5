import CSQLite
import EventLog
import Projection
import Synchronization

/// Answers SQL over a store: every table and view of its projections, and the log as the table `events`.
///
/// ```swift
/// let runner = QueryRunner(engine)
/// try runner.run("SELECT id, topic FROM trending_topics WHERE source = ? LIMIT 5", [.text("reddit")]) { result in
///     while try result.next() { print(result.value(0), result.value(1)) }
/// }
/// ```
///
/// Many threads may ask at once. Each query sees one moment of the store: the one that `QueryOptions.asOf` names, else one at or
/// after that it was asked at, whatever is appended meanwhile.
public final class QueryRunner: Sendable {
    private let engine: Engine
    /// Made when it is first asked for: an append needs none.
    private let knownSchema = Mutex<SQLSchema?>(nil)
    /// Connections not in use: to make one, SQLite has to be told every table and view.
    private let idle = Mutex<[Connection]>([])

    private static let maximumIdle = 8

    public init(_ engine: Engine) {
        self.engine = engine
    }

    private var schema: SQLSchema {
        knownSchema.withLock { known in
            if let known { return known }
            let schema = SQLSchema(engine.projections)
            known = schema
            return schema
        }
    }

    /// Runs one statement that reads, and `body` on its rows.
    ///
    /// The snapshot that the rows are read from is held until `body` returns: copy what is needed and be brief.
    ///
    /// - Parameters:
    ///   - sql: one SELECT, VALUES, WITH or EXPLAIN statement.
    ///   - parameters: the values of its `?`, in order.
    /// - Returns: what `body` returns.
    /// - Throws: `QueryError` for the statement, what reading the store throws (`LMDBError`, `RecordError`, `ProjectionError`), and what `body`
    ///   throws.
    public func run<R>(
        _ sql: String, _ parameters: [SQLValue] = [], options: QueryOptions = QueryOptions(), _ body: (QueryResult) throws -> R
    ) throws -> R {
        let connection = try idle.withLock { $0.popLast() } ?? Connection(schema)
        defer {
            connection.end()
            idle.withLock { if $0.count < Self.maximumIdle { $0.append(connection) } }
        }
        let state = connection.state
        state.begin()
        state.blobs = engine.blobs
        let clock = options.timeLimit.map { QueryClock($0, overrun: options.overrun) }
        connection.watchTime(clock)
        clock?.run()
        let statement = try statement(sql, on: connection, asOf: options.asOf)
        defer { statement.end() }
        try statement.bind(parameters, named: options.named)
        let position = state.snapshot?.position ?? 0
        let result = QueryResult(statement, state, position: position, maximumRows: options.maximumRows)
        defer { result.close() }
        clock?.stand()
        return try body(result)
    }

    /// The statement, and the snapshot of what it reads in the connection's state.
    private func statement(_ sql: String, on connection: Connection, asOf moment: AsOf?) throws -> Statement {
        let state = connection.state
        if moment == nil, let kept = connection.kept(sql) {
            let snapshot = try open(kept.projections, withLog: kept.readsLog, asOf: nil, state)
            if try kept.isFit(for: snapshot) { return kept.statement }
            state.end()
        }
        // Which tables a statement reads is known once it was prepared, and how to read them best only with a snapshot of them.
        _ = try connection.prepare(sql)
        let projections = schema.projections(ofTables: state.tablesRead)
        let readsLog = state.tablesRead.contains(EventsTable.name)
        let snapshot = try open(projections, withLog: readsLog, asOf: moment, state)
        let statement = try connection.prepare(sql)
        if moment == nil {
            connection.keep(KeptStatement(statement, projections, readsLog: readsLog, state, at: snapshot.position), for: sql)
        }
        return statement
    }

    private func open(
        _ projections: Set<String>, withLog readsLog: Bool, asOf moment: AsOf?, _ state: QueryState
    ) throws -> TablesSnapshot {
        let tables: TablesSnapshot
        if readsLog || moment != nil {
            let snapshot = try moment.map { try engine.snapshot(of: projections, asOf: $0) } ?? engine.snapshot(of: projections)
            state.log = snapshot.log
            tables = snapshot.tables
        } else {
            tables = try engine.tables(of: projections)
        }
        state.snapshot = tables
        return tables
    }

    /// Limits what SQLite may have of this process's memory, for all its queries together; sorting and grouping then use no files.
    ///
    /// To be called before the first query.
    public static func limitMemory(_ bytes: Int) { sqlite3_hard_heap_limit64(Int64(bytes)) }

    /// All rows of a query at once: for results known to be small.
    ///
    /// - Throws: as `run`.
    public func rows(_ sql: String, _ parameters: [SQLValue] = [], options: QueryOptions = QueryOptions()) throws -> [[SQLValue]] {
        try run(sql, parameters, options: options) { result in
            var rows: [[SQLValue]] = []
            while try result.next() { rows.append(result.row) }
            return rows
        }
    }
}

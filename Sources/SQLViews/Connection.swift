import CSQLite
import EventLog
import Projection

/// SQLite in memory, with every declared table, the log and the views, and no way to do anything but read them.
///
/// Unchecked because SQLite's handle is a C pointer: a connection is used by one thread at a time, and goes from one to the next through the
/// runner's pool, under its lock.
final class Connection: @unchecked Sendable {
    private let raw: OpaquePointer
    let state = QueryState()
    let schema: SQLSchema
    /// Holds what SQLite has pointers to.
    private var registrations: [VirtualTableModule.Registration] = []
    /// Statements for the next time, by their text.
    private var kept: [String: KeptStatement] = [:]
    /// Statements prepared since plans were last forgotten.
    private var preparedCount = 0

    private static let maximumPrepared = 256

    init(_ schema: SQLSchema) throws {
        self.schema = schema
        var opened: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY | SQLITE_OPEN_NOMUTEX
        guard sqlite3_open_v2(":memory:", &opened, flags, nil) == SQLITE_OK, let opened else {
            sqlite3_close_v2(opened)
            throw QueryError(.failed, "SQLite could not be started: there may be no memory left")
        }
        raw = opened
        // A mistyped "name" would else be a text, and equal to nothing.
        spool_forbid_quoted_texts(raw)
        sqlite3_limit(raw, SQLITE_LIMIT_ATTACHED, 0)
        sqlite3_limit(raw, SQLITE_LIMIT_LENGTH, Int32(Self.longestValue))
        // Else what does not fit would go to a file, which no limit is set to.
        if Self.memoryLimit != nil { try execute("PRAGMA temp_store = MEMORY", "temp_store") }
        try register(EventsTable(state))
        for (projection, table) in schema.tables { try register(ProjectedTable(table, of: projection, state)) }
        for view in schema.views { try execute("CREATE TEMP VIEW \(quoted(view.name)) AS \(view.sql)", view.name) }
        connectTables()
        allowReadingOnly()
    }

    deinit {
        forgetStatements()
        sqlite3_close_v2(raw)
    }

    private func register(_ table: any VirtualTable) throws {
        let registration = VirtualTableModule.Registration(table, state)
        registrations.append(registration)
        guard VirtualTableModule.register(registration, with: raw) == SQLITE_OK else { throw QueryError(.failed, message) }
    }

    private func execute(_ sql: String, _ name: String) throws {
        guard sqlite3_exec(raw, sql, nil, nil, nil) == SQLITE_OK else {
            throw QueryError(.failed, "the view \(name) is not valid SQL: \(message)")
        }
    }

    /// A virtual table declares its columns when it is first named, which the authorizer would take for a CREATE TABLE.
    private func connectTables() {
        for name in schema.tables.map(\.schema.name) + [EventsTable.name, "json_each", "json_tree"] { _ = columns(of: name) }
    }

    /// From here on statements are only looked at if they read.
    private func allowReadingOnly() {
        let state = Unmanaged.passUnretained(state).toOpaque()
        sqlite3_set_authorizer(
            raw,
            { context, code, first, second, _, _ in
                guard let context else { return SQLITE_DENY }
                return Unmanaged<QueryState>.fromOpaque(context)._withUnsafeGuaranteedRef { state in
                    if state.isDeclaring { return SQLITE_OK }
                    let first = first.map { String(cString: $0) }
                    let second = second.map { String(cString: $0) }
                    if code == SQLITE_READ, let first { state.tablesRead.insert(first) }
                    if RefusedAction.isAllowed(code, function: second) { return SQLITE_OK }
                    if state.refused == nil { state.refused = RefusedAction(code, first, second) }
                    return SQLITE_DENY
                }
            }, state)
    }

    /// Has SQLite ask, every now and then, whether the time is up.
    func watchTime(_ clock: QueryClock?) {
        state.clock = clock
        guard clock != nil else { return sqlite3_progress_handler(raw, 0, nil, nil) }
        sqlite3_progress_handler(
            raw, 2000,
            { context in
                guard let context else { return 1 }
                return Unmanaged<QueryState>.fromOpaque(context)._withUnsafeGuaranteedRef { $0.clock?.isOver == true ? 1 : 0 }
            }, Unmanaged.passUnretained(state).toOpaque())
    }

    /// The longest text or blob in a query, in bytes.
    private static let longestValue = 256 << 20

    /// What SQLite may have of this process's memory, in bytes; nil: all of it.
    static var memoryLimit: Int? {
        let limit = sqlite3_hard_heap_limit64(-1)
        return limit > 0 ? Int(limit) : nil
    }

    // MARK: Statements

    /// SQLite's words for what happened last.
    var message: String { String(cString: sqlite3_errmsg(raw)) }

    func kept(_ sql: String) -> KeptStatement? { kept[sql] }

    func keep(_ statement: KeptStatement, for sql: String) {
        // What a plan says depends on the moment, and is shown.
        guard !statement.statement.isExplaining else { return }
        statement.statement.isKept = true
        kept.updateValue(statement, forKey: sql)?.statement.finalize()
    }

    /// Lets go of the snapshot, and of statements where many have come together. No statement is being run.
    func end() {
        state.end()
        state.clock = nil
        if preparedCount > Self.maximumPrepared { forgetStatements() }
    }

    private func forgetStatements() {
        for statement in kept.values { statement.statement.finalize() }
        kept = [:]
        for registration in registrations { registration.table.forgetPlans() }
        preparedCount = 0
    }

    /// Prepares exactly one statement that reads.
    ///
    /// - Throws: `QueryError` that says what is wrong with it, or what reading the store threw.
    func prepare(_ sql: String) throws -> Statement {
        guard !sql.utf8.contains(0) else { throw QueryError(.invalid, "the statement has a NUL character in it") }
        state.refused = nil
        preparedCount += 1
        let utf8 = Array(sql.utf8)
        guard utf8.count < 1_000_000 else { throw QueryError(.invalid, "the statement is longer than 1,000,000 bytes") }
        var statement: OpaquePointer?
        var used = 0
        let code = utf8.withUnsafeBytes { bytes in
            bytes.withMemoryRebound(to: CChar.self) { text in
                var tail: UnsafePointer<CChar>?
                let code = sqlite3_prepare_v2(raw, text.baseAddress, Int32(text.count), &statement, &tail)
                if let tail, let start = text.baseAddress { used = tail - start }
                return code
            }
        }
        guard code == SQLITE_OK else {
            if let failure = state.failure ?? Self.limitReached(code) { throw failure }
            throw QueryDiagnosis(self, sql).error(code, message, offset: Int(sqlite3_error_offset(raw)))
        }
        guard let statement else { throw QueryError(.invalid, "there is no statement, only white space or a comment") }
        let prepared = Statement(statement, self)
        guard prepared.isReadOnly, prepared.columnCount > 0 else { throw QueryDiagnosis.readOnly }
        try expectNothing(utf8[min(used, utf8.count)...])
        return prepared
    }

    private func expectNothing(_ rest: ArraySlice<UInt8>) throws {
        guard rest.contains(where: { ![0x09, 0x0A, 0x0C, 0x0D, 0x20, 0x3B].contains($0) }) else { return }
        var second: OpaquePointer?
        let code = Array(rest).withUnsafeBytes { bytes in
            bytes.withMemoryRebound(to: CChar.self) { sqlite3_prepare_v2(raw, $0.baseAddress, Int32($0.count), &second, nil) }
        }
        sqlite3_finalize(second)
        // Only a comment prepares without an error to nothing.
        if code == SQLITE_OK, second == nil { return }
        throw QueryError(.refused, "a query is one statement: send what comes after the ; by itself")
    }

    /// The names of the columns of a view or table; none when it cannot be read.
    func columns(of name: String) -> [String] {
        var statement: OpaquePointer?
        defer { sqlite3_finalize(statement) }
        guard sqlite3_prepare_v2(raw, "SELECT * FROM \(quoted(name))", -1, &statement, nil) == SQLITE_OK, let statement else { return [] }
        return (0..<sqlite3_column_count(statement)).map { sqlite3_column_name(statement, $0).map { String(cString: $0) } ?? "" }
    }

    /// Why a statement stopped: the tables' own error, if there was one.
    func failure(_ code: Int32) -> any Error {
        if let failure = state.failure ?? Self.limitReached(code) { return failure }
        if code & 0xFF == SQLITE_AUTH { return QueryDiagnosis(self, "").error(code, message, offset: -1) }
        return QueryError(code & 0xFF == SQLITE_ERROR ? .invalid : .failed, message)
    }

    private static func limitReached(_ code: Int32) -> QueryError? {
        switch code & 0xFF {
        case SQLITE_INTERRUPT: QueryError.timeIsUp
        case SQLITE_NOMEM:
            QueryError(
                .memoryLimit,
                "the query needs more than the \(memoryLimit.map { "\($0 >> 20) MiB of " } ?? "")memory that it may have. "
                    + "Narrow it down, or sort and group less.")
        case SQLITE_TOOBIG:
            QueryError(.tooLong, "a text or blob in the query would be longer than \(longestValue >> 20) MiB, the most that there can be.")
        default: nil
        }
    }
}

import CSQLite

/// SQLite's side of `VirtualTable` and `VirtualCursor`: C structures whose first field is SQLite's, and functions that find the object beside it.
enum VirtualTableModule {
    /// What a connection registers a table with. It outlives the connection's tables: the connection holds it.
    final class Registration {
        let table: any VirtualTable
        /// Unowned because the state lives as long as the connection, which owns both.
        unowned let state: QueryState

        init(_ table: any VirtualTable, _ state: QueryState) {
            self.table = table
            self.state = state
        }
    }

    /// Holds a cursor for SQLite.
    private final class Opened {
        let cursor: any VirtualCursor
        /// The same, where its type is known: columns are asked for more often than anything else.
        let rows: TableCursor?
        let state: QueryState

        init(_ cursor: any VirtualCursor, _ state: QueryState) {
            self.cursor = cursor
            rows = cursor as? TableCursor
            self.state = state
        }
    }

    private struct TableRecord {
        var base = sqlite3_vtab()
        let registration: Unmanaged<Registration>
    }

    private struct CursorRecord {
        var base = sqlite3_vtab_cursor()
        let opened: Unmanaged<Opened>
    }

    /// Makes a table known to a connection under its name. The registration must live as long as the connection.
    static func register(_ registration: Registration, with connection: OpaquePointer) -> Int32 {
        sqlite3_create_module_v2(
            connection, registration.table.name, module, Unmanaged.passUnretained(registration).toOpaque(), nil)
    }

    /// One for all connections, and never freed: SQLite keeps pointing at it.
    nonisolated(unsafe) private static let module: UnsafePointer<sqlite3_module> = {
        let module = UnsafeMutablePointer<sqlite3_module>.allocate(capacity: 1)
        module.initialize(to: sqlite3_module())
        // Without xCreate a table is there by its module's name, and cannot be made under another.
        module.pointee.xConnect = { connection, context, _, _, result, message in
            guard let connection, let context, let result else { return SQLITE_MISUSE }
            return connect(connection, context, result, message)
        }
        module.pointee.xDisconnect = { table in
            UnsafeMutableRawPointer(table)?.assumingMemoryBound(to: TableRecord.self).deallocate()
            return SQLITE_OK
        }
        module.pointee.xBestIndex = { table, info in
            guard let table, let info else { return SQLITE_MISUSE }
            let registration = registration(of: table)
            return guarded(registration.state) {
                try registration.table.plan(IndexQuestion(info)) ? SQLITE_OK : SQLITE_CONSTRAINT
            }
        }
        module.pointee.xOpen = { table, result in
            guard let table, let result else { return SQLITE_MISUSE }
            return open(table, result)
        }
        module.pointee.xClose = { cursor in
            guard let record = UnsafeMutableRawPointer(cursor)?.assumingMemoryBound(to: CursorRecord.self) else { return SQLITE_MISUSE }
            record.pointee.opened.release()
            record.deallocate()
            return SQLITE_OK
        }
        module.pointee.xFilter = { cursor, plan, _, count, values in
            guard let cursor else { return SQLITE_MISUSE }
            return withOpened(cursor) { opened in
                guarded(opened.state) {
                    try opened.cursor.filter(Int(plan), ArgumentList(values, count: Int(count)))
                    if !opened.cursor.isAtEnd { opened.state.rowsVisited += 1 }
                    return SQLITE_OK
                }
            }
        }
        module.pointee.xNext = { cursor in
            guard let cursor else { return SQLITE_MISUSE }
            return withOpened(cursor) { opened in
                guarded(opened.state) {
                    try opened.cursor.next()
                    if !opened.cursor.isAtEnd { opened.state.rowsVisited += 1 }
                    return SQLITE_OK
                }
            }
        }
        module.pointee.xEof = { cursor in
            guard let cursor else { return 1 }
            return withOpened(cursor) { $0.cursor.isAtEnd ? 1 : 0 }
        }
        // A closure would be called by what SQLite calls; this is inlined there, and a long result read 1.03 times as fast.
        @inline(__always)
        func column(_ cursor: UnsafeMutablePointer<sqlite3_vtab_cursor>?, _ context: OpaquePointer?, _ place: Int32) -> Int32 {
            guard let cursor, let context else { return SQLITE_MISUSE }
            return withOpened(cursor) { opened in
                if let rows = opened.rows, rows.setKnown(Int(place), to: ColumnResult(context)) { return SQLITE_OK }
                return set(Int(place), to: ColumnResult(context), opened)
            }
        }
        module.pointee.xColumn = column
        module.pointee.xRowid = { cursor, rowID in
            guard let cursor, let rowID else { return SQLITE_MISUSE }
            return withOpened(cursor) { opened in
                guarded(opened.state) {
                    rowID.pointee = try opened.cursor.rowID()
                    return SQLITE_OK
                }
            }
        }
        return UnsafePointer(module)
    }()

    private static func connect(
        _ connection: OpaquePointer, _ context: UnsafeMutableRawPointer,
        _ result: UnsafeMutablePointer<UnsafeMutablePointer<sqlite3_vtab>?>, _ message: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
    ) -> Int32 {
        let registration = Unmanaged<Registration>.fromOpaque(context)
        // SQLite parses our declaration as a CREATE TABLE, and asks the authorizer about the schema row that it never writes.
        let state = registration.takeUnretainedValue().state
        state.isDeclaring = true
        defer { state.isDeclaring = false }
        let code = sqlite3_declare_vtab(connection, registration.takeUnretainedValue().table.declaration)
        guard code == SQLITE_OK else { return code }
        let record = UnsafeMutablePointer<TableRecord>.allocate(capacity: 1)
        record.initialize(to: TableRecord(registration: registration))
        result.pointee = UnsafeMutableRawPointer(record).assumingMemoryBound(to: sqlite3_vtab.self)
        return SQLITE_OK
    }

    private static func open(
        _ table: UnsafeMutablePointer<sqlite3_vtab>, _ result: UnsafeMutablePointer<UnsafeMutablePointer<sqlite3_vtab_cursor>?>
    ) -> Int32 {
        let registration = registration(of: table)
        return guarded(registration.state) {
            let opened = Opened(try registration.table.open(), registration.state)
            let record = UnsafeMutablePointer<CursorRecord>.allocate(capacity: 1)
            record.initialize(to: CursorRecord(opened: .passRetained(opened)))
            result.pointee = UnsafeMutableRawPointer(record).assumingMemoryBound(to: sqlite3_vtab_cursor.self)
            return SQLITE_OK
        }
    }

    /// Hands over a column of whatever kind of row, which may fail.
    @inline(never)
    private static func set(_ place: Int, to result: ColumnResult, _ opened: Opened) -> Int32 {
        guarded(opened.state) {
            try opened.cursor.column(place, to: result)
            return SQLITE_OK
        }
    }

    private static func registration(of table: UnsafeMutablePointer<sqlite3_vtab>) -> Registration {
        UnsafeMutableRawPointer(table).assumingMemoryBound(to: TableRecord.self).pointee.registration.takeUnretainedValue()
    }

    /// Without counting a reference: called several times a row.
    @inline(__always)
    private static func withOpened<R>(_ cursor: UnsafeMutablePointer<sqlite3_vtab_cursor>, _ body: (Opened) -> R) -> R {
        UnsafeMutableRawPointer(cursor).assumingMemoryBound(to: CursorRecord.self).pointee.opened._withUnsafeGuaranteedRef(body)
    }

    /// A Swift error cannot pass through C: it is kept, and thrown again where SQLite reports that something failed.
    @inline(__always)
    private static func guarded(_ state: QueryState, _ body: () throws -> Int32) -> Int32 {
        do {
            return try body()
        } catch {
            if state.failure == nil { state.failure = error }
            return SQLITE_ERROR
        }
    }
}

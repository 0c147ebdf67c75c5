import CSQLite
import EventLog
import Glibc
import Projection

/// A new SQLite database in a file, filled in one go: without a journal, since nobody should see it before it is whole.
///
/// ```swift
/// let file = try SQLiteFile("tables.db.new")
/// try file.execute("CREATE TABLE t (a)")
/// try file.prepare("INSERT INTO t VALUES (?)").run([.integer(1)])
/// try file.close()
/// ```
///
/// Its errors are `QueryError`s with SQLite's own words.
public final class SQLiteFile {
    private let path: String
    private var handle: OpaquePointer?

    public init(_ path: String) throws {
        self.path = path
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
        try check(sqlite3_open_v2(path, &handle, flags, nil))
        try execute("PRAGMA journal_mode = OFF")
        try execute("PRAGMA synchronous = OFF")
        try execute("PRAGMA foreign_keys = OFF")
    }

    deinit { sqlite3_close_v2(handle) }

    /// Runs statements without results.
    public func execute(_ sql: String) throws { try check(sqlite3_exec(handle, sql, nil, nil, nil)) }

    /// A statement to be run with values.
    public func prepare(_ sql: String) throws -> Insert {
        var statement: OpaquePointer?
        try check(sqlite3_prepare_v2(handle, sql, -1, &statement, nil))
        return Insert(statement, self)
    }

    /// Makes a view, unless it reads a table that is not in the database.
    public func addView(_ name: String, _ sql: String) throws {
        try execute("CREATE VIEW \(quoted(name)) AS \(sql)")
        var statement: OpaquePointer?
        let code = sqlite3_prepare_v2(handle, "SELECT * FROM \(quoted(name))", -1, &statement, nil)
        sqlite3_finalize(statement)
        if code != SQLITE_OK { try execute("DROP VIEW \(quoted(name))") }
    }

    /// Closes the database and puts it on disk.
    public func close() throws {
        try check(sqlite3_close(handle))
        handle = nil
        let descriptor = open(path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError("write", path) }
        defer { Glibc.close(descriptor) }
        if fsync(descriptor) != 0 { throw FileError("write", path) }
    }

    private func check(_ code: Int32) throws {
        guard code != SQLITE_OK, code != SQLITE_DONE else { return }
        let text = handle.map { String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
        throw QueryError(.failed, "SQLite: \(text)")
    }

    /// A statement that is run again and again with other values.
    public final class Insert {
        private let statement: OpaquePointer?
        private let database: SQLiteFile

        init(_ statement: OpaquePointer?, _ database: SQLiteFile) {
            self.statement = statement
            self.database = database
        }

        deinit { sqlite3_finalize(statement) }

        public func run(_ values: [SQLValue]) throws {
            for (place, value) in values.enumerated() { try database.check(bind(value, Int32(place + 1))) }
            let code = sqlite3_step(statement)
            sqlite3_reset(statement)
            try database.check(code)
        }

        private func bind(_ value: SQLValue, _ place: Int32) -> Int32 {
            let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
            switch value {
            case .null: return sqlite3_bind_null(statement, place)
            case .integer(let number): return sqlite3_bind_int64(statement, place, number)
            case .real(let number): return sqlite3_bind_double(statement, place, number)
            case .text(var text):
                return text.withUTF8 { utf8 in
                    guard let start = utf8.baseAddress else { return sqlite3_bind_text(statement, place, "", 0, transient) }
                    return UnsafeRawPointer(start).withMemoryRebound(to: CChar.self, capacity: utf8.count) {
                        sqlite3_bind_text64(statement, place, $0, UInt64(utf8.count), transient, UInt8(SQLITE_UTF8))
                    }
                }
            case .blob(let bytes):
                if bytes.isEmpty { return sqlite3_bind_zeroblob(statement, place, 0) }
                return sqlite3_bind_blob64(statement, place, bytes, UInt64(bytes.count), transient)
            }
        }
    }
}

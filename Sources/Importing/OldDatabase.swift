import CSQLite
import EventLog
import Glibc
import Projection

/// An old database as SQLite shows it: a file of its own, or one that exports were gathered in.
///
/// It is read in one transaction from beginning to end, so that what its owner writes meanwhile neither disturbs the import nor is half seen.
package final class OldDatabase {
    package struct Table {
        package let name: String
        let columns: [String]

        /// The place of a column, whose name SQL compares without case.
        func place(of column: String) -> Int? { columns.firstIndex { $0.lowercased() == column } }
    }

    /// What messages call it.
    let name: String
    /// Values are texts whatever they mean, as in exports.
    let isText: Bool
    /// By name in lower case.
    package private(set) var tables: [String: Table] = [:]
    private let handle: OpaquePointer
    private let temporaryPath: String?

    /// Opens a system's own file for reading.
    ///
    /// - Throws: `ImportError` when it is missing, no database or locked.
    package convenience init(reading path: String) throws {
        guard File.exists(path) else { throw ImportError.missing(path: path) }
        var status = stat()
        // SQLite would wait at a pipe for somebody to write into it.
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { throw ImportError.notADatabase(path: path) }
        do {
            try self.init(name: path, path, flags: SQLITE_OPEN_READONLY)
        } catch ImportError.failed where !Self.hasLog(path) {
            // A file in write-ahead mode in a folder that cannot be written to: without a log beside it nobody is writing.
            try self.init(name: path, "file:\(Self.escaped(path))?immutable=1", flags: SQLITE_OPEN_READONLY | SQLITE_OPEN_URI)
        }
    }

    /// Opens a file that this process made at `path`, which goes with the object.
    convenience init(name: String, temporary path: String) throws {
        try self.init(name: name, path, flags: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, isTemporary: true)
    }

    private init(name: String, _ path: String, flags: Int32, isTemporary: Bool = false) throws {
        self.name = name
        isText = isTemporary
        temporaryPath = isTemporary ? path : nil
        var opened: OpaquePointer?
        let code = sqlite3_open_v2(path, &opened, flags, nil)
        guard code == SQLITE_OK, let opened else {
            let reason = opened.map { String(cString: sqlite3_errmsg($0)) } ?? String(cString: sqlite3_errstr(code))
            sqlite3_close_v2(opened)
            throw ImportError.failed(path: name, table: nil, reason: "cannot open it: \(reason)")
        }
        handle = opened
        sqlite3_busy_timeout(handle, 5_000)
        // What a file brings along as views, generated columns and virtual tables runs no function that could do harm.
        try execute("PRAGMA trusted_schema = OFF")
        sqlite3_create_function_v2(
            handle, "spool_time", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC, nil, Self.time, nil, nil, nil)
        if !isTemporary { try begin() }
    }

    deinit {
        sqlite3_close_v2(handle)
        if let temporaryPath { unlink(temporaryPath) }
    }

    /// Begins the one transaction and looks what tables there are.
    func begin() throws {
        try execute("BEGIN")
        let names = try prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'")
        while try names.step() {
            guard case .text(let name) = names.value(0) else { continue }
            var columns: [String] = []
            let list = try prepare("PRAGMA table_info(\(quoted(name)))")
            while try list.step() { columns.append(list.value(1).plainText) }
            tables[name.lowercased()] = Table(name: name, columns: columns)
        }
    }

    package func prepare(_ sql: String) throws -> OldStatement {
        var statement: OpaquePointer?
        let code = sqlite3_prepare_v2(handle, sql, -1, &statement, nil)
        guard code == SQLITE_OK, let statement else { throw failure(code) }
        return OldStatement(statement, self)
    }

    func execute(_ sql: String) throws {
        let code = sqlite3_exec(handle, sql, nil, nil, nil)
        if code != SQLITE_OK { throw failure(code) }
    }

    /// The number that a statement gives.
    func count(_ sql: String) throws -> Int {
        let statement = try prepare(sql)
        return try statement.step() ? Int(statement.integer(0) ?? 0) : 0
    }

    func failure(_ code: Int32) -> ImportError {
        switch code & 0xFF {
        case SQLITE_NOTADB: .notADatabase(path: name)
        case SQLITE_BUSY, SQLITE_LOCKED: .locked(path: name)
        default: .failed(path: name, table: nil, reason: String(cString: sqlite3_errmsg(handle)))
        }
    }

    private static func hasLog(_ path: String) -> Bool {
        var status = stat()
        return stat("\(path)-wal", &status) == 0 && status.st_size > 0
    }

    private static func escaped(_ path: String) -> String {
        path.replacing("%", with: "%25").replacing("?", with: "%3f").replacing("#", with: "%23")
    }

    /// `spool_time(x)`: microseconds since 1970 of a time in any of its forms, NULL when it is none.
    private static let time: @convention(c) (OpaquePointer?, Int32, UnsafeMutablePointer<OpaquePointer?>?) -> Void = { context, _, values in
        guard let value = values?.pointee else { return sqlite3_result_null(context) }
        let time: Timestamp?
        switch sqlite3_value_type(value) {
        case SQLITE_TEXT:
            let bytes = UnsafeBufferPointer(start: sqlite3_value_text(value), count: Int(sqlite3_value_bytes(value)))
            time = try? Timestamp(parsing: String(decoding: bytes, as: UTF8.self))
        case SQLITE_INTEGER, SQLITE_FLOAT: time = Timestamp(unixSeconds: sqlite3_value_double(value))
        default: time = nil
        }
        if let time { sqlite3_result_int64(context, time.microseconds) } else { sqlite3_result_null(context) }
    }
}

/// A name as SQL takes it, whatever it is made of.
func quoted(_ name: String) -> String { "\"\(name.replacing("\"", with: "\"\""))\"" }

import CSQLite
import Projection

/// A plain SQLite database, in memory unless it is told where: the independent model that views are compared with.
public final class SQLiteDatabase {
    public struct Failure: Error, CustomStringConvertible {
        public let code: Int32
        public let description: String

        /// A CHECK, UNIQUE, NOT NULL or FOREIGN KEY constraint refused it.
        public var isConstraint: Bool { code & 0xFF == SQLITE_CONSTRAINT }
    }

    private var handle: OpaquePointer?

    /// - Parameter seed: names of files under Tests/Support/Seeds, without `.sql`.
    public convenience init(seed names: String...) throws { try self.init(at: ":memory:", seeds: names) }

    /// - Parameter path: the file.
    public init(at path: String, seeds names: [String] = []) throws {
        try check(sqlite3_open_v2(path, &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nil))
        for name in names { try execute(String(decoding: TestFiles.read("Tests/Support/Seeds/\(name).sql"), as: UTF8.self)) }
        try execute("PRAGMA foreign_keys = ON")
    }

    /// An existing file, only to be read.
    public init(reading path: String) throws {
        try check(sqlite3_open_v2(path, &handle, SQLITE_OPEN_READONLY, nil))
    }

    deinit { sqlite3_close_v2(handle) }

    /// Runs statements without results.
    public func execute(_ sql: String) throws {
        try check(sqlite3_exec(handle, sql, nil, nil, nil))
    }

    /// Runs one statement and returns its rows.
    @discardableResult
    public func run(_ sql: String, _ parameters: [SQLValue] = []) throws -> [[SQLValue]] {
        var statement: OpaquePointer?
        try check(sqlite3_prepare_v2(handle, sql, -1, &statement, nil))
        defer { sqlite3_finalize(statement) }
        let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        for (place, value) in parameters.enumerated() {
            let index = Int32(place + 1)
            switch value {
            case .null: sqlite3_bind_null(statement, index)
            case .integer(let number): sqlite3_bind_int64(statement, index, number)
            case .real(let number): sqlite3_bind_double(statement, index, number)
            case .text(let text): sqlite3_bind_text(statement, index, text, Int32(text.utf8.count), transient)
            case .blob(let bytes): sqlite3_bind_blob(statement, index, bytes, Int32(bytes.count), transient)
            }
        }
        var rows: [[SQLValue]] = []
        while true {
            let code = sqlite3_step(statement)
            if code == SQLITE_DONE { return rows }
            if code != SQLITE_ROW { try check(code) }
            rows.append((0..<sqlite3_column_count(statement)).map { value(statement, $0) })
        }
    }

    private func value(_ statement: OpaquePointer?, _ column: Int32) -> SQLValue {
        let length = Int(sqlite3_column_bytes(statement, column))
        switch sqlite3_column_type(statement, column) {
        case SQLITE_INTEGER: return .integer(sqlite3_column_int64(statement, column))
        case SQLITE_FLOAT: return .real(sqlite3_column_double(statement, column))
        case SQLITE_TEXT:
            let bytes = UnsafeBufferPointer(start: sqlite3_column_text(statement, column), count: length)
            return .text(String(decoding: bytes, as: UTF8.self))
        case SQLITE_BLOB: return .blob(Array(UnsafeRawBufferPointer(start: sqlite3_column_blob(statement, column), count: length)))
        default: return .null
        }
    }

    private func check(_ code: Int32) throws {
        guard code != SQLITE_OK else { return }
        throw Failure(code: sqlite3_extended_errcode(handle), description: String(cString: sqlite3_errmsg(handle)))
    }
}

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

    /// Since 3.43 SUM carries along what a double loses: the last bits are not those of plain additions.
    public static let compensatesSums = sqlite3_libversion_number() >= 3_043_000

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
        try run(sql) { statement in
            for (place, value) in parameters.enumerated() { bind(value, to: statement, Int32(place + 1)) }
        }
    }

    /// Runs one statement with values of its `:name` by the name, and returns its rows.
    @discardableResult
    public func run(_ sql: String, named value: (String) throws -> SQLValue) throws -> [[SQLValue]] {
        try run(sql) { statement in
            for place in stride(from: 1, through: sqlite3_bind_parameter_count(statement), by: 1) {
                let name = sqlite3_bind_parameter_name(statement, place).map { String(cString: $0) } ?? "?"
                bind(try value(String(name.dropFirst())), to: statement, place)
            }
        }
    }

    /// The first value of the first row.
    public func value(_ sql: String, _ values: [any ColumnValue] = []) throws -> SQLValue? {
        try run(sql, values.map(\.sqlValue)).first?.first
    }

    /// Runs a statement that must change something.
    public func change(_ sql: String, _ values: [any ColumnValue] = []) throws {
        try run(sql, values.map(\.sqlValue))
        if changes == 0 { throw Failure(code: SQLITE_NOTFOUND, description: "no row: \(sql)") }
    }

    /// Rows that the last statement changed.
    public var changes: Int { Int(sqlite3_changes(handle)) }

    private func bind(_ value: SQLValue, to statement: OpaquePointer?, _ place: Int32) {
        // SQLITE_TRANSIENT: SQLite copies the bytes.
        let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        switch value {
        case .null: sqlite3_bind_null(statement, place)
        case .integer(let number): sqlite3_bind_int64(statement, place, number)
        case .real(let number): sqlite3_bind_double(statement, place, number)
        case .text(let text): sqlite3_bind_text(statement, place, text, Int32(text.utf8.count), transient)
        case .blob(let bytes): sqlite3_bind_blob(statement, place, bytes, Int32(bytes.count), transient)
        }
    }

    private func run(_ sql: String, _ bind: (OpaquePointer?) throws -> Void) throws -> [[SQLValue]] {
        var statement: OpaquePointer?
        try check(sqlite3_prepare_v2(handle, sql, -1, &statement, nil))
        defer { sqlite3_finalize(statement) }
        try bind(statement)
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

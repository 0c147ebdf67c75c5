import CSQLite
import Projection

/// A prepared statement.
final class Statement {
    /// Nil once finalized: SQLite's functions then find nothing.
    private var raw: OpaquePointer?
    /// Unowned because the connection keeps statements; it is there for as long as one is used.
    private unowned let connection: Connection
    /// Whether it is kept for the next time.
    var isKept = false

    init(_ raw: OpaquePointer, _ connection: Connection) {
        self.raw = raw
        self.connection = connection
    }

    deinit { finalize() }

    /// Closes the statement's cursors, which must happen before its snapshot ends.
    func finalize() {
        sqlite3_finalize(raw)
        raw = nil
    }

    /// Closes its cursors, and makes it ready for the next time where it is kept.
    func end() {
        if isKept { sqlite3_reset(raw) } else { finalize() }
    }

    var isExplaining: Bool { sqlite3_stmt_isexplain(raw) != 0 }
    var isReadOnly: Bool { sqlite3_stmt_readonly(raw) != 0 }
    var columnCount: Int { Int(sqlite3_column_count(raw)) }

    private(set) lazy var columnNames: [String] = (0..<columnCount).map {
        sqlite3_column_name(raw, Int32($0)).map { String(cString: $0) } ?? ""
    }

    /// Makes the values known to the statement; each must have its place, and each place a value.
    func bind(_ parameters: [SQLValue], named: [String: SQLValue]) throws {
        let count = Int(sqlite3_bind_parameter_count(raw))
        var unnamed = 0
        var missing: String?
        var unknown = Set(named.keys)
        for place in 0..<count {
            let name = sqlite3_bind_parameter_name(raw, Int32(place + 1)).map { String(cString: $0) }
            if let name, !name.hasPrefix("?") {
                unknown.remove(String(name.dropFirst()))
                if let value = named[String(name.dropFirst())] { try bind(value, at: place) } else { missing = missing ?? name }
            } else {
                unnamed = max(unnamed, place + 1)
                if parameters.indices.contains(place) { try bind(parameters[place], at: place) }
            }
        }
        if let missing { throw QueryError(.invalid, "the parameter \(missing) has no value: it is given by its name") }
        if let name = unknown.min() { throw QueryError(.invalid, "there is a value for '\(name)', and no :\(name) in the statement") }
        guard parameters.count == unnamed else {
            throw QueryError(
                .invalid, "expected \(unnamed) \(unnamed == 1 ? "value" : "values") for the statement's ?, found \(parameters.count)")
        }
    }

    private func bind(_ value: SQLValue, at place: Int) throws {
        let place = Int32(place + 1)
        let transient = unsafeBitCast(-1, to: sqlite3_destructor_type?.self)
        let code: Int32
        switch value {
        case .null: code = sqlite3_bind_null(raw, place)
        case .integer(let value): code = sqlite3_bind_int64(raw, place, value)
        case .real(let value): code = sqlite3_bind_double(raw, place, value)
        case .text(var text):
            code = text.withUTF8 { utf8 in
                utf8.withMemoryRebound(to: CChar.self) {
                    sqlite3_bind_text64(raw, place, $0.baseAddress, UInt64($0.count), transient, UInt8(SQLITE_UTF8))
                }
            }
        case .blob(let bytes):
            code =
                bytes.isEmpty
                ? sqlite3_bind_zeroblob(raw, place, 0)
                : bytes.withUnsafeBytes { sqlite3_bind_blob64(raw, place, $0.baseAddress, UInt64($0.count), transient) }
        }
        guard code == SQLITE_OK else { throw QueryError(.failed, connection.message) }
    }

    /// Moves to the next row; false after the last.
    func step() throws -> Bool {
        switch sqlite3_step(raw) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code: throw connection.failure(code)
        }
    }

    func value(_ column: Int) -> SQLValue { view(column).sqlValue }

    func forEachValue<E: Error>(_ count: Int, _ body: (Int, borrowing ValueView) throws(E) -> Void) throws(E) {
        for column in 0..<count { try body(column, view(column)) }
    }

    @inline(__always)
    @_lifetime(borrow self)
    func view(_ column: Int) -> ValueView {
        // Of a value that is fetched once, type and content cost half of what the functions for columns take.
        let value = sqlite3_column_value(raw, Int32(truncatingIfNeeded: column))
        switch sqlite3_value_type(value) {
        case SQLITE_INTEGER: return .integer(sqlite3_value_int64(value))
        case SQLITE_FLOAT: return .real(sqlite3_value_double(value))
        case SQLITE_TEXT: return .text(_overrideLifetime(RawSpan(_unsafeBytes: Self.bytes(value)), borrowing: self))
        case SQLITE_BLOB: return .blob(_overrideLifetime(RawSpan(_unsafeBytes: Self.bytes(value)), borrowing: self))
        default: return .null
        }
    }

    func withBytes<R>(_ column: Int, _ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R? {
        let value = sqlite3_column_value(raw, Int32(column))
        let type = sqlite3_value_type(value)
        guard type == SQLITE_TEXT || type == SQLITE_BLOB else { return nil }
        return try body(Self.bytes(value))
    }

    /// As a blob: to ask for text would have SQLite copy it, only to put a NUL behind it.
    @inline(__always)
    private static func bytes(_ value: OpaquePointer?) -> UnsafeRawBufferPointer {
        let start = sqlite3_value_blob(value)
        return UnsafeRawBufferPointer(start: start, count: Int(sqlite3_value_bytes(value)))
    }
}

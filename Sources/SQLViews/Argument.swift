import CSQLite
import Projection

/// A value that SQLite passes to a table.
struct Argument {
    private let raw: OpaquePointer

    init(_ raw: OpaquePointer) { self.raw = raw }

    enum Content {
        case value(SQLValue)
        /// Text whose bytes are not UTF-8, which no column holds.
        case malformedText
    }

    var content: Content { Self.content(raw) }

    /// After numeric affinity: text that looks like a number is one.
    var numericContent: Content {
        guard sqlite3_value_type(raw) == SQLITE_TEXT else { return content }
        // A copy, because the conversion happens in place and the statement goes on using its value.
        guard let copy = sqlite3_value_dup(raw) else { return content }
        defer { sqlite3_value_free(copy) }
        _ = sqlite3_value_numeric_type(copy)
        return Self.content(copy)
    }

    /// The text of a pattern, whatever the value's type: nil for NULL and for what is not UTF-8.
    var patternText: String? {
        let type = sqlite3_value_type(raw)
        guard type != SQLITE_NULL, type != SQLITE_BLOB, let copy = sqlite3_value_dup(raw) else { return nil }
        defer { sqlite3_value_free(copy) }
        // Patterns end at a NUL, as SQLite reads them.
        guard let text = sqlite3_value_text(copy) else { return nil }
        return String(validatingCString: UnsafeRawPointer(text).assumingMemoryBound(to: CChar.self))
    }

    private static func content(_ raw: OpaquePointer) -> Content {
        switch sqlite3_value_type(raw) {
        case SQLITE_INTEGER: return .value(.integer(sqlite3_value_int64(raw)))
        case SQLITE_FLOAT: return .value(.real(sqlite3_value_double(raw)))
        case SQLITE_TEXT:
            guard let bytes = sqlite3_value_text(raw) else { return .value(.text("")) }
            let text = String(validating: UnsafeBufferPointer(start: bytes, count: Int(sqlite3_value_bytes(raw))), as: UTF8.self)
            return text.map { .value(.text($0)) } ?? .malformedText
        case SQLITE_BLOB:
            let count = Int(sqlite3_value_bytes(raw))
            return .value(.blob(Array(UnsafeRawBufferPointer(start: sqlite3_value_blob(raw), count: count))))
        default: return .value(.null)
        }
    }
}

/// The values that a plan's constraints compare with.
struct ArgumentList {
    private let values: UnsafeMutablePointer<OpaquePointer?>?
    let count: Int

    init(_ values: UnsafeMutablePointer<OpaquePointer?>?, count: Int) {
        self.values = values
        self.count = count
    }

    /// Nil when SQLite passed fewer values than the plan asked for.
    subscript(place: Int) -> Argument? {
        guard place < count, let raw = values?[place] else { return nil }
        return Argument(raw)
    }
}

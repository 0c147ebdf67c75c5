import CSQLite
import Projection

/// Where a table puts a column's value for SQLite.
struct ColumnResult {
    private let context: OpaquePointer

    init(_ context: OpaquePointer) { self.context = context }

    /// SQLite copies the bytes before the call returns.
    private static var transient: sqlite3_destructor_type? { unsafeBitCast(-1, to: sqlite3_destructor_type?.self) }

    func setNull() { sqlite3_result_null(context) }
    func set(_ value: Int64) { sqlite3_result_int64(context, value) }
    /// SQLite stores no negative zero.
    func set(_ value: Double) { sqlite3_result_double(context, value == 0 ? 0 : value) }

    /// A text that SQLite copies.
    func set(_ text: String) {
        var text = text
        text.withUTF8 { utf8 in
            // An empty text must still be a text, and a nil pointer would be NULL.
            guard let start = utf8.baseAddress else { return sqlite3_result_text(context, "", 0, nil) }
            sqlite3_result_text64(
                context, UnsafeRawPointer(start).assumingMemoryBound(to: CChar.self), UInt64(utf8.count), Self.transient, UInt8(SQLITE_UTF8)
            )
        }
    }

    func set(_ text: String?) {
        if let text { set(text) } else { setNull() }
    }

    /// A text that SQLite copies.
    func setCopy(ofText bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress else { return sqlite3_result_text(context, "", 0, nil) }
        sqlite3_result_text64(context, start.assumingMemoryBound(to: CChar.self), UInt64(bytes.count), Self.transient, UInt8(SQLITE_UTF8))
    }

    /// Bytes that SQLite copies.
    func set(_ bytes: [UInt8]) {
        if bytes.isEmpty { return sqlite3_result_zeroblob(context, 0) }
        bytes.withUnsafeBytes { sqlite3_result_blob64(context, $0.baseAddress, UInt64($0.count), Self.transient) }
    }

    /// A cell of a row in the mapped file.
    ///
    /// SQLite is told that the bytes stay where they are (SQLITE_STATIC). They do: the snapshot is ended only after the statement is finalized,
    /// and until then LMDB uses none of its pages for anything else.
    @inline(__always)
    func set(_ cell: RowFormat.Cell, in row: UnsafeRawBufferPointer) {
        if cell.isNull { return setNull() }
        if cell.isInteger { return set(RowFormat.integer(cell, in: row.bytes)) }
        if cell.isReal { return set(RowFormat.real(cell, in: row.bytes)) }
        let start = (row.baseAddress ?? UnsafeRawPointer(bitPattern: 1))?.advanced(by: cell.offset)
        if cell.isText {
            sqlite3_result_text64(context, start?.assumingMemoryBound(to: CChar.self), UInt64(cell.length), nil, UInt8(SQLITE_UTF8))
        } else if cell.length == 0 {
            sqlite3_result_zeroblob(context, 0)
        } else {
            sqlite3_result_blob64(context, start, UInt64(cell.length), nil)
        }
    }
}

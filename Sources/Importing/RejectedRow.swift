import JSON
import Projection

/// A row of an old database that was not taken.
public struct RejectedRow: Sendable {
    public let table: String
    /// The primary key, or the line of an export.
    public let key: String
    /// SQLite's row id, where the table has one.
    public let rowID: Int64?
    public let reason: String
    /// All its columns, also those that Spool has not.
    public let row: [(column: String, value: SQLValue)]

    /// One line of a file of rejects: table, key, rowid, reason, and the row itself. A blob is base64.
    public var json: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("table")
        writer.string(table)
        writer.key("key")
        writer.string(key)
        if let rowID {
            writer.key("rowid")
            writer.int(rowID)
        }
        writer.key("reason")
        writer.string(reason)
        writer.key("row")
        writer.beginObject()
        for (column, value) in row {
            writer.key(column)
            write(value, to: &writer)
        }
        writer.endObject()
        writer.endObject()
        return writer.bytes
    }

    private func write(_ value: SQLValue, to writer: inout JSONWriter) {
        switch value {
        case .null: writer.null()
        case .integer(let number): writer.int(number)
        case .real(let number): number.isFinite ? writer.double(number) : writer.string("\(number)")
        case .text(let text): writer.string(text)
        case .blob(let bytes): writer.string(Base64.encode(bytes))
        }
    }
}

/// RFC 4648.
enum Base64 {
    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let count = min(3, bytes.count - start)
            var group = 0
            for place in 0..<3 { group = group << 8 | (place < count ? Int(bytes[start + place]) : 0) }
            for place in 0..<4 { text.append(place <= count ? digits[group >> (18 - 6 * place) & 63] : UInt8(ascii: "=")) }
        }
        return String(decoding: text, as: UTF8.self)
    }
}

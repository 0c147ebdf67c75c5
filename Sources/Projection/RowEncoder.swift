import LMDB

/// Writes a row, column by column, in the order of the table's columns.
public struct RowEncoder {
    private var types: [UInt8] = []
    private var values: [UInt8] = []

    var bytes: [UInt8] { types + values }

    func store(in arena: ByteArena) -> ByteArena.Slice { arena.append(types.span.bytes, values.span.bytes) }

    /// Begins another row in the same memory.
    mutating func removeAll() {
        types.removeAll(keepingCapacity: true)
        values.removeAll(keepingCapacity: true)
    }

    mutating func append(_ value: SQLValue) {
        switch value {
        case .null: appendNull()
        case .integer(let value): append(value)
        case .real(let value): append(value)
        case .text(let text): append(text)
        case .blob(let bytes):
            appendType(UInt64(bytes.count) * 2 + 12)
            values.append(contentsOf: bytes)
        }
    }

    mutating func appendNull() { appendType(0) }

    mutating func append(_ value: Int64) {
        if value == 0 || value == 1 { return appendType(value == 0 ? 8 : 9) }
        let (type, length): (UInt64, Int) =
            switch value {
            case -0x80...0x7F: (1, 1)
            case -0x8000...0x7FFF: (2, 2)
            case -0x80_0000...0x7F_FFFF: (3, 3)
            case -0x8000_0000...0x7FFF_FFFF: (4, 4)
            case -0x8000_0000_0000...0x7FFF_FFFF_FFFF: (5, 6)
            default: (6, 8)
            }
        appendType(type)
        withUnsafeBytes(of: value.littleEndian) { values.append(contentsOf: $0[..<length]) }
    }

    mutating func append(_ value: Double) {
        // SQLite has no NaN either: it stores NULL.
        if value.isNaN { return appendNull() }
        appendType(7)
        // Nor has it a negative zero.
        let value = value == 0 ? 0 : value
        withUnsafeBytes(of: value.bitPattern.littleEndian) { values.append(contentsOf: $0) }
    }

    mutating func append(_ text: String) {
        appendType(UInt64(text.utf8.count) * 2 + 13)
        values.append(contentsOf: text.utf8)
    }

    /// UTF-8.
    mutating func append(text: RawSpan) {
        appendType(UInt64(text.byteCount) * 2 + 13)
        text.withUnsafeBytes { values.append(contentsOf: $0) }
    }

    private mutating func appendType(_ type: UInt64) {
        var rest = type
        while rest >= 0x80 {
            types.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        types.append(UInt8(rest))
    }
}

import LMDB

/// Writes a row, column by column, in the order of the table's columns.
public struct RowEncoder: ~Copyable {
    private var types = ByteBuffer()
    private var values = ByteBuffer()

    @usableFromInline
    init() {}

    var bytes: [UInt8] { types.bytes.array + values.bytes.array }

    func store(in arena: ByteArena) -> ByteArena.Slice { arena.append(types.bytes, values.bytes) }

    /// Begins another row in the same memory.
    mutating func removeAll() {
        types.removeAll()
        values.removeAll()
    }

    mutating func append(_ value: SQLValue) {
        switch value {
        case .null: appendNull()
        case .integer(let value): append(value)
        case .real(let value): append(value)
        case .text(let text): append(text)
        case .blob(let bytes):
            appendType(UInt64(bytes.count) * 2 + 12)
            values.append(bytes.span.bytes)
        }
    }

    @usableFromInline
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
        values.append(UInt64(bitPattern: value), length: length)
    }

    mutating func append(_ value: Double) {
        // SQLite has no NaN either: it stores NULL.
        if value.isNaN { return appendNull() }
        appendType(7)
        // Nor has it a negative zero.
        let value = value == 0 ? 0 : value
        values.append(value.bitPattern, length: 8)
    }

    mutating func append(_ text: String) { append(text: text.utf8.span.bytes) }

    /// UTF-8.
    mutating func append(text: RawSpan) {
        appendType(UInt64(text.byteCount) * 2 + 13)
        values.append(text)
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

/// The cells of a row, one after the other, each within the row's bytes.
@usableFromInline
struct CellSequence {
    /// Where the next serial type is, and where the values begin.
    @usableFromInline var typeOffset = 0
    @usableFromInline let typesEnd: Int
    @usableFromInline var valueOffset: Int

    /// Of no row.
    init() {
        typesEnd = 0
        valueOffset = 0
    }

    /// - Returns: nil when the row has no serial types for so many columns.
    init?(_ count: Int, of row: RawSpan) {
        guard let end = Self.typesEnd(count, in: row) else { return nil }
        typesEnd = end
        valueOffset = end
    }

    /// The values begin where the last serial type ends, at a byte without the bit that says that more follows.
    private static func typesEnd(_ count: Int, in row: RawSpan) -> Int? {
        var offset = 0
        var left = count
        // Eight types at once, or the rest of them, where each takes one byte.
        while left > 0, offset + 8 <= row.byteCount {
            let types = UInt64(littleEndian: row.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
            let step = min(left, 8)
            guard (types & 0x8080_8080_8080_8080) << UInt64(64 - step * 8) == 0 else { break }
            offset += step
            left -= step
        }
        while left > 0 {
            guard offset < row.byteCount else { return nil }
            if row.unsafeLoad(fromByteOffset: offset, as: UInt8.self) & 0x80 == 0 { left -= 1 }
            offset += 1
        }
        return offset
    }

    /// The next cell; nil after the last, and where the bytes are not a row's.
    // Inlined at each column of each type of row: a call takes as long as the work.
    @inlinable
    @inline(__always)
    mutating func next(in row: RawSpan) -> RowFormat.Cell? {
        guard typeOffset < typesEnd else { return nil }
        var type = UInt64(row.unsafeLoad(fromByteOffset: typeOffset, as: UInt8.self))
        typeOffset += 1
        if type & 0x80 != 0 {
            guard let long = longType(type, in: row) else { return nil }
            type = long
        }
        guard let length = Self.length(ofSerialType: type), length <= row.byteCount - valueOffset else { return nil }
        defer { valueOffset += length }
        return RowFormat.Cell(serialType: type, offset: valueOffset, length: length)
    }

    /// A serial type of several bytes, of which one is read.
    @usableFromInline
    mutating func longType(_ first: UInt64, in row: RawSpan) -> UInt64? {
        var type = first & 0x7F
        var shift: UInt64 = 7
        while typeOffset < typesEnd, shift < 63 {
            let byte = row.unsafeLoad(fromByteOffset: typeOffset, as: UInt8.self)
            typeOffset += 1
            type |= UInt64(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return type }
            shift += 7
        }
        return nil
    }

    @inlinable
    static func length(ofSerialType type: UInt64) -> Int? {
        type < 10 || type >= 12 && type <= 1 << 40 ? knownLength(ofSerialType: type) : nil
    }

    @inlinable
    static func knownLength(ofSerialType type: UInt64) -> Int {
        // A digit for each of the types 0 to 9.
        type >= 12 ? Int((type &- 12) / 2) : Int(0x00_8864_3210 &>> (type &* 4) & 0xF)
    }

    /// Whether the cells took all of the row.
    @inlinable
    func isAtEnd(of row: RawSpan) -> Bool { typeOffset == typesEnd && valueOffset == row.byteCount }
}

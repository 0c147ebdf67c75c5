import LMDB

/// The bytes of a row: a serial type for each column, then the values one after the other.
///
/// The serial types are those of SQLite's record format (https://www.sqlite.org/fileformat2.html#record_format), as LEB128: 0 NULL; 1 to 6 an
/// integer of 1, 2, 3, 4, 6 or 8 bytes, little-endian here; 7 a double; 8 and 9 the integers 0 and 1; from 12 on a blob of (n − 12) / 2 bytes
/// when even, a text of (n − 13) / 2 bytes when odd.
public enum RowFormat {
    /// Where a column's value is in its row.
    public struct Cell: Sendable {
        public let serialType: UInt64
        public let offset: Int
        public let length: Int

        @inlinable public var isNull: Bool { serialType == 0 }
        public var isText: Bool { serialType >= 13 && serialType & 1 == 1 }
        public var isBlob: Bool { serialType >= 12 && serialType & 1 == 0 }
        public var isReal: Bool { serialType == 7 }
        public var isInteger: Bool { (1...6).contains(serialType) || serialType == 8 || serialType == 9 }
    }

    static func length(ofSerialType type: UInt64) -> Int? {
        switch type {
        case 0, 8, 9: 0
        case 1...4: Int(type)
        case 5: 6
        case 6, 7: 8
        case 12...(1 << 40): Int((type - 12) / 2)
        default: nil
        }
    }

    /// Finds the cells of a row; false when the bytes are not a row of so many columns.
    public static func locate(_ count: Int, in row: RawSpan, into cells: inout [Cell]) -> Bool {
        cells.removeAll(keepingCapacity: true)
        // The values begin where the last serial type ends, at a byte without the bit that says that more follows.
        var valueOffset = 0
        var left = count
        while left > 0 {
            guard valueOffset < row.byteCount else { return false }
            if row.unsafeLoad(fromByteOffset: valueOffset, as: UInt8.self) & 0x80 == 0 { left -= 1 }
            valueOffset += 1
        }
        var offset = 0
        for _ in 0..<count {
            var type: UInt64 = 0
            var shift: UInt64 = 0
            while true {
                guard shift < 63 else { return false }
                let byte = row.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
                offset += 1
                type |= UInt64(byte & 0x7F) << shift
                if byte & 0x80 == 0 { break }
                shift += 7
            }
            guard let length = length(ofSerialType: type) else { return false }
            cells.append(Cell(serialType: type, offset: valueOffset, length: length))
            valueOffset += length
        }
        return valueOffset == row.byteCount
    }

    public static func integer(_ cell: Cell, in row: RawSpan) -> Int64 {
        if cell.length == 0 { return cell.serialType == 9 ? 1 : 0 }
        let unused = UInt64(64 - cell.length * 8)
        // Eight bytes at once, where there are as many; those behind the value are shifted out.
        if cell.offset + 8 <= row.byteCount {
            let value = UInt64(littleEndian: row.unsafeLoadUnaligned(fromByteOffset: cell.offset, as: UInt64.self))
            return Int64(bitPattern: value << unused) >> Int64(unused)
        }
        var value: UInt64 = 0
        for place in (0..<cell.length).reversed() {
            value = value << 8 | UInt64(row.unsafeLoad(fromByteOffset: cell.offset + place, as: UInt8.self))
        }
        return Int64(bitPattern: value << unused) >> Int64(unused)
    }

    public static func real(_ cell: Cell, in row: RawSpan) -> Double {
        Double(bitPattern: UInt64(littleEndian: row.unsafeLoadUnaligned(fromByteOffset: cell.offset, as: UInt64.self)))
    }

    public static func value(_ cell: Cell, in row: RawSpan) -> SQLValue {
        if cell.isNull { return .null }
        if cell.isReal { return .real(real(cell, in: row)) }
        if cell.isInteger { return .integer(integer(cell, in: row)) }
        if cell.isText { return .text(text(cell, in: row)) }
        return .blob(row.extracting(cell.offset..<cell.offset + cell.length).array)
    }

    static func text(_ cell: Cell, in row: RawSpan) -> String {
        row.extracting(cell.offset..<cell.offset + cell.length).withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }
}

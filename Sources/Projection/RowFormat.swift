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

        @inlinable
        init(serialType: UInt64, offset: Int, length: Int) {
            self.serialType = serialType
            self.offset = offset
            self.length = length
        }

        // Asked of each value of a result: a call takes longer than the answer.
        @inlinable public var isNull: Bool { @inline(__always) get { serialType == 0 } }
        @inlinable public var isText: Bool { @inline(__always) get { serialType >= 13 && serialType & 1 == 1 } }
        /// Whether it is a text or a blob.
        @inlinable var hasBytes: Bool { @inline(__always) get { serialType >= 12 } }
        @inlinable public var isReal: Bool { @inline(__always) get { serialType == 7 } }
        @inlinable public var isInteger: Bool { @inline(__always) get { serialType < 10 && 0b11_0111_1110 &>> serialType & 1 == 1 } }
    }

    /// Finds the cells of a row; false when the bytes are not a row of so many columns.
    public static func locate(_ count: Int, in row: RawSpan, into cells: inout [Cell]) -> Bool {
        if cells.count != count { cells = Array(repeating: Cell(serialType: 0, offset: 0, length: 0), count: count) }
        if ShortTypes.locate(in: row, into: &cells) { return true }
        guard var sequence = CellSequence(count, of: row) else { return false }
        var located = cells.mutableSpan
        for place in 0..<count {
            guard let cell = sequence.next(in: row) else { return false }
            located[place] = cell
        }
        return sequence.isAtEnd(of: row)
    }

    @inlinable
    @inline(__always)
    public static func integer(_ cell: Cell, in row: RawSpan) -> Int64 {
        if cell.length == 0 { return cell.serialType == 9 ? 1 : 0 }
        // Eight bytes at once, where there are as many; those behind the value are shifted out.
        guard let word = row.word(at: cell.offset) else { return integer(atEnd: cell, in: row) }
        let unused = 64 &- UInt64(truncatingIfNeeded: cell.length) &* 8
        return Int64(bitPattern: word &<< unused) &>> Int64(truncatingIfNeeded: unused)
    }

    @usableFromInline
    static func integer(atEnd cell: Cell, in row: RawSpan) -> Int64 {
        var value: UInt64 = 0
        for place in (0..<cell.length).reversed() {
            value = value << 8 | UInt64(row.unsafeLoad(fromByteOffset: cell.offset + place, as: UInt8.self))
        }
        let unused = UInt64(64 - cell.length * 8)
        return Int64(bitPattern: value << unused) >> Int64(unused)
    }

    @inlinable
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

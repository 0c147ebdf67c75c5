import LMDB

/// Rows in which each serial type takes one byte, as all but those of long texts do: where a value is follows from the types before it, so that
/// no list of cells is made, which takes as long as to read them.
enum ShortTypes {
    /// The bytes of a value, by its serial type. Written out, since it is looked up without asking whether it was made already.
    static let lengths: [128 of UInt8] = [
        0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0xFF, 0xFF, 0, 0, 1, 1,
        2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9,
        10, 10, 11, 11, 12, 12, 13, 13, 14, 14, 15, 15, 16, 16, 17, 17,
        18, 18, 19, 19, 20, 20, 21, 21, 22, 22, 23, 23, 24, 24, 25, 25,
        26, 26, 27, 27, 28, 28, 29, 29, 30, 30, 31, 31, 32, 32, 33, 33,
        34, 34, 35, 35, 36, 36, 37, 37, 38, 38, 39, 39, 40, 40, 41, 41,
        42, 42, 43, 43, 44, 44, 45, 45, 46, 46, 47, 47, 48, 48, 49, 49,
        50, 50, 51, 51, 52, 52, 53, 53, 54, 54, 55, 55, 56, 56, 57, 57,
    ]

    /// The length of what is no value.
    private static let unknown: UInt8 = 0xFF

    /// Whether the bytes are a row of so many columns, each with a type of one byte.
    static func areAll(of row: RawSpan, _ count: Int) -> Bool {
        guard row.byteCount >= count else { return false }
        var end = count
        var bits: UInt8 = 0
        row.extracting(first: count).forEachByte { _, type in
            let length = lengths[Int(type & 0x7F)]
            bits |= type | length
            end &+= Int(length)
        }
        // The highest bit is that of types with a second byte, and of unknown ones.
        return bits & 0x80 == 0 && end == row.byteCount
    }

    /// Finds the cells of a row of as many columns; false where `areAll` is not so, and then what `cells` holds means nothing.
    static func locate(in row: RawSpan, into cells: inout [RowFormat.Cell]) -> Bool {
        guard row.byteCount >= cells.count else { return false }
        var located = cells.mutableSpan
        var end = located.count
        var bits: UInt8 = 0
        row.extracting(first: located.count).forEachByte { column, type in
            let length = lengths[Int(type & 0x7F)]
            bits |= type | length
            located[column] = RowFormat.Cell(serialType: UInt64(type), offset: end, length: Int(length))
            end &+= Int(length)
        }
        return bits & 0x80 == 0 && end == row.byteCount
    }

    /// The value of a column in a row of so many, of which `areAll` is so.
    static func cell(_ column: Int, of row: RawSpan, _ count: Int) -> RowFormat.Cell {
        var offset = count
        row.extracting(first: column).forEachByte { _, type in offset &+= Int(lengths[Int(type & 0x7F)]) }
        let type = row.unsafeLoad(fromByteOffset: column, as: UInt8.self)
        return RowFormat.Cell(serialType: UInt64(type), offset: offset, length: Int(lengths[Int(type & 0x7F)]))
    }
}

import LMDB

/// A value in place: good for as long as the row that it is in.
public enum ValueView: ~Escapable {
    case null
    case integer(Int64)
    case real(Double)
    /// UTF-8.
    case text(RawSpan)
    case blob(RawSpan)

    /// A copy.
    public var sqlValue: SQLValue {
        switch self {
        case .null: .null
        case .integer(let number): .integer(number)
        case .real(let number): .real(number)
        case .text(let bytes): .text(bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) })
        case .blob(let bytes): .blob(bytes.array)
        }
    }

    @inlinable
    @inline(__always)
    @_lifetime(copy row)
    init(_ cell: RowFormat.Cell, in row: RawSpan) {
        if cell.hasBytes {
            let bytes = row.extracting(unchecked: cell.offset..<cell.offset + cell.length)
            self = cell.isText ? .text(bytes) : .blob(bytes)
        } else if cell.isInteger {
            self = .integer(RowFormat.integer(cell, in: row))
        } else {
            self = cell.isReal ? .real(RowFormat.real(cell, in: row)) : .null
        }
    }
}

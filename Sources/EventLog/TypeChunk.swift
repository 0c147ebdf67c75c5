import LMDB

/// Positions of one type, packed: a little-endian head, then the steps from one position to the next as LEB128.
struct TypeChunk {
    /// A chunk is closed at this size, so that four fit a page.
    static let limit = 960

    private(set) var bytes: [UInt8]
    private(set) var last: Position

    /// Events of the type up to and with this chunk.
    private(set) var total: UInt64

    init(first: Position, totalBefore: UInt64) {
        last = first
        total = totalBefore &+ 1
        bytes = []
        bytes.appendLittleEndian(last)
        bytes.appendLittleEndian(total)
    }

    init?(_ span: RawSpan) {
        guard span.byteCount >= 16 else { return nil }
        bytes = span.array
        last = span.loadLittleEndian(0)
        total = span.loadLittleEndian(8)
    }

    var isFull: Bool { bytes.count >= Self.limit }

    // In a damaged index the numbers may be any: they must not end the process. `verify` finds it, and a rebuild mends it.
    mutating func add(_ position: Position) {
        bytes.appendVariableLength(position &- last)
        last = position
        total &+= 1
    }

    /// The bytes to store, with the head brought up to date.
    var stored: [UInt8] {
        var stored: [UInt8] = []
        stored.reserveCapacity(bytes.count)
        stored.appendLittleEndian(last)
        stored.appendLittleEndian(total)
        stored.append(contentsOf: bytes[16...])
        return stored
    }

    static func positions(in span: RawSpan, first: Position) -> [Position] {
        var positions = [first]
        var position = first
        var step: UInt64 = 0
        var shift: UInt64 = 0
        var offset = 16
        while offset < span.byteCount {
            let byte = span.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
            offset += 1
            step |= UInt64(byte & 0x7F) << shift
            shift += 7
            if byte & 0x80 == 0 || shift > 63 {
                position &+= step
                positions.append(position)
                step = 0
                shift = 0
            }
        }
        return positions
    }
}

import LMDB

/// Keys of the index's trees.
enum IndexKey {
    /// By id, then source: ids that were made one after the other (UUIDv7) lie side by side. A canonical UUID takes 16 bytes instead of 36.
    static func id(_ id: String, source: String) -> [UInt8] {
        var key: [UInt8] = []
        writeID(id.utf8.span.bytes, source: source.utf8.span.bytes, into: &key)
        return key.asKey
    }

    /// `id(_:source:)`, not yet shortened, in memory that is used again.
    static func writeID(_ id: RawSpan, source: RawSpan, into key: inout [UInt8]) {
        key.removeAll(keepingCapacity: true)
        writeID(id, into: &key)
        source.withUnsafeBytes { key.append(contentsOf: $0) }
    }

    /// The beginning of the keys of an id with any source; a shortened key keeps so many bytes.
    static func idPrefix(_ id: String) -> [UInt8] {
        var key: [UInt8] = []
        writeID(id.utf8.span.bytes, into: &key)
        return Array(key.prefix(495))
    }

    private static func writeID(_ id: RawSpan, into key: inout [UInt8]) {
        if id.byteCount == 36, let packed = packedUUID(id) {
            key.append(0x01)
            withUnsafeBytes(of: packed.high.bigEndian) { key.append(contentsOf: $0) }
            withUnsafeBytes(of: packed.low.bigEndian) { key.append(contentsOf: $0) }
            return
        }
        key.append(0x02)
        id.withUnsafeBytes { key.append(contentsOf: $0) }
        key.append(0x00)
    }

    /// nil when the 36 bytes are no UUID in small letters.
    private static func packedUUID(_ text: RawSpan) -> (high: UInt64, low: UInt64)? {
        func digits(_ place: Int, _ next: Int) -> UInt64? {
            let first = text.unsafeLoadUnaligned(fromByteOffset: place, as: UInt32.self)
            let second = text.unsafeLoadUnaligned(fromByteOffset: next, as: UInt32.self)
            return hexadecimal(UInt64(UInt32(littleEndian: first)) | UInt64(UInt32(littleEndian: second)) << 32)
        }
        let dashes = [8, 13, 18, 23].allSatisfy { text.unsafeLoad(fromByteOffset: $0, as: UInt8.self) == 0x2D }
        guard dashes, let a = digits(0, 4), let b = digits(9, 14), let c = digits(19, 24), let d = digits(28, 32) else { return nil }
        return (a << 32 | b, c << 32 | d)
    }

    /// The number that eight digits stand for, the first in the lowest byte; nil when one of them is no digit or a capital letter.
    // All at once: digit by digit took 5 % of the time of staging an event.
    private static func hexadecimal(_ text: UInt64) -> UInt64? {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let letters = text >> 6 & ones
        let values = (text & (ones * 0x0F)) + letters * 9
        // Whatever is no digit has another value than its kind allows, or would be written differently.
        guard values & (ones * 0xF0) == 0, (values + ones * 6) >> 4 & ones == letters, values + ones * 0x30 + letters * 0x27 == text else {
            return nil
        }
        var number = values.byteSwapped
        number = (number | number >> 4) & 0x00FF_00FF_00FF_00FF
        number = (number | number >> 8) & 0x0000_FFFF_0000_FFFF
        return (number | number >> 16) & 0xFFFF_FFFF
    }

    static func text(_ text: String) -> [UInt8] { Array(text.utf8).asKey }

    /// `text(_:)` in memory that is used again.
    static func write(_ text: String, into key: inout [UInt8]) {
        key.removeAll(keepingCapacity: true)
        text.utf8.span.bytes.withUnsafeBytes { key.append(contentsOf: $0) }
        key.shorten()
    }

    /// A chunk of positions: by type, then by the chunk's first position.
    static func chunk(_ type: String, first: Position) -> [UInt8] {
        var key = Array(type.utf8)
        key.append(0x00)
        key.appendBigEndian(first)
        return key
    }
}

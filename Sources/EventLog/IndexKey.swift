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
        let start = key.count
        key.append(0x01)
        if id.byteCount == 36, writePackedUUID(id, into: &key) { return }
        key.removeLast(key.count - start)
        key.append(0x02)
        id.withUnsafeBytes { key.append(contentsOf: $0) }
        key.append(0x00)
    }

    /// False when the 36 bytes are no UUID in small letters.
    private static func writePackedUUID(_ text: RawSpan, into key: inout [UInt8]) -> Bool {
        var place = 0
        while place < 36 {
            if place == 8 || place == 13 || place == 18 || place == 23 {
                guard text.unsafeLoad(fromByteOffset: place, as: UInt8.self) == 0x2D else { return false }
                place += 1
            }
            guard let high = digit(text, place), let low = digit(text, place + 1) else { return false }
            key.append(high << 4 | low)
            place += 2
        }
        return true
    }

    private static func digit(_ text: RawSpan, _ place: Int) -> UInt8? {
        switch text.unsafeLoad(fromByteOffset: place, as: UInt8.self) {
        case let byte where (0x30...0x39).contains(byte): byte - 0x30
        case let byte where (0x61...0x66).contains(byte): byte - 0x61 + 10
        default: nil
        }
    }

    static func text(_ text: String) -> [UInt8] { Array(text.utf8).asKey }

    /// A chunk of positions: by type, then by the chunk's first position.
    static func chunk(_ type: String, first: Position) -> [UInt8] {
        var key = Array(type.utf8)
        key.append(0x00)
        key.appendBigEndian(first)
        return key
    }
}

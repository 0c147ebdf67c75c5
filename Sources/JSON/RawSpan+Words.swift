extension RawSpan {
    /// Eight bytes as a little-endian number, in one load; the bounds are checked.
    @inline(__always)
    func word(_ offset: Int) -> UInt64 { UInt64(littleEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)) }

    /// Whether the bytes from an offset on are those of another span.
    ///
    /// Compares eight or four at a time, the last of them overlapping those before: most fields are found by a comparison or two.
    @inline(__always)
    func hasBytes(_ other: RawSpan, at offset: Int) -> Bool {
        let count = other.byteCount
        guard offset >= 0, byteCount &- offset >= count else { return false }
        if count >= 8 {
            var position = 0
            while position < count &- 8 {
                if word(offset &+ position) != other.word(position) { return false }
                position &+= 8
            }
            return word(offset &+ count &- 8) == other.word(count &- 8)
        }
        if count >= 4 {
            return halfWord(offset) == other.halfWord(0) && halfWord(offset &+ count &- 4) == other.halfWord(count &- 4)
        }
        var position = 0
        while position < count {
            if byte(offset &+ position) != other.byte(position) { return false }
            position &+= 1
        }
        return true
    }

    /// A number in which all bytes have a part; its upper bits are the better ones.
    @inline(__always)
    var hash: UInt64 {
        let count = byteCount
        let factor: UInt64 = 0x9E37_79B9_7F4A_7C15
        var hash = UInt64(truncatingIfNeeded: count)
        if count >= 8 {
            var position = 0
            while position < count &- 8 {
                hash = (hash ^ word(position)) &* factor
                hash ^= hash >> 32
                position &+= 8
            }
            hash ^= word(count &- 8)
        } else if count >= 4 {
            hash ^= UInt64(halfWord(0)) << 32 ^ UInt64(halfWord(count &- 4))
        } else if count > 0 {
            hash ^= UInt64(byte(0)) << 8 ^ UInt64(byte(count >> 1)) << 16 ^ UInt64(byte(count &- 1)) << 24
        }
        return hash &* factor
    }

    @inline(__always)
    private func halfWord(_ offset: Int) -> UInt32 { unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self) }

    @inline(__always)
    private func byte(_ offset: Int) -> UInt8 { unsafeLoad(fromByteOffset: offset, as: UInt8.self) }
}

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

    @inline(__always)
    private func halfWord(_ offset: Int) -> UInt32 { unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self) }

    @inline(__always)
    private func byte(_ offset: Int) -> UInt8 { unsafeLoad(fromByteOffset: offset, as: UInt8.self) }
}

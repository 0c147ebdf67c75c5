extension RawSpan {
    /// Eight bytes as a little-endian number, in one load; the bounds are checked.
    @inline(__always)
    func word(_ offset: Int) -> UInt64 {
        UInt64(littleEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// Whether the bytes from an offset on are those of another span.
    ///
    /// Compares eight at a time: most fields are found by a comparison or two.
    @inline(__always)
    func hasBytes(_ other: RawSpan, at offset: Int) -> Bool {
        let count = other.byteCount
        guard offset >= 0, byteCount &- offset >= count else { return false }
        guard count >= 8 else {
            var position = 0
            while position < count {
                if self[byte: offset &+ position] != other[byte: position] { return false }
                position &+= 1
            }
            return true
        }
        var position = 0
        while position < count &- 8 {
            if word(offset &+ position) != other.word(position) { return false }
            position &+= 8
        }
        // The last eight, which may overlap those before.
        return word(offset &+ count &- 8) == other.word(count &- 8)
    }

    private subscript(byte offset: Int) -> UInt8 {
        @inline(__always) get { unsafeLoad(fromByteOffset: offset, as: UInt8.self) }
    }
}

/// Finds out whether a type asks an object for the same name twice.
///
/// It never misses one, and hardly ever takes another name for it: of eleven names in every 170th set.
struct JSONAskedNames {
    // Each name has a bit in both; 256 of them keep a dozen names apart.
    private var first = InlineArray<4, UInt64>(repeating: 0)
    private var second = InlineArray<4, UInt64>(repeating: 0)

    /// Notes a name; false when it may have been noted before.
    @inline(__always)
    mutating func insert(_ name: Span<UInt8>) -> Bool {
        let hash = name.bytes.hash
        let firstWord = Int(hash >> 62)
        let firstBit: UInt64 = 1 << (hash >> 56 & 63)
        let secondWord = Int(hash >> 54 & 3)
        let secondBit: UInt64 = 1 << (hash >> 48 & 63)
        if first[firstWord] & firstBit != 0, second[secondWord] & secondBit != 0 { return false }
        first[firstWord] |= firstBit
        second[secondWord] |= secondBit
        return true
    }
}

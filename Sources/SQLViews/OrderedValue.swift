import Projection

/// Reads a component of an `OrderedKey` back.
enum OrderedValue {
    /// Hands over the value of a component; false when the bytes are none.
    static func set(_ key: RawSpan, _ range: Range<Int>, isDescending: Bool, to result: ColumnResult) -> Bool {
        let mask: UInt8 = isDescending ? 0xFF : 0
        func byte(_ place: Int) -> UInt8 { key.unsafeLoad(fromByteOffset: place, as: UInt8.self) ^ mask }
        func bigEndian(_ range: Range<Int>) -> UInt64 { range.reduce(0) { $0 << 8 | UInt64(byte($1)) } }
        let content = range.dropFirst()
        switch byte(range.lowerBound) {
        case 0x05: result.setNull()
        case 0x14...0x1C: result.set(Int64(truncatingIfNeeded: bigEndian(content)))
        // Of a negative number the bytes are those of the complement of its magnitude.
        case 0x0C...0x13: result.set(negative(bigEndian(content), length: content.count))
        case 0x21:
            let bits = bigEndian(content)
            result.set(Double(bitPattern: bits >> 63 == 1 ? bits & ~(1 << 63) : ~bits))
        case 0x30 where !isDescending:
            return key.extracting(content.lowerBound..<max(content.lowerBound, content.upperBound - 1)).withUnsafeBytes { text in
                // NULs are spelled as two bytes: such a text is left to the row.
                guard !text.contains(0) else { return false }
                result.setCopy(ofText: text)
                return true
            }
        default: return false
        }
        return true
    }

    private static func negative(_ stored: UInt64, length: Int) -> Int64 {
        let magnitude = ~stored & (length >= 8 ? .max : (1 << UInt64(length * 8)) - 1)
        return Int64(truncatingIfNeeded: 0 &- magnitude)
    }
}

/// Time-ordered UUIDs (RFC 9562, section 5.7): ids made one after the other lie side by side in the index.
public enum UUIDv7 {
    /// A new one, as text.
    public static func make(at time: Timestamp = .now()) -> String {
        var generator = SystemRandomNumberGenerator()
        return make(at: time, using: &generator)
    }

    static func make(at time: Timestamp, using generator: inout some RandomNumberGenerator) -> String {
        let milliseconds = UInt64(max(0, time.microseconds / 1000))
        // The twelve bits after the version hold the fraction of the millisecond, so that one process counts upwards within it.
        let fraction = UInt64(max(0, time.microseconds % 1000)) * 4096 / 1000
        let high = milliseconds << 16 | 0x7000 | fraction
        let low = generator.next() & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
        let digits = Array("0123456789abcdef".utf8)
        return String(unsafeUninitializedCapacity: 36) { buffer in
            var count = 0
            for place in 0..<32 {
                if place == 8 || place == 12 || place == 16 || place == 20 {
                    buffer[count] = 0x2D
                    count += 1
                }
                let word = place < 16 ? high : low
                buffer[count] = digits[Int(word >> (60 - UInt64(place % 16) * 4) & 0xF)]
                count += 1
            }
            return count
        }
    }
}

import LMDB
import TestSupport
import Testing

struct ByteBufferTests {
    /// Pieces of all kinds and lengths, as an array takes them.
    @Test func equalsAnArray() {
        var random = SplitMix64(seed: 20_261_121)
        var buffer = ByteBuffer()
        for _ in 0..<50 {
            var expected: [UInt8] = []
            buffer.removeAll()
            for _ in 0..<Int.random(in: 0...200, using: &random) {
                switch Int.random(in: 0..<3, using: &random) {
                case 0:
                    let byte = UInt8.random(in: .min ... .max, using: &random)
                    buffer.append(byte)
                    expected.append(byte)
                case 1:
                    let number = UInt64.random(in: .min ... .max, using: &random)
                    let length = Int.random(in: 0...8, using: &random)
                    buffer.append(number, length: length)
                    for place in 0..<length { expected.append(UInt8(truncatingIfNeeded: number >> UInt64(place * 8))) }
                default:
                    let bytes = (0..<Int.random(in: 0...600, using: &random)).map { UInt8(truncatingIfNeeded: $0) }
                    buffer.append(bytes.span.bytes)
                    expected += bytes
                }
                #expect(buffer.count == expected.count)
            }
            #expect(buffer.bytes.array == expected)
            #expect(buffer.withUnsafeBytes { Array($0) } == expected)
        }
    }
}

import TestSupport
import Testing

@testable import EventLog

struct IndexKeyTests {
    /// A canonical UUID takes 16 bytes; every other text of its length, be it another by a single byte, stands as it is.
    @Test func packsCanonicalUUIDsOnly() {
        let text = Array("0193a5f7-89ab-7cde-8f01-23456789abcd".utf8)
        let digits = Array("0123456789abcdef".utf8)
        for place in text.indices {
            for byte in UInt8.min...0x7F {
                var changed = text
                changed[place] = byte
                let isDash = [8, 13, 18, 23].contains(place)
                let isUUID = isDash ? byte == 0x2D : digits.contains(byte)
                let key = IndexKey.id(String(decoding: changed, as: UTF8.self), source: "s")
                var expected: [UInt8] = [0x02] + changed + [0x00]
                if isUUID {
                    let values = changed.filter { $0 != 0x2D }.compactMap { digits.firstIndex(of: $0) }
                    expected = [0x01] + stride(from: 0, to: 32, by: 2).map { UInt8(values[$0] << 4 | values[$0 + 1]) }
                }
                #expect(key == expected + Array("s".utf8), "byte \(byte) at \(place)")
            }
        }
    }
}

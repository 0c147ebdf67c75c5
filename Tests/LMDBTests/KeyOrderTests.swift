import LMDB
import TestSupport
import Testing

struct KeyOrderTests {
    @Test(arguments: 0..<40 as Range<UInt64>)
    func agreesWithComparingWholeKeys(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let shared = (0..<Int.random(in: 0...12, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
        let keys = (0..<Int.random(in: 0...1000, using: &random)).map { _ in
            // Short keys from a small alphabet: many are equal, begin alike, or begin one another; zeros stand beside ends.
            shared + (0..<Int.random(in: 0...11, using: &random)).map { _ in [0, 0, 1, 255].randomElement(using: &random) ?? 0 as UInt8 }
        }
        let expected = keys.indices.sorted { one, other in
            keys[one] == keys[other] ? one < other : keys[one].lexicographicallyPrecedes(keys[other])
        }
        let arena = ByteArena()
        let slices = keys.map { arena.append($0.span.bytes) }
        #expect(KeyOrder.order(of: slices, in: arena) == expected, "seed \(seed)")
        #expect(KeyOrder.order(of: expected.map { slices[$0] }, in: arena) == Array(keys.indices), "seed \(seed), sorted already")
    }
}

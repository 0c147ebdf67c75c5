import LMDB
import TestSupport
import Testing

struct KeyOrderTests {
    @Test(arguments: 0..<40 as Range<UInt64>)
    func agreesWithComparingWholeKeys(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let shared = (0..<Int.random(in: 0...12, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
        let elements = (0..<Int.random(in: 0...300, using: &random)).map { number in
            // Short keys from a small alphabet: many are equal, begin alike, or begin one another; zeros stand beside ends.
            let rest = (0..<Int.random(in: 0...11, using: &random)).map { _ in [0, 0, 1, 255].randomElement(using: &random) ?? 0 as UInt8 }
            return (key: shared + rest, number: number)
        }
        let expected = elements.sorted { one, other in
            one.key == other.key ? one.number < other.number : one.key.lexicographicallyPrecedes(other.key)
        }
        #expect(KeyOrder.sorted(elements, by: \.key).map(\.number) == expected.map(\.number), "seed \(seed)")
        #expect(KeyOrder.sorted(expected, by: \.key).map(\.number) == expected.map(\.number), "seed \(seed), sorted already")
    }
}

import LMDB
import TestSupport
import Testing

struct ByteMapTests {
    /// Against a dictionary of the standard library.
    @Test(arguments: 0..<20 as Range<UInt64>)
    func agreesWithADictionary(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let arena = ByteArena()
        let map = ByteMap()
        for _ in 0..<3 {
            var expected: [[UInt8]: Int] = [:]
            for _ in 0..<Int.random(in: 0...3000, using: &random) {
                let key = (0..<Int.random(in: 0...3, using: &random)).map { _ in UInt8.random(in: 0...20, using: &random) }
                #expect(map.number(of: key.span.bytes, in: arena) == expected[key], "seed \(seed)")
                let (number, isNew) = map.insert(key.span.bytes, in: arena)
                #expect(isNew == (expected[key] == nil), "seed \(seed)")
                #expect(number == expected[key] ?? expected.count, "seed \(seed)")
                expected[key] = number
                #expect(arena[map.key(number)].array == key, "seed \(seed)")
            }
            #expect(map.count == expected.count, "seed \(seed)")
            map.removeAll()
            arena.removeAll()
        }
    }

    /// Pieces larger than a chunk, and many chunks, stay where they are.
    @Test func keepsBytes() {
        let arena = ByteArena()
        for _ in 0..<2 {
            let sizes = [0, 1, 70_000, 5, 5_000_000, 3] + Array(repeating: 40_000, count: 200)
            let slices = sizes.enumerated().map { arena.append(Array(repeating: UInt8($0 & 0xFF), count: $1).span.bytes) }
            for (place, slice) in slices.enumerated() {
                #expect(arena[slice].array == Array(repeating: UInt8(place & 0xFF), count: sizes[place]))
            }
            #expect(arena.byteCount == sizes.reduce(0, +))
            arena.removeAll()
        }
    }
}

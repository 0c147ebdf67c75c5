import LMDB
import TestSupport
import Testing

/// Byte strings as keys, whatever their length.
struct KeyTests {
    private func bytes(_ count: Int, seed: UInt64) -> [UInt8] {
        var random = SplitMix64(seed: seed)
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
    }

    @Test(arguments: [1, 100, 494, 495, 496, 509, 510]) func shortKeysStayAsTheyAre(count: Int) {
        let key = bytes(count, seed: 1)
        #expect(key.asKey == key)
        #expect(!key.asKey.isShortenedKey)
    }

    @Test(arguments: [511, 512, 600, 5000]) func longKeysAreShortened(count: Int) {
        let key = bytes(count, seed: 2)
        #expect(key.asKey.count == Environment.maximumKeyLength)
        #expect(key.asKey.isShortenedKey)
        #expect(key.asKey[..<495] == key[..<495])
        #expect(key.asKey == bytes(count, seed: 2).asKey)
        for place in [0, 494, 495, 500, count - 1] {
            var other = key
            other[place] ^= 1
            #expect(other.asKey != key.asKey, "byte \(place)")
        }
        #expect((key + [0]).asKey != key.asKey)
    }

    /// 510 bytes are kept and 511 are not, so that no key is both itself and another's short form.
    @Test func aShortFormIsShortenedAgain() {
        let short = bytes(600, seed: 3).asKey
        #expect(short.asKey != short)
        #expect(bytes(511, seed: 4).asKey != bytes(511, seed: 4))
    }

    @Test func longKeysInATree() throws {
        let folder = TemporaryFolder()
        let environment = try Environment(at: folder["a"], trees: [.init("t")])
        let tree = environment.trees[0]
        let start = bytes(495, seed: 5)
        let keys =
            (0..<50).map { start + bytes(120, seed: 100 + UInt64($0)) }
            + [start, start + [1], start + [UInt8](repeating: 0, count: 15)]
        try environment.write { transaction in
            for (place, key) in keys.enumerated() { try transaction.put([UInt8(place)], for: key.asKey, in: tree) }
        }
        try environment.read { transaction throws in
            #expect(try transaction.count(tree) == keys.count)
            for (place, key) in keys.enumerated() { #expect(try transaction.copy(of: key.asKey, in: tree) == [UInt8(place)]) }
            #expect(try transaction.copy(of: (start + bytes(120, seed: 99)).asKey, in: tree) == nil)
        }
    }
}

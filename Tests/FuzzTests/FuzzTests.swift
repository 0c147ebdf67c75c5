import FuzzTargets
import Glibc
import TestSupport
import Testing

/// The short form of `tools/fuzz`: the same targets with their seeds, and these changed at random.
struct FuzzTests {
    @Test(arguments: fuzzTargets.map { $0.name }) func survivesAndKeepsItsPromises(_ name: String) throws {
        let type = try #require(fuzzTargets.first { $0.name == name })
        let target = try type.init()
        let seeds = try type.seeds()
        for seed in seeds { #expect(throws: Never.self) { try target.run(seed) } }
        let first = getenv("SPOOL_TORTURE_SEED").flatMap { UInt64(String(cString: $0)) } ?? UInt64.random(in: 0 ... .max)
        let end = ContinuousClock.now + .milliseconds(400)
        var number: UInt64 = 0
        while .now < end {
            var random = SplitMix64(seed: first &+ number)
            let input = mutated(seeds, &random)
            do {
                try target.run(input)
            } catch {
                Issue.record("seed \(first &+ number): \(error) with \(input)")
                return
            }
            number += 1
        }
        #expect(number > 0, "seed \(first): no time for anything")
    }

    private func mutated(_ seeds: [[UInt8]], _ random: inout SplitMix64) -> [UInt8] {
        let interesting: [UInt8] = [
            0, 0xFF, 0x80, 0xC0, 0xED, 0x22, 0x5C, 0x27, 0x28, 0x2C, 0x3D, 0x3A, 0x7B, 0x5B, 0x0A, 0x0D, 0x30, 0x39,
        ]
        var bytes = seeds.randomElement(using: &random) ?? []
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            let place = Int.random(in: 0...bytes.count, using: &random)
            let end = min(bytes.count, place + Int.random(in: 0...8, using: &random))
            switch Int.random(in: 0..<6, using: &random) {
            case 0: bytes.removeSubrange(place..<end)
            case 1: bytes.insert(contentsOf: bytes[place..<end], at: place)
            case 2: bytes.insert(interesting.randomElement(using: &random) ?? 0, at: place)
            case 3 where place < bytes.count: bytes[place] = .random(in: 0...255, using: &random)
            case 4 where place < bytes.count: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            default:
                let other = seeds.randomElement(using: &random) ?? []
                let start = Int.random(in: 0...other.count, using: &random)
                bytes.replaceSubrange(place..<end, with: other[start..<min(other.count, start + 20)])
            }
        }
        return bytes
    }
}

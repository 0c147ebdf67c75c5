import LMDB
import TestSupport
import Testing

@testable import Projection

struct IndexRunsTests {
    /// Against a dictionary that the same changes were made to.
    @Test(arguments: 0..<9 as Range<UInt64>)
    func mergesToWhatIsThereInTheEnd(seed: UInt64) throws {
        let folder = TemporaryFolder()
        var random = SplitMix64(seed: seed)
        let runs = try IndexRuns(in: folder.path)
        var expected: [[UInt8]: [UInt8]] = [:]
        for _ in 0..<Int.random(in: 0...30, using: &random) {
            let arena = ByteArena()
            var batch = TreeBatch()
            var keys: Set<[UInt8]> = []
            for _ in 0..<Int.random(in: 0...(seed % 3 == 0 ? 1500 : 50), using: &random) {
                let key = (0..<Int.random(in: 1...(seed % 4 == 0 ? 511 : 3), using: &random)).map { _ in
                    UInt8.random(in: 0...9, using: &random)
                }
                guard keys.insert(key).inserted else { continue }
                let place = arena.append(key.span.bytes)
                if Int.random(in: 0..<3, using: &random) == 0 {
                    batch.remove(place)
                    expected[key] = nil
                } else {
                    let length = Int.random(in: 0...(seed % 4 == 0 ? 511 : 20), using: &random)
                    let value = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
                    batch.put(arena.append(value.span.bytes), for: place)
                    expected[key] = value
                }
            }
            try runs.add(&batch, arena)
        }
        let merge = try runs.merged()
        for (key, value) in expected.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            let isThere = try merge.next { found, content in
                #expect(found.elementsEqual(key) && content.elementsEqual(value), "seed \(seed)")
            }
            try #require(isThere, "seed \(seed)")
        }
        #expect(try !merge.next { _, _ in }, "seed \(seed)")
    }
}

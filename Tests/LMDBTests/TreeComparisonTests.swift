import LMDB
import TestSupport
import Testing

/// Walking two trees side by side, against sets.
struct TreeComparisonTests {
    let folder = TemporaryFolder()

    private struct Counts: Equatable {
        var onlyFirst = 0
        var onlySecond = 0
        var changed = 0
    }

    private func compare(_ first: Environment, _ second: Environment) throws -> Counts {
        var counts = Counts()
        try first.read { one in
            try second.read { other in
                try one.compare(first.trees[0], with: other, second.trees[0]) { difference in
                    switch difference {
                    case .onlyInFirst: counts.onlyFirst += 1
                    case .onlyInSecond: counts.onlySecond += 1
                    case .differentValue: counts.changed += 1
                    }
                }
            }
        }
        return counts
    }

    @Test(arguments: 1...10 as ClosedRange<UInt64>) func bytes(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        func model() -> [[UInt8]: [UInt8]] {
            var model: [[UInt8]: [UInt8]] = [:]
            for _ in 0..<Int.random(in: 0...60, using: &random) {
                let key = (0..<Int.random(in: 1...3, using: &random)).map { _ in UInt8.random(in: 0...4, using: &random) }
                model[key] = [UInt8.random(in: 0...1, using: &random)]
            }
            return model
        }
        let (one, other) = (model(), model())
        let first = try Environment(at: folder["a"], trees: [.init("t")])
        let second = try Environment(at: folder["b"], trees: [.init("t")])
        try first.write { for (key, value) in one { try $0.put(value, for: key, in: first.trees[0]) } }
        try second.write { for (key, value) in other { try $0.put(value, for: key, in: second.trees[0]) } }
        let expected = Counts(
            onlyFirst: one.keys.filter { other[$0] == nil }.count, onlySecond: other.keys.filter { one[$0] == nil }.count,
            changed: one.filter { key, value in other[key].map { $0 != value } ?? false }.count)
        #expect(try compare(first, second) == expected, "seed \(seed)")
        #expect(try compare(first, first) == Counts())
    }

    @Test func integers() throws {
        let first = try Environment(at: folder["a"], trees: [.init(nil, .integers)])
        let second = try Environment(at: folder["b"], trees: [.init(nil, .integers)])
        try first.write { for key in [1, 255, 256, 70_000] as [UInt64] { try $0.append(key, byteCount: 0, to: first.trees[0]) { _ in } } }
        try second.write { for key in [2, 256, 70_000] as [UInt64] { try $0.append(key, byteCount: 0, to: second.trees[0]) { _ in } } }
        #expect(try compare(first, second) == Counts(onlyFirst: 2, onlySecond: 1))
    }

    @Test func integerSets() throws {
        let first = try Environment(at: folder["a"], trees: [.init("t", .integerSets)])
        let second = try Environment(at: folder["b"], trees: [.init("t", .integerSets)])
        try first.write { for number in [1, 5, 256, 300] as [UInt64] { try $0.insert(number, for: [1], in: first.trees[0]) } }
        try second.write { transaction in
            for number in [5, 256, 301] as [UInt64] { try transaction.insert(number, for: [1], in: second.trees[0]) }
            try transaction.insert(1, for: [2], in: second.trees[0])
        }
        #expect(try compare(first, second) == Counts(onlyFirst: 2, onlySecond: 2))
    }
}

import LMDB
import TestSupport
import Testing

/// Cursors against a sorted array.
struct CursorTests {
    let folder = TemporaryFolder()

    @Test(arguments: 1...3 as ClosedRange<UInt64>) func bytesBothWays(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let environment = try Environment(at: folder["a"], trees: [.init("t")])
        let tree = environment.trees[0]
        var model: [[UInt8]: [UInt8]] = [:]
        try environment.write { transaction in
            for _ in 0..<600 {
                let key = (0..<Int.random(in: 1...6, using: &random)).map { _ in UInt8.random(in: 0...3, using: &random) }
                let value = [UInt8](repeating: UInt8.random(in: 0...255, using: &random), count: Int.random(in: 0...80, using: &random))
                model[key] = value
                try transaction.put(value, for: key, in: tree)
                if let victim = model.keys.sorted(by: { $0.lexicographicallyPrecedes($1) }).first, Bool.random(using: &random) {
                    model[victim] = nil
                    #expect(try transaction.remove(victim, from: tree))
                }
            }
        }
        let sorted = model.keys.sorted { $0.lexicographicallyPrecedes($1) }
        try environment.read { transaction throws in
            let cursor = try transaction.cursor(tree)
            var keys: [[UInt8]] = []
            var found = try cursor.move(.first)
            while found {
                keys.append(cursor.key.array)
                #expect(cursor.value.array == model[keys[keys.count - 1]] ?? [0xEE, 0xEE], "seed \(seed)")
                found = try cursor.move(.next)
            }
            #expect(keys == sorted, "seed \(seed)")
            keys = []
            found = try cursor.move(.last)
            while found {
                keys.append(cursor.key.array)
                found = try cursor.move(.previous)
            }
            #expect(keys == sorted.reversed(), "seed \(seed)")
            for _ in 0..<300 {
                let wanted = (0..<Int.random(in: 0...6, using: &random)).map { _ in UInt8.random(in: 0...4, using: &random) }
                let expected = sorted.first { !$0.lexicographicallyPrecedes(wanted) }
                #expect(try cursor.seek(wanted) == (expected != nil), "seed \(seed)")
                if let expected { #expect(cursor.key.array == expected, "seed \(seed)") }
                if !wanted.isEmpty { #expect(try cursor.find(wanted) == (model[wanted] != nil), "seed \(seed)") }
            }
        }
    }

    @Test func integersInNumericOrder() throws {
        let environment = try Environment(at: folder["a"], trees: [.init(nil, .integers)])
        let tree = environment.trees[0]
        let keys: [UInt64] = [1, 2, 255, 256, 257, 65_535, 65_536, 1 << 40, .max - 1]
        try environment.write { transaction in
            for key in keys { try transaction.append(key, byteCount: 1, to: tree) { $0[0] = UInt8(truncatingIfNeeded: key) } }
        }
        try environment.read { transaction throws in
            let cursor = try transaction.cursor(tree)
            var seen: [UInt64] = []
            var found = try cursor.move(.first)
            while found {
                seen.append(cursor.integerKey)
                found = try cursor.move(.next)
            }
            #expect(seen == keys)
            for wanted in [0, 3, 255, 258, 65_537, .max - 1] as [UInt64] {
                #expect(try cursor.seek(wanted))
                #expect(cursor.integerKey == keys.first { $0 >= wanted })
            }
            #expect(try !cursor.seek(UInt64.max))
            #expect(try bytes(transaction, 256, tree) == [0])
            #expect(try bytes(transaction, 300, tree) == nil)
            #expect(try bytes(transaction, 0, tree) == nil)
        }
    }

    @Test(arguments: 1...3 as ClosedRange<UInt64>) func integerSets(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let environment = try Environment(at: folder["a"], trees: [.init("sets", .integerSets)])
        let tree = environment.trees[0]
        var model: [[UInt8]: Set<UInt64>] = [:]
        try environment.write { transaction in
            for _ in 0..<4000 {
                // One set has one number, one has thousands: a value in the node, a page within it, a tree of its own.
                let key: [UInt8] = [[1], [2, 2], [2, 2, 0], [9]].randomElement(using: &random) ?? [1]
                let number = key == [9] ? 7 : UInt64.random(in: 0...3000, using: &random) << (key == [1] ? 7 : 0)
                model[key, default: []].insert(number)
                try transaction.insert(number, for: key, in: tree)
            }
        }
        try environment.read { transaction throws in
            #expect(try transaction.count(tree) == model.values.reduce(0) { $0 + $1.count }, "seed \(seed)")
            for (key, set) in model {
                try checkSet(set.sorted(), of: key, transaction.cursor(tree), seed, &random)
            }
            let cursor = try transaction.cursor(tree)
            #expect(try !cursor.find([3]))
            #expect(try !cursor.find([3], atLeast: 0))
            // From set to set.
            var keys: [[UInt8]] = []
            var found = try cursor.move(.first)
            while found {
                keys.append(cursor.key.array)
                found = try cursor.move(.nextKey)
            }
            #expect(keys == model.keys.sorted { $0.lexicographicallyPrecedes($1) })
            keys = []
            found = try cursor.move(.last)
            while found {
                keys.append(cursor.key.array)
                found = try cursor.move(.previousKey)
            }
            #expect(keys == model.keys.sorted { $1.lexicographicallyPrecedes($0) })
        }
    }

    private func checkSet(_ sorted: [UInt64], of key: [UInt8], _ cursor: Cursor, _ seed: UInt64, _ random: inout SplitMix64) throws {
        #expect(try cursor.find(key))
        #expect(try cursor.valueCount() == sorted.count, "seed \(seed)")
        var seen: [UInt64] = []
        var found = try cursor.move(.firstValue)
        while found {
            seen.append(cursor.integerValue)
            found = try cursor.move(.nextValue)
        }
        #expect(seen == sorted, "seed \(seed)")
        seen = []
        #expect(try cursor.find(key))
        found = try cursor.move(.lastValue)
        while found {
            seen.append(cursor.integerValue)
            found = try cursor.move(.previousValue)
        }
        #expect(seen == sorted.reversed(), "seed \(seed)")
        for _ in 0..<100 {
            let wanted = UInt64.random(in: 0...(3100 << 7), using: &random) >> UInt64.random(in: 0...8, using: &random)
            let expected = sorted.first { $0 >= wanted }
            #expect(try cursor.find(key, atLeast: wanted) == (expected != nil), "seed \(seed)")
            guard let expected else { continue }
            #expect(cursor.integerValue == expected, "seed \(seed)")
            #expect(cursor.key.array == key, "seed \(seed)")
            let previous = sorted.last { $0 < expected }
            #expect(try cursor.move(.previousValue) == (previous != nil), "seed \(seed)")
            if let previous { #expect(cursor.integerValue == previous, "seed \(seed)") }
        }
    }

    @Test func puttingAndAppending() throws {
        let environment = try Environment(at: folder["a"], trees: [.init("t")])
        let tree = environment.trees[0]
        try environment.write { transaction in
            let cursor = try transaction.cursor(tree)
            for key in 1...100 as ClosedRange<UInt8> { try cursor.put([key], for: [key], append: true) }
            #expect(throws: LMDBError.self) { try cursor.put([0], for: [50], append: true) }
            try cursor.put([99], for: [50])
        }
        try environment.read { transaction throws in
            #expect(try transaction.count(tree) == 100)
            #expect(try transaction.copy(of: [50], in: tree) == [99])
        }
    }

    /// LMDB frees the cursors of a write transaction with it; ours may live on.
    @Test func cursorOutlivesItsTransaction() throws {
        let environment = try Environment(at: folder["a"], trees: [.init("t")])
        var kept: [Cursor] = []
        for round in 0..<20 as Range<UInt8> {
            let writer = try environment.beginWrite()
            try writer.put([round], for: [round + 1], in: environment.trees[0])
            let cursor = try writer.cursor(environment.trees[0])
            #expect(try cursor.move(.first))
            kept.append(cursor)
            if round % 2 == 0 { try writer.commit() } else { writer.end() }
            let reader = try environment.beginRead()
            kept.append(try reader.cursor(environment.trees[0]))
            reader.end()
        }
        for cursor in kept {
            #expect(throws: LMDBError.self) { try cursor.move(.first) }
            #expect(throws: LMDBError.self) { try cursor.seek([1]) }
        }
        kept = []
        #expect(try environment.read { try $0.count(environment.trees[0]) } == 10)
    }
}

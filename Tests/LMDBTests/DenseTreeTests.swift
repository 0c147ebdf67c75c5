import Glibc
import TestSupport
import Testing

@testable import LMDB

/// Values of keys 1, 2, 3 … are found wherever they lie, and no page is trusted on the way.
struct DenseTreeTests {
    let folder = TemporaryFolder()

    /// Values that leave a page to one key here and to a hundred there: where a key lies cannot be told from its share of all.
    private func length(_ key: UInt64) -> Int {
        switch key / 700 % 4 {
        case 0: Int(key % 9)
        case 1: 900 + Int(key % 1100)
        case 2: key % 50 == 3 ? 9000 : Int(key % 300)
        default: 30
        }
    }

    private func value(_ key: UInt64) -> [UInt8] { (0..<length(key)).map { UInt8(truncatingIfNeeded: UInt64($0) &+ key) } }

    private func environment(_ count: UInt64) throws -> Environment {
        let environment = try Environment(at: folder["a"], trees: [.init(nil, .integers)])
        try environment.write { transaction in
            for key in 0..<count {
                let value = value(key + 1)
                try transaction.append(key + 1, byteCount: value.count, to: environment.trees[0]) { $0.copyBytes(from: value) }
            }
        }
        return environment
    }

    @Test(arguments: [0, 1, 3, 40, 3000, 30_000] as [UInt64]) func findsEveryKey(count: UInt64) throws {
        let environment = try environment(count)
        let (transaction, tree) = try environment.beginDenseRead()
        defer { transaction.end() }
        var random = SplitMix64(seed: count)
        func check(_ key: UInt64) throws {
            var found: [UInt8]?
            if let bytes = try tree.value(of: key) { found = bytes.array }
            #expect(found == (key >= 1 && key <= count ? value(key) : nil), "key \(key)")
        }
        for _ in 0..<300 {
            // Some near each other, some anywhere, some beyond either end.
            let start = random.next() % (count + 2)
            let keys = (0..<random.next() % 12).map { random.next() % 3 == 0 ? random.next() % (count + 2) : start + $0 }
            if random.next() % 2 == 0 { tree.prefetch(keys) }
            for key in keys { try check(key) }
        }
        for key in count < 5000 ? 0...count + 1 : count - 20...count + 1 { try check(key) }
        try check(.max)
        tree.prefetch([.max, 0, .max])
    }

    /// Whatever a page says, a read ends: with an error, or with bytes that lie within the file.
    @Test func damagedPages() throws {
        let environment = try environment(3000)
        let descriptor = open(folder["a/data.mdb"], O_RDWR)
        defer { close(descriptor) }
        let (transaction, tree) = try environment.beginDenseRead()
        defer { transaction.end() }
        var random = SplitMix64(seed: 3)
        var failures = 0
        for _ in 0..<500 {
            let page = 2 + Int(random.next() % UInt64(tree.view.pageCount - 2))
            let place = off_t(page * 4096 + Int(random.next() % (random.next() % 2 == 0 ? 64 : 4096)))
            var before: UInt16 = 0
            var after = UInt16(truncatingIfNeeded: random.next())
            #expect(pread(descriptor, &before, 2, place) == 2)
            #expect(pwrite(descriptor, &after, 2, place) == 2)
            do throws(LMDBError) {
                let (transaction, tree) = try environment.beginDenseRead()
                defer { transaction.end() }
                for _ in 0..<20 {
                    let keys = (0..<20).map { _ in 1 + random.next() % 3000 }
                    tree.prefetch(keys)
                    for key in keys where try tree.value(of: key) == nil { Issue.record("no value of \(key)") }
                }
            } catch {
                #expect(error.isDamage)
                failures += 1
            }
            #expect(pwrite(descriptor, &before, 2, place) == 2)
        }
        #expect(failures > 15)
    }
}

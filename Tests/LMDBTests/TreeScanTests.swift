import Glibc
import TestSupport
import Testing

@testable import LMDB

/// A scan shows what a cursor shows, and trusts no page.
struct TreeScanTests {
    let folder = TemporaryFolder()

    private func entries(_ transaction: Transaction, _ tree: Tree) throws -> [[UInt8]] {
        var found: [[UInt8]] = []
        var scan = try transaction.scan(tree)
        while try scan.next() { found.append(scan.key.array + [0] + scan.value.array) }
        #expect(try !scan.next())
        return found
    }

    /// Small and large values, in trees of one to four levels.
    private func fill(_ environment: Environment, _ count: Int) throws {
        var random = SplitMix64(seed: UInt64(count))
        try environment.write { transaction in
            for number in 0..<count {
                let key = Array("\(random.next() % 1_000_000)-\(String(repeating: "k", count: Int(random.next() % 60)))".utf8)
                let length = number % 97 == 3 ? 5000 + Int(random.next() % 9000) : Int(random.next() % 200)
                try transaction.put((0..<length).map { UInt8(truncatingIfNeeded: $0 + number) }, for: key, in: environment.trees[1])
            }
        }
    }

    @Test(arguments: [0, 1, 20, 300, 20_000]) func showsWhatACursorShows(count: Int) throws {
        let environment = try Environment(at: folder["a"], trees: [.init("empty"), .init("filled"), .init("sets", .integerSets)])
        try fill(environment, count)
        try environment.read { transaction in
            var expected: [[UInt8]] = []
            let cursor = try transaction.cursor(environment.trees[1])
            var isThere = try cursor.move(.first)
            while isThere {
                expected.append(cursor.key.array + [0] + cursor.value.array)
                isThere = try cursor.move(.next)
            }
            #expect(try entries(transaction, environment.trees[1]) == expected)
            #expect(try entries(transaction, environment.trees[0]) == [])
            #expect(throws: LMDBError.self) { _ = try transaction.scan(environment.trees[2]) }
        }
        let ended = try environment.beginRead()
        var scan = try ended.scan(environment.trees[1])
        ended.end()
        #expect(throws: LMDBError.self) { _ = try scan.next() }
    }

    /// Whatever a page says, a scan ends: with an error, or with entries that lie within the file.
    @Test func damagedPages() throws {
        let environment = try Environment(at: folder["a"], trees: [.init("empty"), .init("filled")])
        try fill(environment, 3000)
        let descriptor = open(folder["a/data.mdb"], O_RDWR)
        defer { close(descriptor) }
        var random = SplitMix64(seed: 7)
        var failures = 0
        let (transaction, meta, view) = try environment.shared.beginCheckedRead()
        environment.shared.endRead(transaction)
        for _ in 0..<600 {
            // Among the pages' numbers, kinds and offsets, or anywhere in them.
            let page = 2 + Int(random.next() % UInt64(view.pageCount - 2))
            // The tree of names is LMDB's to read.
            if page == meta.main.page { continue }
            let place = off_t(page * 4096 + Int(random.next() % (random.next() % 2 == 0 ? 64 : 4096)))
            var before: UInt16 = 0
            var after = UInt16(truncatingIfNeeded: random.next())
            #expect(pread(descriptor, &before, 2, place) == 2)
            #expect(pwrite(descriptor, &after, 2, place) == 2)
            try environment.read { transaction in
                do {
                    _ = try entries(transaction, environment.trees[1])
                } catch let error as LMDBError {
                    #expect(error.isDamage)
                    failures += 1
                }
            }
            #expect(pwrite(descriptor, &before, 2, place) == 2)
        }
        #expect(failures > 50)
    }
}

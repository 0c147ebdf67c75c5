import LMDB
import TestSupport
import Testing

/// Transactions, and folders opened more than once.
struct EnvironmentTests {
    let folder = TemporaryFolder()

    @Test func commitIsSeenAndAbortIsNot() throws {
        let environment = try Environment(at: folder["a"], trees: [.init("t")])
        let tree = environment.trees[0]
        try environment.write { try $0.put([1], for: [10], in: tree) }
        struct Stop: Error {}
        #expect(throws: Stop.self) {
            try environment.write { transaction in
                try transaction.put([2], for: [20], in: tree)
                #expect(try transaction.copy(of: [20], in: tree) == [2])
                throw Stop()
            }
        }
        try environment.read { transaction throws in
            #expect(try transaction.copy(of: [10], in: tree) == [1])
            #expect(try transaction.copy(of: [20], in: tree) == nil)
            #expect(try transaction.count(tree) == 1)
        }
    }

    @Test func earlyCommitIsKeptWhateverComesAfter() throws {
        let environment = try Environment(at: folder["a"], trees: [.init("t")])
        let tree = environment.trees[0]
        struct Stop: Error {}
        #expect(throws: Stop.self) {
            try environment.write { transaction in
                try transaction.put([1], for: [10], in: tree)
                try transaction.commit()
                throw Stop()
            }
        }
        #expect(try environment.read { try $0.copy(of: [10], in: tree) } == [1])
        try environment.write { transaction in
            try transaction.commit()
            try transaction.commit()
            #expect(throws: LMDBError.self) { try transaction.put([1], for: [1], in: tree) }
        }
        // The writer's lock was let go.
        try environment.write { try $0.put([3], for: [30], in: tree) }
    }

    @Test func droppedWriteTransactionTakesItsChangesBack() throws {
        let environment = try Environment(at: folder["a"], trees: [.init("t")])
        let tree = environment.trees[0]
        do {
            let transaction = try environment.beginWrite()
            try transaction.put([1], for: [1], in: tree)
        }
        #expect(try environment.read { try $0.count(tree) } == 0)
        try environment.write { try $0.put([1], for: [2], in: tree) }
        #expect(try environment.read { try $0.count(tree) } == 1)
    }

    @Test func snapshotDoesNotMove() throws {
        let environment = try Environment(at: folder["a"], trees: [.init("t")])
        let tree = environment.trees[0]
        let before = try environment.beginRead()
        try environment.write { try $0.put([1], for: [1], in: tree) }
        #expect(try before.count(tree) == 0)
        before.end()
        before.end()
        #expect(throws: LMDBError.self) { try before.count(tree) }
        #expect(try environment.read { try $0.count(tree) } == 1)
    }

    @Test func sameFolderTwiceInOneProcess() throws {
        var first: Environment? = try Environment(at: folder["a"], trees: [.init("t")])
        let second = try Environment(at: folder["a"] + "/../a/", trees: [.init("t"), .init("u")])
        try first?.write { transaction in
            try transaction.put([7], for: [1], in: try #require(first).trees[0])
        }
        #expect(try second.read { try $0.copy(of: [1], in: second.trees[0]) } == [7])
        // The one that closes first leaves the other's locks and map alone.
        first = nil
        try second.write { try $0.put([8], for: [2], in: second.trees[1]) }
        #expect(try second.read { try $0.copy(of: [1], in: second.trees[0]) } == [7])
        let third = try Environment(at: folder["a"], trees: [.init("u")])
        #expect(try third.read { try $0.copy(of: [2], in: third.trees[0]) } == [8])
    }

    @Test func closedAndOpenedAgain() throws {
        for round in 0..<5 as Range<UInt8> {
            let environment = try Environment(at: folder["a"], trees: [.init("t")])
            try environment.write { try $0.put([round], for: [round + 1], in: environment.trees[0]) }
            #expect(try environment.read { try $0.count(environment.trees[0]) } == Int(round) + 1)
        }
    }

    /// A folder that was deleted and made again may well have the inode of the old one.
    @Test func folderMadeAnewIsAnotherEnvironment() throws {
        let old = try Environment(at: folder["a"], trees: [.init("t")])
        try old.write { try $0.put([1], for: [1], in: old.trees[0]) }
        TemporaryFolder.remove(folder["a"])
        let new = try Environment(at: folder["a"], trees: [.init("t")])
        #expect(try new.read { try $0.count(new.trees[0]) } == 0)
        try new.write { try $0.put([2], for: [1], in: new.trees[0]) }
        #expect(try old.read { try $0.copy(of: [1], in: old.trees[0]) } == [1])
        #expect(try FileIdentity(ofEnvironment: folder["a"]) == FileIdentity(ofEnvironment: folder["a"] + "/"))
        let again = try Environment(at: folder["a"], trees: [.init("t")])
        #expect(try again.read { try $0.copy(of: [1], in: again.trees[0]) } == [2])
    }

    @Test func readerSlotsAreUsedAgain() throws {
        let environment = try Environment(at: folder["a"], trees: [.init("t")])
        let tree = environment.trees[0]
        for _ in 0..<10_000 { _ = try environment.read { try $0.count(tree) } }
        #expect(environment.readerCount <= 2)
        // Many at once, then again: the slots of the first round serve the second.
        for _ in 0..<3 {
            let open = try (0..<50).map { _ in try environment.beginRead() }
            for transaction in open { transaction.end() }
        }
        #expect(environment.readerCount <= 64)
    }

    @Test func manyThreadsReadWhileOneWrites() async throws {
        let environment = try Environment(at: folder["a"], trees: [.init(nil, .integers)], durability: .operatingSystem)
        let tree = environment.trees[0]
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for position in 1...500 as ClosedRange<UInt64> {
                    try environment.write { transaction in
                        try transaction.append(position, byteCount: 8, to: tree) { $0.storeBytes(of: position, as: UInt64.self) }
                    }
                }
            }
            for _ in 0..<3 {
                group.addTask {
                    var last = 0
                    for _ in 0..<500 {
                        let (count, highest) = try environment.read { transaction throws in
                            let cursor = try transaction.cursor(tree)
                            return (try transaction.count(tree), try cursor.move(.last) ? cursor.integerKey : 0)
                        }
                        #expect(UInt64(count) == highest)
                        #expect(count >= last)
                        last = count
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(environment.readerCount <= 16)
    }

    @Test func copyIsWholeAndSeparate() throws {
        let environment = try Environment(at: folder["a"], trees: [.init("t")])
        for key in 0..<200 as Range<UInt8> {
            try environment.write { try $0.put([UInt8](repeating: key, count: 500), for: [key], in: environment.trees[0]) }
        }
        #expect(throws: LMDBError.self) { try environment.copy(to: folder["missing"]) }
        #expect(throws: LMDBError.self) { try environment.copy(to: folder["a"]) }
        let other = TemporaryFolder()
        try environment.copy(to: other.path)
        let copy = try Environment(at: other.path, trees: [.init("t")])
        try environment.write { _ = try $0.remove([5], from: environment.trees[0]) }
        #expect(try copy.read { try $0.count(copy.trees[0]) } == 200)
        #expect(try copy.read { try $0.copy(of: [5], in: copy.trees[0]) } == [UInt8](repeating: 5, count: 500))
        #expect(copy.usedBytes <= environment.usedBytes)
    }

    @Test func changesOfATransaction() throws {
        let environment = try Environment(at: folder["a"], trees: [.init("t"), .init(nil, .bytes)])
        let tree = environment.trees[0]
        try environment.write { transaction in
            try transaction.put([1], for: [1], in: tree)
            try transaction.put([2, 3], for: [1], in: tree)
            try transaction.put([], for: [2], in: tree)
            #expect(try transaction.copy(of: [1], in: tree) == [2, 3])
            #expect(try transaction.copy(of: [2], in: tree) == [])
            #expect(try transaction.remove([1], from: tree))
            #expect(try !transaction.remove([1], from: tree))
            try transaction.removeAll(from: tree)
            #expect(try transaction.count(tree) == 0)
        }
    }
}

import Foundation
import LMDB
import TestSupport
import Testing

/// The room that a commit finds beyond the last page: where there is some, how much, that it is in the system's cache and takes no blocks, and
/// that nobody reads it.
struct CacheRoomTests {
    let folder = TemporaryFolder(isOnDisk: true)

    private func environment(_ name: String) throws -> Environment {
        try Environment(at: folder[name], trees: [.init(nil, .integers)], durability: .operatingSystem)
    }

    /// Where it is of use, by the number of linux/magic.h: elsewhere there is none.
    private func isExt4() throws -> Bool {
        let kind = try Command("/usr/bin/stat").run(["--file-system", "--format=%t", folder["."]])
        try #require(kind.code == 0)
        return kind.output == "ef53\n"
    }

    private func length(of environment: Environment) throws -> Int {
        try #require(try FileManager.default.attributesOfItem(atPath: "\(environment.path)/data.mdb")[.size] as? Int)
    }

    /// Whether a file ends with a hole that begins there, and how many of its pages are in memory.
    private func hole(of environment: Environment, from start: Int) throws -> (isOne: Bool, pages: Int, inMemory: Int) {
        let descriptor = open("\(environment.path)/data.mdb", O_RDONLY)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        // Of linux/fs.h: `SEEK_DATA`.
        let isOne = lseek(descriptor, off_t(start), 3) < 0 && errno == ENXIO
        let byteCount = try length(of: environment) - start
        let memory = try #require(mmap(nil, byteCount, PROT_READ, MAP_SHARED, descriptor, off_t(start)))
        try #require(memory != MAP_FAILED)
        defer { munmap(memory, byteCount) }
        var pages = [UInt8](repeating: 0, count: byteCount / 4096)
        try #require(mincore(memory, byteCount, &pages) == 0)
        return (isOne, pages.count, pages.count { $0 & 1 == 1 })
    }

    /// Values that tell their key, in one commit.
    private func append(_ keys: ClosedRange<UInt64>, byteCount: Int = 1000, to environment: Environment, apart: Bool) throws {
        let transaction = try environment.beginWrite()
        defer { transaction.end() }
        for key in keys {
            try transaction.append(key, byteCount: byteCount, to: environment.trees[0]) { value in
                value.initializeMemory(as: UInt8.self, repeating: UInt8(truncatingIfNeeded: key) | 1)
            }
        }
        try transaction.commit(keepsPagesApart: apart)
    }

    /// 128 MiB.
    private func makeLarge(_ environment: Environment) throws {
        for start in stride(from: 1, through: 128, by: 8) as StrideThrough<UInt64> {
            try append(start...start + 7, byteCount: 1 << 20, to: environment, apart: false)
        }
    }

    private func expectAll(_ last: UInt64, in environment: Environment) throws {
        try environment.checkStructure()
        try environment.read { transaction throws in
            #expect(try transaction.count(environment.trees[0]) == Int(last))
            for key in 1...last {
                let value = try #require(try transaction.value(of: key, in: environment.trees[0])?.array)
                #expect(value.count == (key <= 128 ? 1 << 20 : 1000))
                #expect(value.first == UInt8(truncatingIfNeeded: key) | 1 && value.last == value.first)
            }
        }
    }

    @Test func aCommitFindsAsMuchRoomAsTheOneBeforeAdded() throws {
        let environment = try environment("large")
        try makeLarge(environment)
        // Of the first nothing is known of one before.
        var before = environment.usedBytes
        try append(129...1128, to: environment, apart: true)
        #expect(try length(of: environment) == environment.usedBytes)
        var last: UInt64 = 1128
        for count in [2000, 300, 4000, 20_000, 5] as [UInt64] {
            let growth = environment.usedBytes - before
            #expect(growth > 1 << 16)
            before = environment.usedBytes
            try append(last + 1...last + count, to: environment, apart: true)
            last += count
            let room = try isExt4() ? before + min(growth, 1 << 24) : 0
            #expect(try length(of: environment) == max(room, environment.usedBytes))
            if room > environment.usedBytes {
                let hole = try hole(of: environment, from: environment.usedBytes)
                #expect(hole.isOne)
                // The system may drop some at any time.
                #expect(hole.pages > 16 && hole.inMemory > hole.pages / 2, "\(hole)")
            }
        }
        try expectAll(last, in: environment)
    }

    @Test func smallFilesSmallCommitsAndOthersHaveNone() throws {
        let small = try environment("small")
        for batch in 0..<3 as Range<UInt64> { try append(batch * 1000 + 1...batch * 1000 + 1000, to: small, apart: true) }
        #expect(try length(of: small) == small.usedBytes)
        let large = try environment("large")
        try makeLarge(large)
        for key in 129...150 as ClosedRange<UInt64> { try append(key...key, to: large, apart: true) }
        #expect(try length(of: large) == large.usedBytes)
        for batch in 1...3 as ClosedRange<UInt64> { try append(batch * 1000...batch * 1000 + 999, to: large, apart: false) }
        #expect(try length(of: large) == large.usedBytes)
    }

    @Test func roomIsWrittenInAfterTheFileWasOpenedAgain() throws {
        do {
            let environment = try environment("again")
            try makeLarge(environment)
            try append(129...600, to: environment, apart: true)
            try append(601...3000, to: environment, apart: true)
            try append(3001...3010, to: environment, apart: true)
            #expect(try (length(of: environment) > environment.usedBytes) == isExt4())
        }
        let again = try environment("again")
        try append(3011...6000, to: again, apart: true)
        try expectAll(6000, in: again)
        try FileManager.default.createDirectory(atPath: folder["copy"], withIntermediateDirectories: true)
        try again.copy(to: folder["copy"])
        try expectAll(6000, in: try environment("copy"))
    }
}

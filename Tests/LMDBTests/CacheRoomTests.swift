import Foundation
import LMDB
import TestSupport
import Testing

/// The hole beyond the last page: where there is one, how long, and that nobody reads it.
struct CacheRoomTests {
    let folder = TemporaryFolder()

    private func environment(_ name: String) throws -> Environment {
        try Environment(at: folder[name], trees: [.init(nil, .integers)], durability: .operatingSystem)
    }

    /// Of linux/fs.h: `SEEK_DATA`.
    private static let seekData: Int32 = 3

    /// In bytes: how long the file is, and where a hole begins that goes on to its end.
    private func size(of environment: Environment) throws -> (length: Int, hole: Int) {
        let descriptor = open("\(environment.path)/data.mdb", O_RDONLY)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        let length = Int(lseek(descriptor, 0, SEEK_END))
        let nextData = lseek(descriptor, off_t(environment.usedBytes), Self.seekData)
        return (length, nextData < 0 && errno == ENXIO ? environment.usedBytes : length)
    }

    /// Values that tell their key, in one commit.
    private func append(_ keys: ClosedRange<UInt64>, byteCount: Int = 1000, to environment: Environment, moreToCome: Bool = true) throws {
        let transaction = try environment.beginWrite()
        defer { transaction.end() }
        for key in keys {
            try transaction.append(key, byteCount: byteCount, to: environment.trees[0]) { value in
                value.initializeMemory(as: UInt8.self, repeating: UInt8(truncatingIfNeeded: key) | 1)
            }
        }
        try transaction.commit(moreToCome: moreToCome)
    }

    /// 128 MiB.
    private func appendLarge(to environment: Environment, moreToCome: Bool = true) throws {
        try append(1...128, byteCount: 1 << 20, to: environment, moreToCome: moreToCome)
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

    @Test func largeFilesHaveRoomForAnotherCommit() throws {
        let environment = try environment("large")
        try appendLarge(to: environment)
        var last: UInt64 = 128
        for count in [100, 1000, 300, 2000] as [UInt64] {
            let before = environment.usedBytes
            try append(last + 1...last + count, to: environment)
            last += count
            let size = try size(of: environment)
            let growth = environment.usedBytes - before
            #expect(growth > 1 << 16)
            #expect(size.length >= environment.usedBytes + growth)
            #expect(size.length <= environment.usedBytes + 1 << 24)
            #expect(size.hole == environment.usedBytes)
        }
        try expectAll(last, in: environment)
    }

    @Test func smallFilesSmallCommitsAndTheLastOfManyHaveNone() throws {
        let small = try environment("small")
        try append(1...1000, to: small)
        #expect(try size(of: small).length == small.usedBytes)
        let large = try environment("large")
        try appendLarge(to: large, moreToCome: false)
        for key in 129...150 as ClosedRange<UInt64> { try append(key...key, to: large) }
        try append(151...300, to: large, moreToCome: false)
        #expect(try size(of: large).length == large.usedBytes)
    }

    @Test func roomIsWrittenInAfterTheFileWasOpenedAgain() throws {
        try appendLarge(to: try environment("again"))
        let again = try environment("again")
        #expect(try size(of: again).length > again.usedBytes)
        try append(129...3000, to: again)
        try expectAll(3000, in: again)
        try FileManager.default.createDirectory(atPath: folder["copy"], withIntermediateDirectories: true)
        try again.copy(to: folder["copy"])
        try expectAll(3000, in: try environment("copy"))
    }
}

import Foundation
import LMDB
import TestSupport
import Testing

/// The zeros beyond the last page: where there are some, how many, and that nobody reads them.
struct FileRoomTests {
    let folder = TemporaryFolder()

    private func bytes(of environment: Environment) throws -> [UInt8] {
        try Array(Data(contentsOf: URL(fileURLWithPath: "\(environment.path)/data.mdb")))
    }

    /// Appends values of a length, one a commit.
    private func append(_ count: Int, byteCount: Int, to environment: Environment, after last: UInt64 = 0) throws {
        for key in last + 1...last + UInt64(count) {
            try environment.write { transaction in
                try transaction.append(key, byteCount: byteCount, to: environment.trees[0]) { value in
                    for place in value.indices { value[place] = UInt8(truncatingIfNeeded: key) | 1 }
                }
            }
        }
    }

    @Test func smallCommitsFindRoom() throws {
        let environment = try Environment(at: folder["log"], trees: [.init(nil, .integers)])
        var lengths: Set<Int> = []
        for batch in 0..<60 as Range<UInt64> {
            try append(10, byteCount: 400, to: environment, after: batch * 10)
            let bytes = try bytes(of: environment)
            #expect(bytes.count >= environment.usedBytes)
            #expect(bytes.count - environment.usedBytes <= 2 << 16)
            #expect(bytes[environment.usedBytes...].allSatisfy { $0 == 0 })
            lengths.insert(bytes.count)
        }
        // 600 commits, but the file became longer a few times only.
        #expect(lengths.count < 10)
        try environment.checkStructure()
        try environment.read { transaction throws in
            for key in 1...600 as ClosedRange<UInt64> {
                let expected = [UInt8](repeating: UInt8(truncatingIfNeeded: key) | 1, count: 400)
                #expect(try transaction.value(of: key, in: environment.trees[0])?.array == expected)
            }
        }
    }

    /// Another process has made the file longer since this one looked: what it wrote stays.
    @Test func othersMakeItLongerToo() throws {
        let path = folder["log"]
        let environment = try Environment(at: path, trees: [.init(nil, .integers)])
        try append(3, byteCount: 100, to: environment)
        // A run of pages far beyond the room that this process knows of, as another's commit would leave them.
        let known = try bytes(of: environment).count
        let marker = [UInt8](repeating: 0xAB, count: 1 << 16)
        let descriptor = open("\(path)/data.mdb", O_WRONLY)
        defer { close(descriptor) }
        try #require(pwrite(descriptor, marker, marker.count, off_t(known)) == marker.count)
        while environment.usedBytes + 14_000 < known { try append(1, byteCount: 3000, to: environment, after: try count(environment)) }
        try append(1, byteCount: 100, to: environment, after: try count(environment))
        #expect(try Array(bytes(of: environment)[known..<known + marker.count]) == marker)
    }

    private func count(_ environment: Environment) throws -> UInt64 {
        UInt64(try environment.read { try $0.count(environment.trees[0]) })
    }

    @Test func largeCommitsAndUnsyncedOnesNeedNone() throws {
        let large = try Environment(at: folder["large"], trees: [.init(nil, .integers)])
        try append(3, byteCount: 300_000, to: large)
        #expect(try bytes(of: large).count == large.usedBytes)
        let unsynced = try Environment(at: folder["unsynced"], trees: [.init(nil, .integers)], durability: .operatingSystem)
        try append(20, byteCount: 400, to: unsynced)
        #expect(try bytes(of: unsynced).count == unsynced.usedBytes)
    }
}

import EventLog
import Glibc
import LMDB
import TestSupport
import Testing

/// Pages of the index that are no longer what they were.
struct DamagedIndexTests {
    let folder = TemporaryFolder()
    private let count = 6000

    private func log() throws -> EventLog {
        let log = try StorageKind.lmdb.log(in: folder)
        // At once: pages of an index that grew in steps would have former versions with fewer positions.
        try log.append((1...count).map { event("\($0)", subject: "thing:1") })
        log.index.settle()
        return log
    }

    /// Has the branch pages above the stream's positions name a page that is not there, where they named the one in the middle.
    ///
    /// - Returns: the first position on that page.
    private func cutPositions() throws -> Position {
        let path = folder["views/index/data.mdb"]
        var bytes = try File.read(path)
        var first: Position?
        func number<T: FixedWidthInteger & BitwiseCopyable>(_ place: Int, as: T.Type) -> Int {
            Int(truncatingIfNeeded: bytes.span.bytes.unsafeLoadUnaligned(fromByteOffset: place, as: T.self))
        }
        for page in stride(from: 2 * 4096, to: bytes.count, by: 4096) where number(page + 10, as: UInt16.self) == 1 {
            let nodes = (0..<(number(page + 12, as: UInt16.self) - 16) / 2).map { page + number(page + 16 + 2 * $0, as: UInt16.self) }
            // A node has the page's number and the length of its key before the key; the first one's key is left out.
            let keys = nodes.dropFirst().map { number($0 + 6, as: UInt16.self) == 8 ? number($0 + 8, as: UInt64.self) : 0 }
            guard keys.count > 3, keys == keys.sorted(), keys.allSatisfy({ (1...count).contains($0) }) else { continue }
            let middle = keys.count / 2
            for byte in 0..<4 { bytes[nodes[1 + middle] + byte] = 0xFE }
            first = Position(keys[middle])
        }
        let descriptor = open(path, O_WRONLY)
        defer { close(descriptor) }
        #expect(pwrite(descriptor, bytes, bytes.count, 0) == bytes.count)
        return try #require(first)
    }

    /// A position that cannot be told is no reason not to show the events before it.
    @Test(arguments: [false, true]) func showsWhatComesBefore(backward: Bool) throws {
        let log = try log()
        #expect(try log.ids(EventFilter(tags: ["thing:1"], backward: backward)).count == count)
        let first = try cutPositions()
        var seen: [Position] = []
        #expect(throws: LMDBError.self) {
            try log.forEach(EventFilter(tags: ["thing:1"], backward: backward)) { record in
                seen.append(record.position)
                return true
            }
        }
        if backward {
            #expect(seen.count > 100)
            #expect(seen == Array(((seen.last ?? 1)...Position(count)).reversed()))
            #expect(seen.last ?? 0 > first)
        } else {
            #expect(seen == Array(1..<first))
        }
        // Who asks for no more than there is does not learn of it.
        #expect(try log.ids(EventFilter(tags: ["thing:1"], backward: backward, limit: seen.count)).count == seen.count)
    }
}

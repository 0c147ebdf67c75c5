import EventLog
import LMDB
import TestSupport
import Testing

/// Damage done behind the log's back is found, and said where.
struct VerifyTests {
    let folder = TemporaryFolder()

    private func makeLog() throws -> EventLog {
        let clock = TestClock()
        let log = try StorageKind.lmdb.log(in: folder) { clock.now }
        for number in 1...20 {
            clock.advance(1_000_000)
            try log.append([event("\(number)", data: #"{"number":\#(number),"text":"MARK\#(number)MARK"}"#)])
        }
        return log
    }

    /// Copies the log's records through LMDB, each as `change` gives it.
    private func rewrite(_ change: (UInt64, inout [UInt8]) -> UInt64?) throws -> EventLog {
        let environment = try Environment(at: folder["log"], trees: [.init(nil, .integers)])
        let target = try Environment(at: folder["changed"], trees: [.init(nil, .integers)])
        try environment.read { source in
            try target.write { writer throws in
                let cursor = try source.cursor(environment.trees[0])
                var found = try cursor.move(.first)
                while found {
                    var bytes = cursor.value.array
                    if let position = change(cursor.integerKey, &bytes) {
                        try writer.append(position, byteCount: bytes.count, to: target.trees[0]) { $0.copyBytes(from: bytes) }
                    }
                    found = try cursor.move(.next)
                }
            }
        }
        let storage = try LMDBStorage(at: folder["changed"])
        return EventLog(storage, index: EventIndex(at: folder["changed-views/index"], of: storage))
    }

    @Test func soundLog() throws {
        let log = try makeLog()
        var reported: [Position] = []
        let result = try log.verify { position, _ in reported.append(position) }
        #expect(result.problems == [] && result.problemCount == 0)
        #expect(result.records == 20 && result.head == 20 && result.bytes > 2000)
        #expect(try StorageKind.memory.log(in: folder).verify().records == 0)
    }

    @Test func flippedBit() throws {
        _ = try makeLog()
        for byte in [0, 3, 9, 30, 60, 100] {
            TemporaryFolder.remove(folder["changed"])
            TemporaryFolder.remove(folder["changed-views"])
            let log = try rewrite { position, bytes in
                if position == 7 { bytes[byte] ^= 0x10 }
                return position
            }
            let result = try log.verify()
            #expect(result.problemCount == 1 && result.records == 19, "byte \(byte)")
            #expect(result.problems[0].hasPrefix("record at position 7: "), "\(result.problems)")
            let error = #expect(throws: RecordError.self) { try log.ids() }
            #expect(error?.position == 7)
        }
    }

    @Test func flippedBitOnDisk() throws {
        _ = try makeLog()
        let path = folder["log/data.mdb"]
        var bytes = try File.read(path)
        let mark = Array("MARK13MARK".utf8)
        // Every copy of the record: LMDB leaves old pages where they were.
        for start in bytes.indices.dropLast(mark.count) where bytes[start] == mark[0] && bytes[start...].starts(with: mark) {
            bytes[start + 4] ^= 1
        }
        try File.replace(path, with: bytes)
        let storage = try LMDBStorage(at: folder["log"])
        let result = try EventLog(storage, index: EventIndex(at: folder["views/index"], of: storage)).verify()
        #expect(result.problemCount == 1)
        #expect(result.problems[0].contains("position 13: checksum"))
        #expect(result.problems[0].hasSuffix("the bytes were damaged"))
    }

    @Test func missingPositions() throws {
        _ = try makeLog()
        let log = try rewrite { position, _ in [1, 9, 10, 11].contains(position) ? nil : position }
        let result = try log.verify()
        #expect(result.problems[0] == "the log's meta page says 16 records, its last page ends with 20")
        #expect(result.lost.description == "1, 9 to 11" && result.head == 20)
        #expect(throws: LMDBError.self) { try log.ids() }
    }

    @Test func misplacedRecord() throws {
        _ = try makeLog()
        let moved = try rewrite { position, _ in position < 5 ? position : position + 1 }
        let result = try moved.verify()
        // The checksum tells whose position is whose: nothing is lost but the one that never was.
        #expect(result.records == 4 && result.unreadable.description == "5 to 21")
        #expect(result.lost.description == "21")
        #expect(throws: LMDBError.self) { try moved.ids() }
    }

    @Test func recordedTimeThatGoesBack() throws {
        let log = try makeLog()
        let storage = MemoryStorage()
        let late = EventLog(storage, index: EventIndex(at: folder["x/index"], of: storage)) { Timestamp(microseconds: 2_000_000) }
        try late.append([event("1")])
        let early = MemoryStorage()
        let other = EventLog(early, index: EventIndex(at: folder["y/index"], of: early)) { Timestamp(microseconds: 1_000_000) }
        try other.append([event("1"), event("2")])
        // The second record, as another log has it.
        let bytes = try #require(try early.read { try $0.record(at: 2) { $0.withUnsafeBytes { Array($0) } } })
        try storage.write { writer throws in
            try writer.append(2, byteCount: bytes.count) { $0.copyBytes(from: bytes) }
            try writer.commit()
        }
        #expect(
            try late.verify().problems == ["position 2: recorded at 1970-01-01T00:00:01Z, before the event at 1"])
        #expect(try log.verify().problems == [])
    }
}

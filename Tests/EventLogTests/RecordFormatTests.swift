import Glibc
import JSON
import TestSupport
import Testing

@testable import EventLog

/// The bytes of a record, for good.
struct RecordFormatTests {
    /// Golden/record-v1.hex holds this event, 32 bytes a line:
    ///
    ///     01 00 0300                    format 1, flags 0, schema version 3
    ///     d5ff05c9                      CRC-32C of the position 7 (8 bytes) and of all but these four, as other software computes it too
    ///     202fa2200d590500              event time, 1,505,287,800,500,000 µs: 2017-09-13T07:30:00.5Z
    ///     c0c4aa200d590500              recorded time, 1,505,287,801,062,592 µs
    ///     0900000000000000              stream version 9
    ///     0a00 0500 0600 0800 1200      lengths of type, id, source, subject, tags,
    ///     1300 0400 0000 0700           rows, correlation, causation, actor
    ///     0000 0e000000                 nothing, and the length of data
    ///     696d6167652e75736564          "image.used", and so on; 0a between tags and between rows; last the data
    private func goldenEvent() throws -> StagedEvent {
        let event = CloudEvent(
            id: "id-é", source: "test/1", type: "image.used", subject: "image:42", time: nil, schemaVersion: 3, correlationID: "corr",
            causationID: nil, actor: "someone", data: Array(#"{ "a" : 1.50 }"#.utf8))
        let staged = StagedEvent(
            position: 7, event: event, time: Timestamp(microseconds: 1_505_287_800_500_000),
            recordedTime: Timestamp(microseconds: 1_505_287_801_062_592), subject: try Tag("image:42"))
        staged.add(try Tag("video:v 1"))
        staged.add(try Tag("scene:ø"))
        staged.rows = [RowReference(table: "image_usage", key: "5"), RowReference(table: "t", key: "a:b")]
        staged.streamVersion = 9
        return staged
    }

    private func encode(_ event: StagedEvent) -> [UInt8] {
        let encoder = RecordFormat.Encoder(event)
        var bytes = [UInt8](repeating: 0xEE, count: encoder.byteCount)
        bytes.withUnsafeMutableBytes { _ = encoder.encode(into: $0) }
        return bytes
    }

    private func golden() throws -> [UInt8] {
        let path = (#filePath as String).split(separator: "/").dropLast(2).joined(separator: "/")
        let text = String(decoding: try File.read("/\(path)/Support/Golden/record-v1.hex"), as: UTF8.self)
        let digits = text.filter { $0.isHexDigit }
        return try stride(from: 0, to: digits.count, by: 2).map { offset in
            let start = digits.index(digits.startIndex, offsetBy: offset)
            return try #require(UInt8(digits[start..<digits.index(start, offsetBy: 2)], radix: 16))
        }
    }

    /// What a reader makes of bytes: nil when they are whole, the reason when they are refused.
    private func refusal(_ bytes: [UInt8], at position: Position = 7) -> RecordError.Reason? {
        do {
            let record = try RecordView(bytes.span.bytes, at: position)
            _ = record.byteCount
            return nil
        } catch {
            return error.reason
        }
    }

    @Test func goldenFile() throws {
        let bytes = encode(try goldenEvent())
        #expect(bytes == (try golden()), "\(hexadecimal(bytes))")
    }

    private func hexadecimal(_ bytes: [UInt8]) -> String {
        stride(from: 0, to: bytes.count, by: 32).map { start in
            bytes[start..<min(start + 32, bytes.count)].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        }.joined(separator: "\n")
    }

    /// All that a record says goes through an export and back, the oldest version that may read it too.
    @Test(arguments: [nil, 2]) func exportedAndTakenBack(readableSince: Int?) throws {
        let staged = try goldenEvent()
        staged.readableSince = readableSince
        let bytes = encode(staged)
        var writer = JSONWriter()
        let exported = try ExportedEvent(RecordView(bytes.span.bytes, at: 7))
        #expect(exported.readableSince == readableSince)
        exported.write(to: &writer)
        #expect(try ExportedEvent(json: writer.bytes).record() == bytes)
    }

    @Test func goldenFileReadsBack() throws {
        let bytes = try golden()
        let record = try RecordView(bytes.span.bytes, at: 7)
        let expected = try goldenEvent()
        let event = record.cloudEvent
        let (tags, rows) = (record.tags, record.rows)
        let (recordedTime, streamVersion) = (record.recordedTime, record.streamVersion)
        let places = [["image.used"], ["image.use", "image.used"], ["image.use", "mage.used", ""]].map { EventTypes($0).place(of: record) }
        #expect(event.id == "id-é" && event.source == "test/1" && event.type == "image.used" && event.subject == "image:42")
        #expect(event.time == expected.time && event.schemaVersion == 3)
        #expect(event.correlationID == "corr" && event.causationID == nil && event.actor == "someone")
        #expect(event.data == expected.event.data)
        #expect(tags == expected.tags)
        #expect(rows == expected.rows)
        #expect(recordedTime == expected.recordedTime && streamVersion == 9)
        #expect(places == [0, 1, nil])
    }

    @Test func everyMutationIsRefused() throws {
        let bytes = try golden()
        #expect(refusal(bytes) == nil)
        for place in bytes.indices {
            for change in [0x01, 0x80, 0xFF] as [UInt8] {
                var other = bytes
                other[place] ^= change
                #expect(refusal(other) != nil, "byte \(place) changed by \(change)")
            }
        }
        #expect(refusal([2] + bytes.dropFirst()) == .unknownFormat(2))
    }

    @Test func everyTruncationAndExtensionIsRefused() throws {
        let bytes = try golden()
        for count in 0..<bytes.count {
            guard case .wrongLength? = refusal(Array(bytes[..<count])) else {
                Issue.record("\(count) bytes")
                continue
            }
        }
        #expect(refusal(bytes + [0]) == .wrongLength(expected: bytes.count, found: bytes.count + 1))
        for position in [0, 6, 8, .max] as [Position] {
            guard case .wrongChecksum? = refusal(bytes, at: position) else {
                Issue.record("position \(position)")
                continue
            }
        }
    }

    @Test func garbageIsRefused() throws {
        let seed: UInt64 = 31
        var random = SplitMix64(seed: seed)
        for _ in 0..<5000 {
            var bytes = (0..<Int.random(in: 0...200, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
            if !bytes.isEmpty { bytes[0] = 1 }
            #expect(refusal(bytes) != nil, "seed \(seed)")
        }
    }

    @Test func randomEventsReadBack() throws {
        let seed: UInt64 = 32
        var random = SplitMix64(seed: seed)
        func text(_ longest: Int) -> String {
            String(
                String.UnicodeScalarView(
                    (0..<Int.random(in: 0...longest, using: &random)).compactMap { _ in
                        [Unicode.Scalar("a"), "z", " ", "é", "日", "😀", ":"].randomElement(using: &random)
                    }))
        }
        for _ in 0..<500 {
            let event = CloudEvent(
                id: "i" + text(30), source: "s" + text(10), type: "t" + text(10), subject: nil,
                schemaVersion: Int.random(in: 1...65_535, using: &random), correlationID: text(5), causationID: text(5), actor: nil,
                data: (0..<Int.random(in: 0...300, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) })
            let staged = StagedEvent(
                position: Position.random(in: 1...(.max), using: &random), event: event,
                time: Timestamp(microseconds: Int64.random(in: .min...(.max), using: &random)),
                recordedTime: Timestamp(microseconds: Int64.random(in: .min...(.max), using: &random)),
                subject: try Tag("s:" + text(9) + "x"))
            for _ in 0..<Int.random(in: 0...5, using: &random) { staged.add(try Tag("n:" + text(20) + "y")) }
            staged.streamVersion = random.next()
            let bytes = encode(staged)
            let record = try RecordView(bytes.span.bytes, at: staged.position)
            let (found, tags, recorded) = (record.cloudEvent, record.tags, record.recordedTime)
            let streamVersion = record.streamVersion
            #expect(found.id == event.id && found.source == event.source && found.type == event.type, "seed \(seed)")
            #expect(found.subject == staged.subject.text && found.time == staged.time && found.data == event.data, "seed \(seed)")
            #expect(found.correlationID ?? "" == event.correlationID && found.causationID ?? "" == event.causationID, "seed \(seed)")
            #expect(found.schemaVersion == event.schemaVersion && found.actor == nil, "seed \(seed)")
            #expect(tags == staged.tags && recorded == staged.recordedTime && streamVersion == staged.streamVersion, "seed \(seed)")
        }
    }

    @Test func messages() {
        #expect(
            RecordError(position: 5, reason: .unknownFormat(9)).description
                == "record at position 5: format 9 is not known to this version of spool, which reads format 1")
        #expect(
            RecordError(position: 5, reason: .wrongChecksum(expected: 0xAB, found: 1)).description
                == "record at position 5: checksum 00000001 where the header says 000000ab; the bytes were damaged")
    }

    /// Against one bit at a time, over every length that the pieces taken side by side begin and end at.
    @Test func checksumOfAnyLength() {
        var bytes: [UInt8] = []
        var state: UInt32 = 1
        for count in 0..<1300 {
            var expected: UInt32 = .max
            func take(_ byte: UInt8) {
                expected ^= UInt32(byte)
                for _ in 0..<8 { expected = expected & 1 == 1 ? expected >> 1 ^ 0x82F6_3B78 : expected >> 1 }
            }
            for place in 0..<8 { take(UInt8(truncatingIfNeeded: UInt64(count) >> UInt64(8 * place))) }
            for byte in bytes { take(byte) }
            let record = Array(repeating: 0 as UInt8, count: 4)
            let whole = Array(bytes.prefix(4)) + record + Array(bytes.dropFirst(4))
            if count >= 4 {
                #expect(whole.withUnsafeBytes { RecordFormat.checksum(of: $0, at: Position(count)) } == ~expected, "\(count) bytes")
            }
            state = state &* 1_664_525 &+ 1_013_904_223
            bytes.append(UInt8(state >> 24))
        }
    }
}

import EventLog
import JSON
import TestSupport

/// A record of the log: what is accepted can be read, and an export of it either gives back the same bytes or is refused.
struct RecordTarget: FuzzTarget {
    static let name = "record"

    static func seeds() throws -> [[UInt8]] {
        let hexadecimal = try TestFiles.read("Tests/Support/Golden/record-v1.hex").filter { $0 > 0x20 }
        let golden = stride(from: 0, to: hexadecimal.count, by: 2).compactMap {
            UInt8(String(decoding: hexadecimal[$0..<$0 + 2], as: UTF8.self), radix: 16)
        }
        // Recorded in the year 146,000; with an actor of 60,000 bytes that are no text, which as a String has three times as many.
        var late = golden
        late[23] = 0x40
        var long = golden
        long.replaceSubrange(48..<50, with: [0x60, 0xEA])
        long.insert(contentsOf: repeatElement(0xFF, count: 60_000 - 7), at: golden.count - 14)
        // Before the first year that can be counted in microseconds from a whole second.
        var early = golden
        early.replaceSubrange(8..<16, with: [0x20, 0x2F, 0, 0, 0, 0, 0, 0x80])
        return [golden, late, long, early, Array(golden.prefix(56)) + golden.suffix(20), []]
    }

    func run(_ bytes: [UInt8]) throws {
        let bytes = Self.mended(bytes)
        let record: ExportedEvent
        do {
            let view = try RecordView(bytes.span.bytes, at: 1)
            _ = view.receiptText
            record = ExportedEvent(view)
        } catch {
            return
        }
        guard let again = try? record.record() else { return }
        try expect(again == bytes, "an export says that it gives back the record, and gives another")
        var writer = JSONWriter()
        record.write(to: &writer)
        try expect(!writer.bytes.contains(0x0A), "an exported event takes more than a line")
        guard let parsed = try? ExportedEvent(json: writer.bytes) else { return }
        let back = Result { try parsed.record() }
        try expect(
            (try? back.get()) == bytes,
            "an exported event does not come back as it was: \(back), \(String(decoding: writer.bytes, as: UTF8.self))")
    }

    /// Makes lengths and checksum fit, without which nothing would get further than to them.
    private static func mended(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.count >= 56 else { return bytes }
        var bytes = bytes
        bytes[0] = 1
        let texts = (0..<9).reduce(0) { $0 + Int(bytes[32 + 2 * $1]) + Int(bytes[33 + 2 * $1]) << 8 }
        if let length = UInt32(exactly: bytes.count - 56 - texts) { put(length, at: 52) }
        do {
            _ = try RecordView(bytes.span.bytes, at: 1)
        } catch {
            if case .wrongChecksum(_, let found) = error.reason { put(found, at: 4) }
        }
        return bytes

        func put(_ value: UInt32, at offset: Int) {
            for place in 0..<4 { bytes[offset + place] = UInt8(truncatingIfNeeded: value >> (8 * place)) }
        }
    }
}

extension RecordView {
    /// Everything that it can be asked.
    fileprivate var receiptText: String {
        "\(cloudEvent) \(tags) \(rows) \(time) \(recordedTime) \(streamVersion) \(readableSince) \(EventTypes(["a"]).place(of: self) ?? -1)"
    }
}

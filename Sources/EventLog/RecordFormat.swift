import CCRC32C

/// The bytes of one event in the log: a header of 56 bytes, the texts one after the other, the data. Little-endian.
///
/// | offset | size | field |
/// |-------:|-----:|-------|
/// | 0 | 1 | format, 1 |
/// | 1 | 1 | flags, 0 |
/// | 2 | 2 | schema version |
/// | 4 | 4 | CRC-32C of the position (8 bytes) and of every byte of the record but these four |
/// | 8 | 8 | event time, microseconds since 1970 |
/// | 16 | 8 | recorded time, microseconds since 1970 |
/// | 24 | 8 | stream version |
/// | 32 | 2 × 9 | lengths of type, id, source, subject, tags, rows, correlation, causation, actor |
/// | 50 | 2 | oldest schema version whose code may read it; 0: its own |
/// | 52 | 4 | length of data |
/// | 56 | | the texts in that order, UTF-8; tags and rows separated by line feeds; then the data, byte for byte |
///
/// The position takes part in the checksum, so that a record in another's place is noticed.
public enum RecordFormat {
    public static let version: UInt8 = 1
    static let headerLength = 56
    static let checksumOffset = 4
    static let lengthsOffset = 32
    static let readableSinceOffset = 50
    static let dataLengthOffset = 52

    /// The texts, in the order of their lengths in the header.
    enum Field: Int, CaseIterable {
        case type, id, source, subject, tags, rows, correlation, causation, actor
    }

    /// CRC-32C over the position and the record without its checksum field.
    static func checksum(of record: UnsafeRawBufferPointer, at position: Position) -> UInt32 {
        var crc = withUnsafeBytes(of: position.littleEndian) { spool_crc32c(0, $0.baseAddress, 8) }
        crc = spool_crc32c(crc, record.baseAddress, checksumOffset)
        let rest = UnsafeRawBufferPointer(rebasing: record[(checksumOffset + 4)...])
        return spool_crc32c(crc, rest.baseAddress, rest.count)
    }

    /// An event laid out for the log: its texts gathered once, its length known before the page is reserved.
    struct Encoder {
        private let event: StagedEvent
        private let tags: String
        private let rows: String
        let byteCount: Int

        init(_ event: StagedEvent) {
            self.event = event
            tags = Self.lines(event.tags) { $0.text }
            rows = Self.lines(event.rows) { $0.description }
            var count = RecordFormat.headerLength + event.event.data.count
            for field in Field.allCases { count += Self.text(field, event, tags, rows).utf8.count }
            byteCount = count
        }

        private static func lines<Element>(_ elements: [Element], _ text: (Element) -> String) -> String {
            var lines = ""
            for element in elements {
                if !lines.isEmpty { lines += "\n" }
                lines += text(element)
            }
            return lines
        }

        private static func text(_ field: Field, _ staged: StagedEvent, _ tags: String, _ rows: String) -> String {
            switch field {
            case .type: staged.event.type
            case .id: staged.event.id
            case .source: staged.event.source
            case .subject: staged.subject.text
            case .tags: tags
            case .rows: rows
            case .correlation: staged.event.correlationID ?? ""
            case .causation: staged.event.causationID ?? ""
            case .actor: staged.event.actor ?? ""
            }
        }

        /// Fills exactly `byteCount` bytes; returns the checksum.
        @discardableResult
        func encode(into buffer: UnsafeMutableRawBufferPointer) -> UInt32 {
            func store<I: FixedWidthInteger>(_ value: I, at offset: Int) {
                buffer.storeBytes(of: value.littleEndian, toByteOffset: offset, as: I.self)
            }
            store(UInt32(RecordFormat.version), at: 0)
            store(UInt16(clamping: event.schemaVersion ?? 1), at: 2)
            store(event.time.microseconds, at: 8)
            store(event.recordedTime.microseconds, at: 16)
            store(event.streamVersion, at: 24)
            store(UInt16(clamping: event.readableSince ?? 0), at: RecordFormat.readableSinceOffset)
            store(UInt32(event.event.data.count), at: RecordFormat.dataLengthOffset)
            var offset = RecordFormat.headerLength
            for field in Field.allCases {
                var text = Self.text(field, event, tags, rows)
                text.withUTF8 { utf8 in
                    store(UInt16(utf8.count), at: RecordFormat.lengthsOffset + field.rawValue * 2)
                    UnsafeMutableRawBufferPointer(rebasing: buffer[offset...]).copyMemory(from: UnsafeRawBufferPointer(utf8))
                    offset += utf8.count
                }
            }
            event.event.data.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: buffer[offset...]).copyMemory(from: $0) }
            let checksum = RecordFormat.checksum(of: UnsafeRawBufferPointer(buffer), at: event.position)
            store(checksum, at: RecordFormat.checksumOffset)
            return checksum
        }
    }
}

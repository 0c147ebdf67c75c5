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

    /// An event laid out for the log: its length is known before the page is reserved.
    struct Encoder {
        private let staged: StagedEvent
        private let subject: String
        let byteCount: Int

        init(_ staged: StagedEvent) {
            self.staged = staged
            subject = staged.subject.text
            let event = staged.event
            var count = RecordFormat.headerLength + event.data.count
            count += event.type.utf8.count + event.id.utf8.count + event.source.utf8.count + subject.utf8.count
            for tag in staged.tags { count += tag.text.utf8.count }
            for row in staged.rows { count += row.byteCount }
            // Between two of them.
            count += max(0, staged.tags.count - 1) + max(0, staged.rows.count - 1)
            count += (event.correlationID?.utf8.count ?? 0) + (event.causationID?.utf8.count ?? 0) + (event.actor?.utf8.count ?? 0)
            byteCount = count
        }

        /// Fills exactly `byteCount` bytes; returns the checksum.
        @discardableResult
        func encode(into buffer: UnsafeMutableRawBufferPointer) -> UInt32 {
            let event = staged.event
            var writer = Writer(buffer: buffer)
            writer.store(UInt32(RecordFormat.version), at: 0)
            writer.store(UInt16(clamping: staged.schemaVersion ?? 1), at: 2)
            writer.store(staged.time.microseconds, at: 8)
            writer.store(staged.recordedTime.microseconds, at: 16)
            writer.store(staged.streamVersion, at: 24)
            writer.store(UInt16(clamping: staged.readableSince ?? 0), at: RecordFormat.readableSinceOffset)
            writer.store(UInt32(event.data.count), at: RecordFormat.dataLengthOffset)
            writer.append(event.type)
            writer.end(.type)
            writer.append(event.id)
            writer.end(.id)
            writer.append(event.source)
            writer.end(.source)
            writer.append(subject)
            writer.end(.subject)
            for (place, tag) in staged.tags.enumerated() {
                if place > 0 { writer.append("\n") }
                writer.append(tag.text)
            }
            writer.end(.tags)
            for (place, row) in staged.rows.enumerated() {
                if place > 0 { writer.append("\n") }
                writer.append(row.table)
                writer.append(":")
                writer.append(row.key)
            }
            writer.end(.rows)
            if let text = event.correlationID { writer.append(text) }
            writer.end(.correlation)
            if let text = event.causationID { writer.append(text) }
            writer.end(.causation)
            if let text = event.actor { writer.append(text) }
            writer.end(.actor)
            event.data.withUnsafeBytes { writer.append($0) }
            let checksum = RecordFormat.checksum(of: UnsafeRawBufferPointer(buffer), at: staged.position)
            writer.store(checksum, at: RecordFormat.checksumOffset)
            return checksum
        }
    }

    /// Writes the texts one after the other, and their lengths where they belong.
    private struct Writer {
        let buffer: UnsafeMutableRawBufferPointer
        private var offset = RecordFormat.headerLength
        private var fieldStart = RecordFormat.headerLength

        init(buffer: UnsafeMutableRawBufferPointer) { self.buffer = buffer }

        func store<I: FixedWidthInteger>(_ value: I, at offset: Int) {
            buffer.storeBytes(of: value.littleEndian, toByteOffset: offset, as: I.self)
        }

        mutating func append(_ bytes: UnsafeRawBufferPointer) {
            UnsafeMutableRawBufferPointer(rebasing: buffer[offset...]).copyMemory(from: bytes)
            offset += bytes.count
        }

        mutating func append(_ text: String) { text.utf8.span.bytes.withUnsafeBytes { append($0) } }

        /// What was appended since the field before is this one's.
        mutating func end(_ field: Field) {
            store(UInt16(offset - fieldStart), at: RecordFormat.lengthsOffset + field.rawValue * 2)
            fieldStart = offset
        }
    }
}

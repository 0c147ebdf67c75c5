import LMDB

/// An event in the log, read in place: its bytes stay in the mapped file and its texts are made when asked for.
///
/// The checksum was compared when the view was made.
public struct RecordView: ~Escapable {
    public let position: Position
    private let bytes: RawSpan

    /// - Throws: `RecordError` when the format is unknown, the lengths do not add up or the checksum is wrong.
    @_lifetime(copy bytes)
    public init(_ bytes: RawSpan, at position: Position) throws(RecordError) {
        let count = bytes.byteCount
        guard count > 0 else { throw RecordError(position: position, reason: .wrongLength(expected: RecordFormat.headerLength, found: 0)) }
        let format = bytes.unsafeLoad(fromByteOffset: 0, as: UInt8.self)
        guard format == RecordFormat.version else { throw RecordError(position: position, reason: .unknownFormat(format)) }
        guard count >= RecordFormat.headerLength else {
            throw RecordError(position: position, reason: .wrongLength(expected: RecordFormat.headerLength, found: count))
        }
        self.bytes = bytes
        self.position = position
        var expected = RecordFormat.headerLength + dataLength
        // Eight of the nine lengths in one load, on processors that are little-endian as the record is: every record read comes by here.
        let lengths = bytes.unsafeLoadUnaligned(fromByteOffset: RecordFormat.lengthsOffset, as: SIMD8<UInt16>.self)
        expected += Int(SIMD8<UInt32>(truncatingIfNeeded: lengths).wrappedSum()) + length(of: .actor)
        guard expected == count else { throw RecordError(position: position, reason: .wrongLength(expected: expected, found: count)) }
        let found = bytes.withUnsafeBytes { RecordFormat.checksum(of: $0, at: position) }
        guard found == checksum else { throw RecordError(position: position, reason: .wrongChecksum(expected: checksum, found: found)) }
    }

    /// A record that was checked when its bytes were copied: the checksum is not compared again.
    ///
    /// - Returns: nil when there is no room for the header.
    @_lifetime(copy bytes)
    public init?(checked bytes: RawSpan, at position: Position) {
        guard bytes.byteCount >= RecordFormat.headerLength else { return nil }
        self.bytes = bytes
        self.position = position
    }

    public var byteCount: Int { bytes.byteCount }

    /// A copy of the whole record into a buffer that is used again for the next one.
    public func copyBytes(into buffer: inout [UInt8]) {
        buffer.removeAll(keepingCapacity: true)
        bytes.withUnsafeBytes { buffer.append(contentsOf: $0) }
    }
    public var checksum: UInt32 { load(RecordFormat.checksumOffset) }
    public var schemaVersion: Int { Int(load(2) as UInt16) }
    /// The oldest schema version whose code may read it, passing over fields it does not know.
    public var readableSince: Int {
        let stored = Int(load(RecordFormat.readableSinceOffset) as UInt16)
        return stored == 0 ? schemaVersion : stored
    }
    public var time: Timestamp { Timestamp(microseconds: load(8)) }
    public var recordedTime: Timestamp { Timestamp(microseconds: load(16)) }
    public var streamVersion: UInt64 { load(24) }

    public var type: String { text(.type) }
    public var id: String { text(.id) }
    public var source: String { text(.source) }
    public var subject: String { text(.subject) }
    public var correlationID: String? { optionalText(.correlation) }
    public var causationID: String? { optionalText(.causation) }
    public var actor: String? { optionalText(.actor) }
    /// The tags beside the subject.
    public var tags: [Tag] { text(.tags).split(separator: "\n").map { Tag(trusted: String($0)) } }
    public var rows: [RowReference] { text(.rows).split(separator: "\n").compactMap { RowReference(parsing: $0) } }

    /// The JSON as it came in.
    public var data: [UInt8] {
        let length = dataLength
        return bytes.extracting(last: length).withUnsafeBytes { Array($0) }
    }

    /// The JSON as it came in, in place.
    public var dataBytes: RawSpan {
        @_lifetime(copy self) get { bytes.extracting(last: dataLength) }
    }

    /// The same for C.
    public func withData<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        let length = dataLength
        return try bytes.extracting(last: length).withUnsafeBytes(body)
    }

    /// The type's UTF-8, to be compared without making a string of it.
    public var typeBytes: RawSpan {
        @_lifetime(copy self) get { bytes.extracting(RecordFormat.headerLength..<RecordFormat.headerLength + length(of: .type)) }
    }

    /// The event as it was sent, with its subject filled in.
    public var cloudEvent: CloudEvent {
        CloudEvent(
            id: id, source: source, type: type, subject: subject, time: time, schemaVersion: schemaVersion,
            correlationID: correlationID, causationID: causationID, actor: actor, data: data)
    }

    func receipt(isRepeat: Bool) -> Receipt {
        Receipt(
            position: position, id: id, source: source, type: type, subject: subject, streamVersion: streamVersion, time: time,
            recordedTime: recordedTime, rows: rows, changed: [], removed: [], isRepeat: isRepeat)
    }

    // MARK: Layout

    private var dataLength: Int { Int(load(RecordFormat.dataLengthOffset) as UInt32) }

    private func length(of field: RecordFormat.Field) -> Int {
        Int(load(RecordFormat.lengthsOffset + field.rawValue * 2) as UInt16)
    }

    @inline(__always)
    private func load<I: FixedWidthInteger & BitwiseCopyable>(_ offset: Int) -> I {
        I(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: I.self))
    }

    private func text(_ field: RecordFormat.Field) -> String {
        var offset = RecordFormat.headerLength
        for earlier in 0..<field.rawValue { offset += Int(load(RecordFormat.lengthsOffset + earlier * 2) as UInt16) }
        let length = length(of: field)
        if length == 0 { return "" }
        return bytes.extracting(offset..<offset + length).withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }

    private func optionalText(_ field: RecordFormat.Field) -> String? {
        length(of: field) == 0 ? nil : text(field)
    }
}

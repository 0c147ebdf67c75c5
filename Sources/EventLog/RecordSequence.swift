/// Checks records that come one after the other, from a backup or another log: each whole, at the next position, and recorded no earlier
/// than the one before.
///
/// ```swift
/// var sequence = RecordSequence()
/// try sequence.take(bytes)  // throws unless these are the bytes of the record at position 1
/// ```
public struct RecordSequence: Sendable {
    /// The last record taken.
    public private(set) var last: Checkpoint
    /// When it was recorded; nil before the first.
    public private(set) var lastRecorded: Timestamp?

    /// The position that the next record must have.
    public var next: Position { last.position + 1 }

    /// - Parameters:
    ///   - last: the record before the first one to come.
    ///   - recorded: when that was recorded, where it is known.
    public init(after last: Checkpoint = .start, recorded: Timestamp? = nil) {
        self.last = last
        lastRecorded = recorded
    }

    /// Takes the next record.
    ///
    /// The position is part of a record's checksum: the bytes of another position's record are refused.
    ///
    /// - Throws: `RecordError`; the sequence is as it was then.
    public mutating func take(_ bytes: RawSpan) throws(RecordError) {
        let record = try RecordView(bytes, at: next)
        let recorded = record.recordedTime
        if let lastRecorded, recorded < lastRecorded {
            throw RecordError(position: next, reason: .recordedTooEarly(found: recorded, previous: lastRecorded))
        }
        last = Checkpoint(position: next, checksum: record.checksum)
        lastRecorded = recorded
    }
}

extension LogWriter {
    /// Appends a record as it is: the bytes of the record that another log had at this position.
    ///
    /// - Throws: `RecordError` when they are not, `PositionError` unless the position is the one after the head.
    public func append(record bytes: RawSpan, at position: Position) throws {
        _ = try RecordView(bytes, at: position)
        let count = bytes.byteCount
        try bytes.withUnsafeBytes { source in
            try append(position, byteCount: count) { $0.copyMemory(from: source) }
        }
    }
}

/// Where the log's records are kept: positions 1, 2, 3 … each with its bytes, one writer at a time, readers on snapshots.
public protocol LogStorage: Sendable {
    /// A snapshot, for owners that outlive a closure.
    func beginRead() throws -> any LogReader
    /// At least the `LogReader.commitNumber` of a snapshot begun now: where it is the same as an earlier one's, nothing was stored since.
    func lastCommit() throws -> UInt64
    /// Runs `body` while nobody else can write.
    func hold<R>(_ body: (any LogHold) throws -> R) throws -> R
}

/// The right to write, kept over several commits.
public protocol LogHold: Sendable {
    /// Runs `body` as the only writer, on any thread, one at a time. What it appended is stored when it calls `commit()`, and gone otherwise.
    func write<R>(_ body: (any LogWriter) throws -> R) throws -> R
}

extension LogStorage {
    /// Runs `body` as the only writer. What it appended is stored when it calls `commit()`, and gone otherwise.
    public func write<R>(_ body: (any LogWriter) throws -> R) throws -> R {
        try hold { try $0.write(body) }
    }

    /// Runs `body` on a snapshot.
    public func read<R>(_ body: (any LogReader) throws -> R) throws -> R {
        let reader = try beginRead()
        defer { reader.end() }
        return try body(reader)
    }
}

/// A snapshot of the log.
public protocol LogReader: AnyObject {
    /// The last position, 0 when the log is empty.
    func head() throws -> Position
    /// Which commit the snapshot shows; higher with each.
    var commitNumber: UInt64 { get throws }
    /// The record at a position, in place; nil when there is none.
    func record<R>(at position: Position, _ body: (RawSpan) throws -> R) throws -> R?
    /// The records at these positions will be read next, in this order: what they wait for may be fetched for all of them at once.
    func prefetch(_ positions: [Position])
    /// Visits the records in a range, forward or backward, until `body` returns false.
    func scan(_ range: ClosedRange<Position>, backward: Bool, _ body: (Position, RawSpan) throws -> Bool) throws
    /// Lets go of the snapshot.
    func end()
}

/// The log as its one writer sees it.
public protocol LogWriter: LogReader {
    /// Appends a record of `byteCount` bytes that `fill` writes in place.
    ///
    /// - Throws: `PositionError` unless the position is the one after the head.
    func append(_ position: Position, byteCount: Int, fill: (UnsafeMutableRawBufferPointer) -> Void) throws
    /// Stores what was appended, on disk where the storage has one.
    func commit() throws
}

extension LogReader {
    public func prefetch(_ positions: [Position]) {}

    /// The event at a position.
    public func event<R>(at position: Position, _ body: (borrowing RecordView) throws -> R) throws -> R? {
        try record(at: position) { try body(RecordView($0, at: position)) }
    }

    /// Visits the events of a range.
    public func forEach(_ range: ClosedRange<Position>, backward: Bool = false, _ body: (borrowing RecordView) throws -> Bool) throws {
        try scan(range, backward: backward) { try body(RecordView($1, at: $0)) }
    }
}

extension LogWriter {
    /// Appends events; nil when there are none.
    func append(_ events: [StagedEvent]) throws -> Checkpoint? {
        var last: Checkpoint?
        for event in events {
            let encoder = RecordFormat.Encoder(event)
            var checksum: UInt32 = 0
            try append(event.position, byteCount: encoder.byteCount) { checksum = encoder.encode(into: $0) }
            last = Checkpoint(position: event.position, checksum: checksum)
        }
        return last
    }
}

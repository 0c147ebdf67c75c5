import Synchronization

/// The log in memory: for tests, and for what-if runs that nothing should outlive.
public final class MemoryStorage: LogStorage {
    private let records = Mutex<[[UInt8]]>([])
    private let writing = Mutex<Void>(())

    public init() {}

    public func beginRead() throws -> any LogReader {
        MemoryLogReader(records.withLock { $0 }) { _ in }
    }

    public func lastCommit() -> UInt64 { UInt64(records.withLock { $0.count }) }

    public func hold<R>(_ body: (any LogHold) throws -> R) throws -> R {
        try writing.withLock { _ in try body(Hold(storage: self)) }
    }

    private struct Hold: LogHold {
        let storage: MemoryStorage

        func write<R>(_ body: (any LogWriter) throws -> R) throws -> R {
            let records = storage.records.withLock { $0 }
            return try body(MemoryLogReader(records) { [storage] new in storage.records.withLock { $0 = new } })
        }
    }
}

private final class MemoryLogReader: LogWriter {
    private var records: [[UInt8]]
    private let store: ([[UInt8]]) -> Void

    init(_ records: [[UInt8]], store: @escaping ([[UInt8]]) -> Void) {
        self.records = records
        self.store = store
    }

    func head() throws -> Position { Position(records.count) }

    var commitNumber: UInt64 { UInt64(records.count) }

    func record<R>(at position: Position, _ body: (RawSpan) throws -> R) throws -> R? {
        guard position >= 1, position <= Position(records.count) else { return nil }
        let bytes = records[Int(position) - 1]
        return try body(bytes.span.bytes)
    }

    func scan(_ range: ClosedRange<Position>, backward: Bool, _ body: (Position, RawSpan) throws -> Bool) throws {
        let first = max(1, range.lowerBound)
        let last = min(Position(records.count), range.upperBound)
        guard first <= last else { return }
        for step in 0...(last - first) {
            let position = backward ? last - step : first + step
            let bytes = records[Int(position) - 1]
            guard try body(position, bytes.span.bytes) else { return }
        }
    }

    func append(_ position: Position, byteCount: Int, fill: (UnsafeMutableRawBufferPointer) -> Void) throws {
        let expected = Position(records.count) + 1
        guard position == expected else { throw PositionError(expected: expected, found: position) }
        var bytes = [UInt8](repeating: 0, count: byteCount)
        bytes.withUnsafeMutableBytes(fill)
        records.append(bytes)
    }

    func commit() throws { store(records) }

    func end() {}
}

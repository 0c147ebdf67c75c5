import EventLog
import Synchronization

/// A storage whose commits do what a test says: wait, or fail.
final class FailingStorage: LogStorage {
    struct Full: Error {}

    private let storage: any LogStorage
    private let commits = Mutex(0)
    /// Called before each commit with its number, from 1.
    private let willCommit: @Sendable (Int) throws -> Void

    init(_ storage: any LogStorage, willCommit: @escaping @Sendable (Int) throws -> Void) {
        self.storage = storage
        self.willCommit = willCommit
    }

    func beginRead() throws -> any LogReader { try storage.beginRead() }
    func lastCommit() throws -> UInt64 { try storage.lastCommit() }

    func hold<R>(_ body: (any LogHold) throws -> R) throws -> R { try storage.hold { try body(Hold(hold: $0, storage: self)) } }

    private struct Hold: LogHold {
        let hold: any LogHold
        let storage: FailingStorage

        func write<R>(_ body: (any LogWriter) throws -> R) throws -> R { try hold.write { try body(Writer($0, storage)) } }
    }

    private final class Writer: LogWriter {
        private let writer: any LogWriter
        private let storage: FailingStorage

        init(_ writer: any LogWriter, _ storage: FailingStorage) {
            self.writer = writer
            self.storage = storage
        }

        func head() throws -> Position { try writer.head() }
        var commitNumber: UInt64 { get throws { try writer.commitNumber } }
        func record<R>(at position: Position, _ body: (RawSpan) throws -> R) throws -> R? { try writer.record(at: position, body) }
        func scan(_ range: ClosedRange<Position>, backward: Bool, _ body: (Position, RawSpan) throws -> Bool) throws {
            try writer.scan(range, backward: backward, body)
        }
        func append(_ position: Position, byteCount: Int, fill: (UnsafeMutableRawBufferPointer) -> Void) throws {
            try writer.append(position, byteCount: byteCount, fill: fill)
        }
        func end() { writer.end() }

        func commit() throws {
            try storage.willCommit(
                storage.commits.withLock { count in
                    count += 1
                    return count
                })
            try writer.commit()
        }
    }
}

import EventLog
import Glibc
import JSON

/// Writes the log as NDJSON of CloudEvents that `ExportedIngest` takes back to an identical log.
///
/// ```swift
/// try EventExport(of: store).write(to: "log.ndjson")
/// ```
public struct EventExport {
    /// What was written.
    public struct Outcome: Sendable {
        public let events: UInt64
        /// The last position in it.
        public let head: Position
    }

    private let store: Store
    private let first: Position

    /// Events are read in pieces, each on a short snapshot.
    private static let eventsPerSnapshot: Position = 50_000

    /// - Parameter first: the first position.
    public init(of store: Store, from first: Position = 1) {
        self.store = store
        self.first = max(1, first)
    }

    /// Writes a file that takes the path's place when it is whole and on disk.
    ///
    /// - Parameter progress: called with the events written and how many there are.
    /// - Throws: `ExportError`; nothing is left then.
    @discardableResult
    public func write(to path: String, progress: (Int, Int) -> Void = { _, _ in }) throws -> Outcome {
        try StoreError.checkOutside(path)
        do {
            let target = try StagingFolder.resolved(path)
            var status = stat()
            if lstat(target, &status) == 0, status.st_mode & S_IFMT != S_IFREG { throw ExportError.notAFile(path: path) }
            let staging = try StagingFolder(beside: target)
            defer { staging.remove() }
            let output = try HashedOutput(staging.content)
            let outcome = try write(progress: progress) { try output.write($0) }
            _ = try output.finish()
            try staging.publish()
            return outcome
        } catch let error as ExportError {
            throw error
        } catch {
            throw ExportError.notMade(path: path, reason: "\(error)")
        }
    }

    /// Hands the lines to `output`, piece by piece: for standard output.
    @discardableResult
    public func write(progress: (Int, Int) -> Void = { _, _ in }, _ output: ([UInt8]) throws -> Void) throws -> Outcome {
        let head = try store.log.head()
        var next = first
        var writer = JSONWriter(capacity: 1 << 17)
        var count: UInt64 = 0
        while next <= head {
            try store.log.storage.read { log in
                try log.forEach(next...min(head, next + Self.eventsPerSnapshot - 1)) { record in
                    guard record.position == first + count else {
                        throw ExportError.notExpressible(first + count, reason: "the log has no record there")
                    }
                    let event = ExportedEvent(record)
                    do {
                        // What cannot be taken back as it is must not look as if it could.
                        _ = try event.record()
                    } catch {
                        throw ExportError.notExpressible(record.position, reason: "\(error)")
                    }
                    event.write(to: &writer)
                    writer.endLine()
                    count += 1
                    if writer.bytes.count >= 1 << 16 {
                        try output(writer.bytes)
                        writer.removeAll()
                        progress(Int(count), Int(head - first + 1))
                    }
                    return true
                }
            }
            next += Self.eventsPerSnapshot
        }
        try output(writer.bytes)
        return Outcome(events: count, head: head)
    }
}

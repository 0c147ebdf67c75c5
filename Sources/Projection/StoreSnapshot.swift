import Dispatch
import EventLog
import LMDB
import Synchronization

/// The log, its index and some projections at one position.
public final class StoreSnapshot {
    /// The log, shown up to `position`.
    public let log: LogSnapshot
    public let tables: TablesSnapshot

    /// Every event up to here is in everything the snapshot shows, and none after it.
    public var position: Position { log.head }

    init(_ log: LogSnapshot, _ readers: [ProjectionReader]) {
        self.log = log
        tables = TablesSnapshot(readers, position: log.head)
    }

    public func end() {
        tables.end()
        log.end()
    }

    /// - Throws: `ProjectionError.unknownProjection` when the snapshot was not opened with it.
    public func projection(_ name: String) throws -> ProjectionReader { try tables.projection(name) }
}

extension Engine {
    /// Opens a snapshot of the named projections, all at the same position, which is at least the log's head at the time of the call.
    ///
    /// What is behind (after a crash, with a new version, or deleted) is caught up first. The caller ends the snapshot.
    public func snapshot(of names: Set<String>) throws -> StoreSnapshot {
        let (head, commit) = try log.storage.read { (try $0.head(), try $0.commitNumber) }
        let wanted = try names.sorted().map { try projection($0) }
        do {
            let snapshot: StoreSnapshot? = try LockWait.$current.withValue(.ofReaders) {
                for _ in 0..<100 {
                    if let snapshot = try trySnapshot(wanted, atLeast: head) { return snapshot }
                }
                return nil
            }
            if let snapshot {
                for projection in wanted { try projection.noteCurrent(snapshot, at: commit) }
                return snapshot
            }
        } catch {
            guard (error as? LMDBError)?.isLockTimeout == true else { throw error }
            // Somebody keeps what is behind from being caught up: the same rows are made beside it, as for a question about the past.
            return try LockWait.$current.withValue(LockWait(limit: .zero)) { try self.snapshot(of: names, asOf: .position(head)) }
        }
        // Others append faster than this process can look: hold them for a moment.
        return try log.storage.write { writer in
            try log.index.catchUp(with: writer)
            for projection in wanted { try projection.catchUp(with: writer) }
            guard let snapshot = try trySnapshot(wanted, atLeast: head) else { throw ProjectionError.notSettled }
            return snapshot
        }
    }

    /// Works on several projections, on as many threads as there are cores.
    func sideBySide(_ projections: [Projection], _ body: @Sendable (Projection) throws -> Void) throws {
        let failures = Mutex<[any Error]>([])
        // Threads that are no tasks' know nothing of this task's values.
        let wait = LockWait.current
        DispatchQueue.concurrentPerform(iterations: projections.count) { place in
            do {
                try LockWait.$current.withValue(wait) { try body(projections[place]) }
            } catch {
                failures.withLock { $0.append(error) }
            }
        }
        if let failure = failures.withLock({ $0.first }) { throw failure }
    }

    /// The log is ahead of the index and the projections, which are written behind it, in any order. Opening it last means that it has what
    /// they show; what they lack is caught up.
    private func trySnapshot(_ projections: [Projection], atLeast head: Position) throws -> StoreSnapshot? {
        var readers: [ProjectionReader] = []
        var behind: [Projection] = []
        var isKept = false
        defer { if !isKept { for reader in readers { reader.end() } } }
        for projection in projections { readers.append(try projection.beginRead()) }
        let index = try log.index.beginRead()
        defer { if !isKept { index.end() } }
        let position = try index.checkpoint().position
        // A projection ahead of the index was caught up by a reader while an append was between the two.
        let isAhead = try readers.contains { try $0.checkpoint()?.position ?? 0 > position }
        if position < head || isAhead {
            try log.storage.read { try log.index.catchUp(with: $0) }
            return nil
        }
        for (projection, reader) in zip(projections, readers) where try !projection.isCurrent(reader, with: index) {
            behind.append(projection)
        }
        if !behind.isEmpty {
            // A snapshot held while another transaction writes would only keep old pages alive.
            for reader in readers { reader.end() }
            readers = []
            let log = self.log
            try sideBySide(behind) { projection in try log.storage.read { try projection.catchUp(with: $0) } }
            return nil
        }
        isKept = true
        return StoreSnapshot(LogSnapshot(try log.storage.beginRead(), index, head: position), readers)
    }
}

import Synchronization

/// The index in one append: what the append adds is taken back at the end, unless it was stored.
final class IndexSession {
    let changes: IndexChanges
    /// Whether the next append is near, so that what this one changed may stay in memory till then.
    let isBurst: Bool
    private let eventLog: EventLog
    private let start: Int
    private var isStored = false

    /// - Parameter log: whose write lock is held.
    init(_ eventLog: EventLog, _ log: any LogReader) throws {
        self.eventLog = eventLog
        let head = try log.head()
        isBurst = eventLog.pace.withLock { $0.begin(at: head) }
        changes = try eventLog.index.beginAppend(log)
        start = changes.mark
    }

    /// Has `store` put the events up to a checkpoint on disk, and commits what was added up to there.
    func commit(_ checkpoint: Checkpoint, _ store: () throws -> Void = {}) throws {
        // As long as the write lock is held: a thread that comes next would take these events for another process's.
        eventLog.pace.withLock { $0.end(at: checkpoint.position) }
        try store()
        isStored = true
        eventLog.index.behind.commit(checkpoint, isBurst: isBurst)
    }

    func end() {
        if isStored { return }
        changes.undo(to: start)
        eventLog.index.behind.end(isKept: true)
    }
}

import Synchronization

/// The index in one append: what the append adds is taken back at the end, unless all of it was stored.
final class IndexSession {
    let changes: IndexChanges
    private let neighbor: AppendPace.Neighbor
    private let eventLog: EventLog
    private let start: Int
    private var isStored = false

    /// - Parameter log: whose write lock is held.
    init(_ eventLog: EventLog, _ log: any LogReader) throws {
        self.eventLog = eventLog
        let head = try log.head()
        neighbor = eventLog.pace.withLock { $0.begin(at: head) }
        changes = try eventLog.index.beginAppend(log)
        start = changes.mark
    }

    /// Whether the next append is near, so that what this one changed may stay in memory till then.
    var isBurst: Bool {
        switch neighbor {
        case .none: changes.mark - start >= AppendPace.largeAppend
        case .own: true
        case .others: false
        }
    }

    /// The events up to a checkpoint are on disk, or about to be.
    ///
    /// Called as long as the write lock is held: a thread that comes next would take these events for another process's.
    func noteStored(upTo checkpoint: Checkpoint) { eventLog.pace.withLock { $0.end(at: checkpoint.position) } }

    /// Has `store` put all that was staged on disk, unless it is there, and commits what was added up to the checkpoint.
    func commit(_ checkpoint: Checkpoint, _ store: () throws -> Void = {}) rethrows {
        noteStored(upTo: checkpoint)
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

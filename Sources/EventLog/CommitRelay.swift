import Dispatch

/// Puts events on disk on another thread, one commit after another.
final class CommitRelay: @unchecked Sendable {
    // Unchecked: whoever has the turn touches what follows.
    private let turn = DispatchSemaphore(value: 1)
    private let hold: any LogHold
    /// Of its own: in the threads that all of the process share it would wait behind those that write the views.
    private let writer = DispatchQueue(label: "spool.log", qos: .userInitiated)
    private var failure: (any Error)?
    /// How far the log is on disk, once something was stored.
    private var stored: Checkpoint?

    init(_ hold: any LogHold) { self.hold = hold }

    /// Commits events, once the commit before is done.
    ///
    /// - Parameter done: called with why they are not on disk, where they are not: no commit follows one that failed.
    /// - Returns: whether none before has failed.
    func commit(_ events: [StagedEvent], done: @escaping ((any Error)?) -> Void) -> Bool {
        turn.wait()
        let isFine = failure == nil
        // The one who staged them changes them no more.
        nonisolated(unsafe) let work = { [self] in
            store(events)
            done(failure)
            turn.signal()
        }
        // Otherwise there is nothing to wait for.
        if isFine && !events.isEmpty { writer.async { work() } } else { work() }
        return isFine
    }

    private func store(_ events: [StagedEvent]) {
        guard failure == nil, !events.isEmpty else { return }
        do {
            try hold.write { log in
                let checkpoint = try log.append(events)
                try log.commit()
                stored = checkpoint
            }
        } catch {
            failure = error
        }
    }

    /// Waits for the last commit.
    ///
    /// - Returns: how far the log is on disk, nil when nothing was stored; and why a commit failed, where one did.
    func finish() -> (stored: Checkpoint?, failure: (any Error)?) {
        turn.wait()
        defer { turn.signal() }
        return (stored, failure)
    }
}

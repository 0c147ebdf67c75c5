import Dispatch
import Synchronization

/// Requests of concurrent callers, on their way into commits.
///
/// Callers that have their result often come back with the next event. Where the disk takes longer than all the rest, a run waits for them, for a
/// fraction of what a commit takes, so that one commit is for all. Where staging takes longer, half of the callers are staged while the events of
/// the others are put on disk.
final class QueuedRequests: AppendSource, Sendable {
    // A class, since it goes through three lists: to move its references from one to the next took 4 % of the staging.
    final class Caller: Sendable {
        let request: AppendRequest
        let continuation: CheckedContinuation<[Receipt], any Error>

        init(_ request: AppendRequest, _ continuation: CheckedContinuation<[Receipt], any Error>) {
            self.request = request
            self.continuation = continuation
        }
    }

    private let state: Mutex<State>
    /// Signalled once for each sleep that ends before its time.
    private let wake = DispatchSemaphore(value: 0)

    /// - Parameter largestGroup: most requests in one commit.
    init(largestGroup: Int) { state = Mutex(State(largestGroup: largestGroup)) }

    /// Returns whether somebody has to begin to drain.
    func add(_ caller: Caller) -> Bool {
        let (mustDrain, mustWake) = state.withLock { state in
            state.waiting.append(caller)
            defer { state.isDraining = true }
            return (!state.isDraining, state.wakeUp(isDone: false))
        }
        if mustWake { wake.signal() }
        return mustDrain
    }

    /// Returns false when nobody is waiting: whoever comes next has to begin to drain.
    func beginRun() -> Bool {
        if let limit = state.withLock({ $0.awaitCallers() }), wake.wait(timeout: .now() + .nanoseconds(Int(limit))) == .timedOut {
            // Otherwise the signal is on its way.
            if state.withLock({ !$0.wakeUp(isDone: true) }) { wake.wait() }
        }
        return state.withLock { $0.beginRun() }
    }

    func next(staged: Int) -> AppendStep {
        while true {
            if let step = state.withLock({ $0.nextStep(staged: staged) }) { return step }
            wake.wait()
        }
    }

    func finish(_ results: [AppendResult]) {
        let (callers, mustWake) = state.withLock { ($0.endCommit(of: results.count), $0.wakeUp(isDone: true)) }
        if mustWake { wake.signal() }
        for (caller, result) in zip(callers, results) { caller.continuation.resume(with: result) }
    }

    /// - Parameter failure: for those that have no result; for all that are waiting when a run could not even begin.
    func endRun(_ failure: any Error) {
        for caller in state.withLock({ $0.endRun() }) { caller.continuation.resume(throwing: failure) }
    }
}

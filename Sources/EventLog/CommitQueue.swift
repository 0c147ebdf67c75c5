import Dispatch
import Synchronization

/// Group commit: concurrent appends share one durable commit.
///
/// While one commit waits for the disk the next requests gather; each caller gets its own result. Callers that have theirs often come back
/// with the next event: a group waits until as many are there as there were, for a fraction of what a commit takes.
///
/// ```swift
/// let queue = CommitQueue { requests in try log.append(requests) }
/// let receipts = try await queue.append(AppendRequest([event]))
/// ```
public final class CommitQueue: Sendable {
    /// A request behind a refused one, where the commit stops there.
    public struct NotTried: Refusal, Hashable, CustomStringConvertible {
        public var description: String { "not tried: a request before it was refused" }
    }

    /// Stores requests under one commit: a result for each, in order.
    public typealias Commit = @Sendable ([AppendRequest]) throws -> [Result<[Receipt], any Error>]

    private struct Waiting {
        let request: AppendRequest
        let continuation: CheckedContinuation<[Receipt], any Error>
    }

    private struct State {
        var waiting: [Waiting] = []
        var isDraining = false
        /// How many have to wait for the commit to begin before its time.
        var awaited: Int?
    }

    private let state = Mutex(State())
    private let commit: Commit
    private let largestGroup: Int
    /// In nanoseconds.
    private static let longestWait: UInt64 = 2_000_000
    /// One thread at a time: LMDB's write transaction belongs to the thread that began it.
    private let writer = DispatchQueue(label: "spool.commit")
    /// Signalled when those awaited are there.
    private let arrival = DispatchSemaphore(value: 0)

    /// - Parameter largestGroup: most requests in one commit.
    public init(largestGroup: Int = 4096, commit: @escaping Commit) {
        self.commit = commit
        self.largestGroup = largestGroup
    }

    /// Returns when the events are on disk; throws when they were refused.
    public func append(_ request: AppendRequest) async throws -> [Receipt] {
        try await withCheckedThrowingContinuation { continuation in
            let (mustStart, isLast) = state.withLock { state in
                state.waiting.append(Waiting(request: request, continuation: continuation))
                let isLast = state.awaited == state.waiting.count
                if isLast { state.awaited = nil }
                defer { state.isDraining = true }
                return (!state.isDraining, isLast)
            }
            if isLast { arrival.signal() }
            if mustStart { writer.async { self.drain() } }
        }
    }

    /// Waits until so many are waiting, or the time is up.
    private func gather(_ count: Int, for limit: DispatchTimeInterval) {
        let areThere = state.withLock { state in
            if state.waiting.count >= count { return true }
            state.awaited = count
            return false
        }
        if areThere || arrival.wait(timeout: .now() + limit) == .success { return }
        let cameLate = state.withLock { state in
            defer { state.awaited = nil }
            return state.awaited == nil
        }
        // The signal is on its way.
        if cameLate { arrival.wait() }
    }

    private func drain() {
        while true {
            let group: [Waiting] = state.withLock { state in
                let group = Array(state.waiting.prefix(largestGroup))
                state.waiting.removeFirst(group.count)
                if group.isEmpty { state.isDraining = false }
                return group
            }
            if group.isEmpty { return }
            let start = DispatchTime.now().uptimeNanoseconds
            let results = Result { try commit(group.map(\.request)) }
            let taken = DispatchTime.now().uptimeNanoseconds - start
            let callers = group.count + state.withLock { $0.waiting.count }
            for (place, waiting) in group.enumerated() {
                waiting.continuation.resume(with: results.flatMap { place < $0.count ? $0[place] : .failure(NotTried()) })
            }
            // One caller alone has nobody to wait for.
            if callers > 1 { gather(min(callers, largestGroup), for: .nanoseconds(Int(min(taken / 4, Self.longestWait)))) }
        }
    }
}

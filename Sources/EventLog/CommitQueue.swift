import Dispatch
import Synchronization

/// Group commit: concurrent appends share one durable commit.
///
/// While one commit waits for the disk the next requests gather; each caller gets its own result.
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
    }

    private let state = Mutex(State())
    private let commit: Commit
    private let largestGroup: Int
    /// One thread at a time: LMDB's write transaction belongs to the thread that began it.
    private let writer = DispatchQueue(label: "spool.commit")

    /// - Parameter largestGroup: most requests in one commit.
    public init(largestGroup: Int = 4096, commit: @escaping Commit) {
        self.commit = commit
        self.largestGroup = largestGroup
    }

    /// Returns when the events are on disk; throws when they were refused.
    public func append(_ request: AppendRequest) async throws -> [Receipt] {
        try await withCheckedThrowingContinuation { continuation in
            let mustStart = state.withLock { state in
                state.waiting.append(Waiting(request: request, continuation: continuation))
                if state.isDraining { return false }
                state.isDraining = true
                return true
            }
            if mustStart { writer.async { self.drain() } }
        }
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
            do {
                let results = try commit(group.map(\.request))
                for (place, waiting) in group.enumerated() {
                    waiting.continuation.resume(with: place < results.count ? results[place] : .failure(NotTried()))
                }
            } catch {
                for waiting in group { waiting.continuation.resume(throwing: error) }
            }
        }
    }
}

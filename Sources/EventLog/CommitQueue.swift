import Dispatch
import Synchronization

/// Group commit: concurrent appends share one durable commit.
///
/// While one commit waits for the disk the next requests gather, or are staged already; each caller gets its own result.
///
/// ```swift
/// let queue = CommitQueue { source in try log.append(from: source) }
/// let receipts = try await queue.append(AppendRequest([event]))
/// ```
public final class CommitQueue: Sendable {
    /// A request that a run left without a result.
    public struct NotTried: Refusal, Hashable, CustomStringConvertible {
        public var description: String { "not tried: the append before it ended early" }
    }

    /// Stores what a source gives.
    public typealias Run = @Sendable (any AppendSource) throws -> Void

    private let requests: QueuedRequests
    private let run: Run
    /// One run at a time.
    private let writer = DispatchQueue(label: "spool.commit")

    /// - Parameter largestGroup: most requests in one commit.
    public init(largestGroup: Int = 1024, run: @escaping Run) {
        requests = QueuedRequests(largestGroup: largestGroup)
        self.run = run
    }

    /// Returns when the events are on disk; throws when they were refused.
    public func append(_ request: AppendRequest) async throws -> [Receipt] {
        try await withCheckedThrowingContinuation { continuation in
            if requests.add(.init(request, continuation)) { writer.async { self.drain() } }
        }
    }

    private func drain() {
        while requests.beginRun() {
            let failure: any Error
            do {
                try run(requests)
                failure = NotTried()
            } catch {
                failure = error
            }
            requests.endRun(failure)
        }
    }
}

import EventLog
import LMDB

/// A projection's one write transaction: folds events into its tables.
final class ProjectionSession {
    private let changes: ProjectionChanges
    let transaction: DerivedTransaction
    private let deferred: DeferredIndexes?

    var views: ViewWriter { changes.views }

    /// - Parameter deferred: indexes that are loaded at the end of a build from nothing.
    init(_ projection: Projection, _ transaction: DerivedTransaction, deferred: DeferredIndexes? = nil) {
        self.deferred = deferred
        self.transaction = transaction
        changes = ProjectionChanges(
            projection.projector, projection.settings, flushBytes: projection.flushBytes, enforcesChecks: false, deferred: deferred)
        changes.look(in: transaction, below: nil)
    }

    /// Whether what is not written yet takes so much memory that it is time to commit.
    var isLarge: Bool { changes.byteCount >= (deferred == nil ? changes.flushBytes : changes.flushBytes / 2) }

    func end() { transaction.end() }

    func isInitialized() throws -> Bool { try transaction.isInitialized() }

    func checkpoint() throws -> Checkpoint { try transaction.checkpoint() }

    func insertInitialRows() throws { try changes.insertInitialRows() }

    func apply(_ record: borrowing RecordView) throws { try changes.apply(record) }

    func apply(_ item: DecodeAhead.Item) throws { try changes.apply(item) }

    /// Applies the log's events beyond the checkpoint, at most `limit` of them; the caller commits.
    ///
    /// - Returns: how far it came.
    func fold(_ log: any LogReader, through last: Position, limit: Int) throws -> Checkpoint {
        try changes.fold(log, from: transaction.committed(), through: last, limit: limit)
    }

    /// `fold(_:through:limit:)` of what another thread decodes; the caller commits.
    ///
    /// - Returns: how far it came, and whether that is all.
    func fold(_ ahead: DecodeAhead) throws -> (reached: Checkpoint, isAll: Bool) {
        var reached = try transaction.checkpoint()
        while let chunk = try ahead.next() {
            for item in chunk.items { try changes.apply(item) }
            reached = chunk.reached
            if isLarge { return (reached, false) }
        }
        return (reached, true)
    }

    /// Loads some of what was left for the end; returns whether that was all. The caller commits.
    func loadDeferred() throws -> Bool { try deferred?.load(into: views.buffers, limit: changes.flushBytes) ?? true }

    func commit(_ checkpoint: Checkpoint) throws {
        try changes.write(to: transaction)
        changes.removeAll()
        try transaction.commit(checkpoint)
    }
}

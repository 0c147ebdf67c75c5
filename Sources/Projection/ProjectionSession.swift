import EventLog
import LMDB

/// A projection's one write transaction: folds events into its tables.
final class ProjectionSession {
    let projection: Projection
    let views: ViewWriter
    private let transaction: DerivedTransaction

    /// Changes are written out at about this size, so that memory stays bounded at any length of the log.
    private static let flushBytes = 48 << 20

    init(_ projection: Projection, _ transaction: DerivedTransaction, enforcesChecks: Bool) {
        self.projection = projection
        self.transaction = transaction
        views = ViewWriter(
            transaction, projection.projector.tables.map(\.schema), settings: projection.settings, enforcesChecks: enforcesChecks)
    }

    /// Whether what is not written yet takes so much memory that it is time to commit.
    var isLarge: Bool { views.pendingBytes >= Self.flushBytes }

    func end() { transaction.end() }

    func isInitialized() throws -> Bool { try transaction.isInitialized() }

    func checkpoint() throws -> Checkpoint { try transaction.checkpoint() }

    /// Applies the log's events beyond the checkpoint, at most `limit` of them; the caller commits.
    ///
    /// - Returns: how far it came.
    func fold(_ log: any LogReader, through last: Position, limit: Int) throws -> Checkpoint {
        var reached = try transaction.checkpoint()
        if try !transaction.isInitialized() { try insertInitialRows() }
        guard reached.position < last else { return reached }
        // Caught up within an append or before a query, the rows are the same.
        let enforcesChecks = views.enforcesChecks
        views.enforcesChecks = false
        defer { views.enforcesChecks = enforcesChecks }
        var count = 0
        try log.forEach(reached.position + 1...last) { record in
            try apply(record)
            reached = Checkpoint(position: record.position, checksum: record.checksum)
            count += 1
            return count < limit && !isLarge
        }
        return reached
    }

    /// `fold(_:through:limit:)` of what another thread decodes; the caller commits.
    ///
    /// - Returns: how far it came, and whether that is all.
    func fold(_ ahead: DecodeAhead) throws -> (reached: Checkpoint, isAll: Bool) {
        views.enforcesChecks = false
        var reached = try transaction.checkpoint()
        while let chunk = try ahead.next() {
            for item in chunk.items { try apply(item) }
            reached = chunk.reached
            if isLarge { return (reached, false) }
        }
        return (reached, true)
    }

    func insertInitialRows() throws {
        for table in projection.projector.tables { try table.insertInitialRows(into: views) }
        views.keep()
    }

    /// Applies an event of the log, if the projector handles it. A replay takes every event: what this version's rules forbid is noted, and
    /// changes nothing.
    func apply(_ record: borrowing RecordView) throws {
        if let item = projection.projector.item(of: record) { try apply(item) }
    }

    func apply(_ item: DecodeAhead.Item) throws {
        views.beginEvent()
        do {
            try item.prepared.get().run(item.place, views)
            views.keep()
        } catch let error where error.isRefusal {
            try views.undo()
            var key: [UInt8] = []
            withUnsafeBytes(of: item.place.position.bigEndian) { key.append(contentsOf: $0) }
            let tree = transaction.trees[transaction.trees.startIndex + 1]
            try transaction.transaction.put(Array("\(item.type): \(error)".utf8), for: key, in: tree)
        }
    }

    func commit(_ checkpoint: Checkpoint) throws {
        try views.flush()
        try transaction.commit(checkpoint)
    }
}

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

    func end() { transaction.end() }

    /// Whether every event up to a position was applied, and the rows of the beginning are there.
    func isAt(_ position: Position) throws -> Bool {
        try transaction.isInitialized() && transaction.checkpoint().position >= position
    }

    /// Applies the log's events beyond the checkpoint, at most `limit` of them; the caller commits.
    ///
    /// - Returns: how far it came.
    func fold(_ log: any LogReader, through last: Position, limit: Int) throws -> Checkpoint {
        var reached = try transaction.checkpoint()
        if try !transaction.isInitialized() {
            for table in projection.projector.tables { try table.insertInitialRows(into: views) }
            views.keep()
        }
        guard reached.position < last else { return reached }
        var count = 0
        let handlers = projection.projector.handlers
        try log.forEach(reached.position + 1...last) { record in
            if let handler = handlers.first(where: { record.hasType($0.typeBytes) }) {
                let place = EventPlace(
                    position: record.position, time: record.time, recordedTime: record.recordedTime, schemaVersion: record.schemaVersion)
                try apply(handler, record.data, place)
            }
            reached = Checkpoint(position: record.position, checksum: record.checksum)
            count += 1
            return count < limit && views.pendingBytes < Self.flushBytes
        }
        return reached
    }

    /// A replay takes every event: what this version's rules forbid is noted, and changes nothing.
    private func apply(_ handler: On, _ data: [UInt8], _ place: EventPlace) throws {
        views.beginEvent()
        do {
            try handler.apply(data, place, views, isNew: false)
            views.keep()
        } catch let error where error.isRefusal {
            try views.undo()
            var key: [UInt8] = []
            withUnsafeBytes(of: place.position.bigEndian) { key.append(contentsOf: $0) }
            let tree = transaction.trees[transaction.trees.startIndex + 1]
            try transaction.transaction.put(Array("\(handler.type): \(error)".utf8), for: key, in: tree)
        }
    }

    func commit(_ checkpoint: Checkpoint) throws {
        try views.flush()
        try transaction.commit(checkpoint)
    }
}

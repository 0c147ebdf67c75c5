import EventLog
import LMDB

/// What events change in a projection's tables: folded in memory, and written into a transaction.
final class ProjectionChanges: DerivedChanges {
    private let projector: Projector
    private var decoder: EventDecoder
    /// Changes are written out at about this size.
    let flushBytes: Int
    let views: ViewWriter
    private(set) var eventCount = 0
    /// Events that this version's rules forbid: what is said of them by position.
    private var conflicts: [(key: [UInt8], text: [UInt8])] = []

    /// - Parameter deferred: indexes that are loaded at the end of a build from nothing.
    init(_ projector: Projector, _ settings: Settings, flushBytes: Int, enforcesChecks: Bool, deferred: DeferredIndexes? = nil) {
        self.projector = projector
        decoder = EventDecoder(projector)
        self.flushBytes = flushBytes
        views = ViewWriter(projector.tables.map(\.schema), settings: settings, enforcesChecks: enforcesChecks, deferred: deferred)
    }

    var byteCount: Int { views.pendingBytes }

    func look(in transaction: DerivedTransaction, below: ProjectionChanges?) { views.look(in: transaction, below: below?.views) }

    func detach() { views.detach() }

    func insertInitialRows() throws {
        for table in projector.tables { try table.insertInitialRows(into: views) }
        views.keep()
    }

    /// Applies the log's events beyond a checkpoint, at most `limit`, none beyond `last`, and no more than memory is meant to hold.
    ///
    /// - Parameter start: nil: the tables were never written.
    /// - Returns: how far it came.
    func fold(_ log: any LogReader, from start: Checkpoint?, through last: Position, limit: Int) throws -> Checkpoint {
        if start == nil { try insertInitialRows() }
        var reached = start ?? .start
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
            return count < limit && byteCount < flushBytes
        }
        return reached
    }

    /// Applies an event of the log, if the projector handles it. A replay takes every event: what this version's rules forbid is noted, and
    /// changes nothing.
    func apply(_ record: borrowing RecordView) throws {
        if let item = decoder.item(of: record) { try apply(item) }
    }

    func apply(_ item: DecodeAhead.Item) throws {
        beginEvent()
        do {
            try item.prepared.get().run(item.place, views)
            views.keep()
        } catch let error where error.isRefusal {
            try views.undo()
            conflicts.append((withUnsafeBytes(of: item.place.position.bigEndian) { Array($0) }, Array("\(item.type): \(error)".utf8)))
        }
    }

    func beginEvent() {
        eventCount += 1
        views.beginEvent()
    }

    func write(to transaction: DerivedTransaction) throws {
        try views.write(to: transaction)
        let tree = transaction.trees[transaction.trees.startIndex + 1]
        for conflict in conflicts { try transaction.transaction.put(conflict.text, for: conflict.key, in: tree) }
    }

    /// Forgets the changes, once they are written into the transaction that they are looked up in.
    func removeAll() {
        views.removeAll()
        conflicts.removeAll()
        eventCount = 0
    }
}

import EventLog
import LMDB
import Synchronization

/// Some projections at one position.
public final class TablesSnapshot {
    private let readers: [ProjectionReader]
    /// Every event up to here is in the tables, and none after it.
    public let position: Position

    init(_ readers: [ProjectionReader], position: Position) {
        self.readers = readers
        self.position = position
    }

    public func end() {
        for reader in readers { reader.end() }
    }

    /// - Throws: `ProjectionError.unknownProjection` when the snapshot was not opened with it.
    public func projection(_ name: String) throws -> ProjectionReader {
        guard let reader = readers.first(where: { $0.projector.name == name }) else {
            throw ProjectionError.unknownProjection(name, known: readers.map(\.projector.name).sorted())
        }
        return reader
    }
}

/// A commit of a projection that held every event of a commit of the log.
struct CurrentMark {
    let logCommit: UInt64
    let position: Position
    /// Which opening of its environment, so that another file in its place is not taken for it.
    let environment: UInt64
    let commit: UInt64
}

extension Projection {
    func noteCurrent(_ snapshot: StoreSnapshot, at logCommit: UInt64) throws {
        let transaction = try snapshot.projection(name).transaction.transaction
        let mark = CurrentMark(
            logCommit: logCommit, position: snapshot.position, environment: transaction.environment.number, commit: try transaction.number)
        foundCurrent.withLock { $0 = mark }
    }

    /// A snapshot of the tables and how far into the log they have come, where that is all of a commit of the log by what is known already.
    fileprivate func beginRead(ifAt logCommit: UInt64) throws -> (reader: ProjectionReader, position: Position)? {
        guard let mark = foundCurrent.withLock({ $0 }), mark.logCommit == logCommit else { return nil }
        let reader = try beginRead()
        let transaction = reader.transaction.transaction
        if try transaction.environment.number == mark.environment && transaction.number == mark.commit { return (reader, mark.position) }
        reader.end()
        return nil
    }
}

extension Engine {
    /// Opens a snapshot of the named projections without the log and its index, which a question to tables does not need; otherwise as
    /// `snapshot(of:)`. The caller ends it.
    public func tables(of names: some Collection<String>) throws -> TablesSnapshot {
        let wanted = try names.map { try projection($0) }
        if let tables = try unchangedTables(wanted) { return tables }
        let snapshot = try snapshot(of: Set(names))
        snapshot.log.end()
        return snapshot.tables
    }

    /// The tables of one projection, as `tables(of:)`.
    public func tables(of name: String) throws -> ProjectionReader {
        if let (reader, _) = try projection(name).beginRead(ifAt: log.storage.lastCommit()) { return reader }
        return try tables(of: CollectionOfOne(name)).projection(name)
    }

    /// The projections, where neither they nor the log have changed since they were last found to be at its head; nil where one has.
    ///
    /// Numbers are compared in place of opening the log and the index: a read of one row takes a quarter of the time.
    private func unchangedTables(_ projections: [Projection]) throws -> TablesSnapshot? {
        guard !projections.isEmpty else { return nil }
        let logCommit = try log.storage.lastCommit()
        var readers: [ProjectionReader] = []
        var isKept = false
        defer { if !isKept { for reader in readers { reader.end() } } }
        var position: Position?
        for projection in projections {
            guard let (reader, reached) = try projection.beginRead(ifAt: logCommit) else { return nil }
            readers.append(reader)
            guard reached == position ?? reached else { return nil }
            position = reached
        }
        guard let position else { return nil }
        isKept = true
        return TablesSnapshot(readers, position: position)
    }
}

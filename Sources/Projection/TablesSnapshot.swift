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
    /// Weak, so that another file in its place is not taken for it.
    weak var environment: Environment?
    let commit: UInt64
}

extension Projection {
    func noteCurrent(_ snapshot: StoreSnapshot, at logCommit: UInt64) throws {
        let transaction = try snapshot.projection(name).transaction.transaction
        let mark = CurrentMark(
            logCommit: logCommit, position: snapshot.position, environment: transaction.environment, commit: try transaction.number)
        foundCurrent.withLock { $0 = mark }
    }

    /// How far into the log a snapshot of the tables has come, where that is all of a commit of the log by what is known already.
    fileprivate func position(of reader: ProjectionReader, at logCommit: UInt64) throws -> Position? {
        let transaction = reader.transaction.transaction
        let commit = try transaction.number
        return foundCurrent.withLock { mark in
            let isSame = mark?.logCommit == logCommit && mark?.commit == commit && mark?.environment === transaction.environment
            return isSame ? mark?.position : nil
        }
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

    /// The projections, where neither they nor the log have changed since they were last found to be at its head; nil where one has.
    ///
    /// Three numbers are compared in place of opening the log and the index: a read of one row takes a third of the time.
    private func unchangedTables(_ projections: [Projection]) throws -> TablesSnapshot? {
        guard !projections.isEmpty else { return nil }
        let logCommit = try log.storage.lastCommit()
        var readers: [ProjectionReader] = []
        var isKept = false
        defer { if !isKept { for reader in readers { reader.end() } } }
        var position: Position?
        for projection in projections {
            guard projection.foundCurrent.withLock({ $0?.logCommit }) == logCommit else { return nil }
            let reader = try projection.beginRead()
            readers.append(reader)
            guard let reached = try projection.position(of: reader, at: logCommit), reached == position ?? reached else { return nil }
            position = reached
        }
        guard let position else { return nil }
        isKept = true
        return TablesSnapshot(readers, position: position)
    }
}

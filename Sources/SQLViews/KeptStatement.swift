import EventLog
import Projection

/// A statement prepared once, for all times that its text is asked: to prepare it takes ten times as long as to find a row with it.
struct KeptStatement {
    let statement: Statement
    /// Whose tables it reads.
    let projections: Set<String>
    let readsLog: Bool
    private let trustedOrders: Set<TrustedOrder>
    private let position: Position

    /// - Parameter state: after the statement was prepared with the snapshot that its plans were made for.
    init(_ statement: Statement, _ projections: Set<String>, readsLog: Bool, _ state: QueryState, at position: Position) {
        self.statement = statement
        self.projections = projections
        self.readsLog = readsLog
        trustedOrders = state.trustedOrders
        self.position = position
    }

    /// Whether its plans are right for a snapshot, and probably still good: the log has not doubled since.
    func isFit(for snapshot: TablesSnapshot) throws -> Bool {
        guard snapshot.position / 2 <= position + 1000 else { return false }
        return try trustedOrders.allSatisfy { try $0.holds(in: snapshot) }
    }
}

/// An index (nil: the primary key) that gave its rows in order when a plan was made. It does so until a key is too long for LMDB.
struct TrustedOrder: Hashable {
    let projection: String
    let table: String
    let index: Int?

    func holds(in snapshot: TablesSnapshot) throws -> Bool {
        let reader = try snapshot.projection(projection).table(table)
        return try reader.isOrdered(index.map { reader.schema.indexes[$0] })
    }
}

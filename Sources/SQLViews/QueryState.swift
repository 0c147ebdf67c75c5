import EventLog
import Projection

/// What the statement that runs on a connection sees and leaves behind.
final class QueryState {
    /// Nil while a statement is only looked at, to learn which tables it reads.
    var snapshot: TablesSnapshot?
    /// Where the statement reads the log.
    var log: LogSnapshot?
    /// Where the content of blob columns is.
    var blobs: (any BlobReader)?
    /// The first error of a table, which SQLite knows only by a number.
    var failure: (any Error)?
    /// Rows that the tables have handed to SQLite.
    var rowsVisited = 0
    /// Tables and views that the statement names, as the authorizer saw them.
    var tablesRead: Set<String> = []
    /// What the authorizer refused first.
    var refused: RefusedAction?
    /// A table is being declared to SQLite, by us and not by the statement.
    var isDeclaring = false
    /// Tells when to give up.
    var clock: QueryClock?
    /// Orders of rows that plans made since the begin rely on.
    var trustedOrders: Set<TrustedOrder> = []
    /// Called when a statement is done with: tables forget what belonged to it.
    private var cleanups: [() -> Void] = []

    func atEnd(_ cleanup: @escaping () -> Void) { cleanups.append(cleanup) }

    func begin() {
        failure = nil
        rowsVisited = 0
        tablesRead = []
        refused = nil
        clock = nil
        trustedOrders = []
    }

    /// Lets go of the snapshot, and of what belongs to it; the time goes on.
    func end() {
        for cleanup in cleanups { cleanup() }
        snapshot?.end()
        snapshot = nil
        log?.end()
        log = nil
    }
}

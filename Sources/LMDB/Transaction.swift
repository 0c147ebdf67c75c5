import CLMDB
import Glibc
import Synchronization

/// A snapshot of an environment or, when it writes, the one transaction that may change it.
///
/// Spans that it hands out point into the mapped file. In a read transaction they hold until it ends; in a write transaction until the next
/// change to the same tree. A transaction that is dropped without `commit()` takes its changes back.
public final class Transaction {
    public let environment: Environment
    let writes: Bool
    /// Whether the write lock is given back at the end; otherwise a `WriteHold` does.
    private let ownsLock: Bool
    private var raw: OpaquePointer?
    /// Where a reader is noted, for `Environment.readers`.
    private let note: Int32
    /// For which the commit needs room.
    private var appendedBytes = 0

    init(reading raw: OpaquePointer, in environment: Environment) {
        self.raw = raw
        self.environment = environment
        writes = false
        ownsLock = false
        note = environment.shared.lock.enter(snapshot: mdb_txn_id(raw))
    }

    init(writing raw: OpaquePointer, in environment: Environment, ownsLock: Bool) {
        self.raw = raw
        self.environment = environment
        writes = true
        self.ownsLock = ownsLock
        note = -1
    }

    deinit { end() }

    /// Makes the changes visible to others and, in a durable environment, puts them on disk.
    ///
    /// Does nothing when it was called before. After an error nothing was stored, unless the disk failed when the commit was put there: nobody
    /// sees it then before the next writer has put it there.
    ///
    /// - Parameter keepsPagesApart: in an environment that is not durable: the system should keep each page that is added by itself. Later commits
    ///   that change those pages are faster for it, and this one is slower.
    public func commit(keepsPagesApart: Bool = false) throws(LMDBError) {
        guard writes, let transaction = raw else { return }
        raw = nil
        let number = UInt64(mdb_txn_id(transaction))
        let (code, isMade) = environment.shared.commit(transaction, adding: appendedBytes, keepsPagesApart: keepsPagesApart)
        if ownsLock { environment.shared.lock.leave() }
        if isMade { try check(code, LastCommit.flushing, environment.path) }
        // LMDB calls it an input/output error when only part of a page could be written.
        try check(code == EIO ? environment.shared.lackOfRoom ?? code : code, "commit to", environment.path)
        // What was fit to be written on is so still.
        _ = environment.shared.lastChecked.compareExchange(expected: number - 1, desired: number, ordering: .relaxed)
    }

    /// LMDB's number of the transaction: one more than that of the commit before, or of the last commit when a snapshot began.
    public var number: UInt64 { get throws(LMDBError) { UInt64(mdb_txn_id(try handle("read"))) } }

    /// Ends a snapshot, or takes back the changes not committed.
    public func end() {
        guard let transaction = raw else { return }
        raw = nil
        let shared = environment.shared
        if writes {
            mdb_txn_abort(transaction)
            if ownsLock { shared.lock.leave() }
        } else {
            shared.lock.leave(note)
            shared.endRead(transaction)
        }
    }

    var isOpen: Bool { raw != nil }

    /// The C transaction, unless this one has ended.
    func handle(_ operation: String) throws(LMDBError) -> OpaquePointer {
        guard let raw else { throw LMDBError(code: MDB_BAD_TXN, operation: operation, path: environment.path) }
        return raw
    }

    // MARK: Reading

    /// Number of entries in a tree, without counting them.
    public func count(_ tree: Tree) throws(LMDBError) -> Int {
        var stat = MDB_stat()
        try check(mdb_stat(try handle("read"), tree.handle, &stat), "read", environment.path)
        return stat.ms_entries
    }

    /// The value of a key, in place.
    @_lifetime(borrow self)
    public func value(of key: RawSpan, in tree: Tree) throws(LMDBError) -> RawSpan? {
        var value = MDB_val()
        let transaction = try handle("read")
        let code = key.withValue { key in
            withUnsafeMutablePointer(to: &key) { mdb_get(transaction, tree.handle, $0, &value) }
        }
        if code == MDB_NOTFOUND { return nil }
        try check(code, "read", environment.path)
        return _overrideLifetime(value.span, borrowing: self)
    }

    /// The value of a key, in place.
    @_lifetime(borrow self)
    public func value(of key: [UInt8], in tree: Tree) throws(LMDBError) -> RawSpan? {
        guard let value = try value(of: key.span.bytes, in: tree) else { return nil }
        return _overrideLifetime(value, borrowing: self)
    }

    /// The value of an integer key, in place.
    @_lifetime(borrow self)
    public func value(of key: UInt64, in tree: Tree) throws(LMDBError) -> RawSpan? {
        var value = MDB_val()
        let transaction = try handle("read")
        let code = key.withValue { key in
            withUnsafeMutablePointer(to: &key) { mdb_get(transaction, tree.handle, $0, &value) }
        }
        if code == MDB_NOTFOUND { return nil }
        try check(code, "read", environment.path)
        return _overrideLifetime(value.span, borrowing: self)
    }

    /// A copy of the value of a key.
    public func copy(of key: [UInt8], in tree: Tree) throws(LMDBError) -> [UInt8]? { try copy(of: key.span.bytes, in: tree) }

    /// A copy of the value of a key.
    public func copy(of key: RawSpan, in tree: Tree) throws(LMDBError) -> [UInt8]? {
        guard let value = try value(of: key, in: tree) else { return nil }
        return value.array
    }

    public func cursor(_ tree: Tree) throws(LMDBError) -> Cursor {
        var cursor: OpaquePointer?
        try check(mdb_cursor_open(try handle("read"), tree.handle, &cursor), "read", environment.path)
        guard let cursor else { throw LMDBError(code: MDB_PANIC, operation: "read", path: environment.path) }
        return Cursor(cursor, self)
    }

    // MARK: Writing

    /// Stores a value under a key, replacing what was there.
    public func put(_ value: [UInt8], for key: [UInt8], in tree: Tree) throws(LMDBError) {
        let transaction = try handle("write to")
        let code = key.withValue { key in
            value.withValue { value in
                withUnsafeMutablePointer(to: &key) { key in
                    withUnsafeMutablePointer(to: &value) { mdb_put(transaction, tree.handle, key, $0, 0) }
                }
            }
        }
        try check(code, "write to", environment.path)
    }

    /// Adds a number to the set under a key.
    public func insert(_ number: UInt64, for key: [UInt8], in tree: Tree) throws(LMDBError) {
        let transaction = try handle("write to")
        let code = key.withValue { key in
            number.withValue { value in
                withUnsafeMutablePointer(to: &key) { key in
                    withUnsafeMutablePointer(to: &value) { mdb_put(transaction, tree.handle, key, $0, 0) }
                }
            }
        }
        try check(code, "write to", environment.path)
    }

    /// Appends an entry whose key is above all others, its value written by `fill` straight into the page.
    ///
    /// - Throws: `LMDBError` with `MDB_KEYEXIST` when the key is not above the last one.
    public func append(
        _ key: UInt64, byteCount: Int, to tree: Tree, fill: (UnsafeMutableRawBufferPointer) -> Void
    ) throws(LMDBError) {
        let transaction = try handle("append to")
        var value = MDB_val(mv_size: byteCount, mv_data: nil)
        let code = key.withValue { key in
            withUnsafeMutablePointer(to: &key) {
                mdb_put(transaction, tree.handle, $0, &value, UInt32(MDB_APPEND | MDB_RESERVE))
            }
        }
        try check(code, "append to", environment.path)
        appendedBytes += byteCount
        fill(UnsafeMutableRawBufferPointer(start: value.mv_data, count: byteCount))
    }

    /// Removes a key; returns whether it was there.
    @discardableResult
    public func remove(_ key: [UInt8], from tree: Tree) throws(LMDBError) -> Bool { try remove(key.span.bytes, from: tree) }

    /// Removes a key; returns whether it was there.
    @discardableResult
    public func remove(_ key: RawSpan, from tree: Tree) throws(LMDBError) -> Bool {
        let transaction = try handle("write to")
        let code = key.withValue { key in
            withUnsafeMutablePointer(to: &key) { mdb_del(transaction, tree.handle, $0, nil) }
        }
        if code == MDB_NOTFOUND { return false }
        try check(code, "write to", environment.path)
        return true
    }

    /// Removes every entry of a tree.
    public func removeAll(from tree: Tree) throws(LMDBError) {
        try check(mdb_drop(try handle("write to"), tree.handle, 0), "write to", environment.path)
    }
}

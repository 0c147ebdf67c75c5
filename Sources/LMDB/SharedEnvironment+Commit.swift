import CLMDB
import Glibc

/// Commits, and how they get on disk.
extension SharedEnvironment {
    /// Puts a commit on disk whose writer has not. For whoever holds the write lock, before it looks at what there is.
    func settle() throws(LMDBError) {
        guard last != nil else { return }
        if !lock.isCareful, try lock.flushed == lastMade() { return }
        mdb_txn_abort(try beginWrite())
    }

    /// The one write transaction, for whoever holds the write lock. Its thread ends it.
    func beginWrite() throws(LMDBError) -> OpaquePointer {
        guard let last else { return try beginNext() }
        mdb_env_set_flags(handle, UInt32(MDB_NOSYNC), lock.isCareful ? 0 : 1)
        let transaction = try beginNext()
        // LMDB has only now looked for a commit whose writer died before it could say that it was made.
        let number = UInt64(mdb_txn_id(transaction)) - 1
        if lock.flushed == number { return transaction }
        mdb_txn_abort(transaction)
        guard let (older, newer, view) = try file.lastCommits(), newer.transaction == number else {
            throw LMDBError(code: MDB_CORRUPTED, operation: "write to", path: path)
        }
        // One who knows of no notes has flushed it as LMDB does.
        if lock.flushed == nil {
            try LastCommit.sync(path, descriptor)
        } else {
            try last.flush(newer, after: older, view, path: path, descriptor)
        }
        lock.note(flushed: number, bootID: last.bootID)
        return try beginNext()
    }

    /// Commits a write transaction.
    ///
    /// - Parameters:
    ///   - byteCount: that it adds, where commits wait for the disk.
    ///   - keepsPagesApart: as `Transaction.commit` has it.
    /// - Returns: LMDB's code, or an errno value; and whether the commit was made, and only its flush failed.
    func commit(
        _ transaction: OpaquePointer, adding byteCount: Int = 0, keepsPagesApart: Bool = false
    ) -> (code: Int32, isMade: Bool) {
        if byteCount > 0, room != nil, let usedBytes { room?.make(after: usedBytes, for: byteCount) { try? file.byteCount() } }
        if keepsPagesApart, cacheRoom != nil, let usedBytes { cacheRoom?.make(after: usedBytes) { try? file.byteCount() } }
        let number = mdb_txn_id(transaction)
        let code = mdb_txn_commit(transaction)
        guard last != nil else { return (code, code == 0) }
        if code != 0 {
            lock.beCareful()
            return (code, false)
        }
        // One without changes is no commit.
        var info = MDB_envinfo()
        if mdb_env_info(handle, &info) == 0, info.me_last_txnid < number { return (0, true) }
        if !lock.isCareful, fdatasync(descriptor) != 0 {
            let code = errno
            lock.beCareful()
            return (code, true)
        }
        lock.note(flushed: UInt64(number))
        return (0, true)
    }

    /// The end of the last page in use, in bytes.
    var usedBytes: Int? {
        var info = MDB_envinfo()
        return mdb_env_info(handle, &info) == 0 ? (info.me_last_pgno + 1) * pageSize : nil
    }

    /// Of the commit that LMDB has made last, the one that is to be seen: it, or the one before it, while it is not on disk.
    func seen(_ commit: UInt64) -> UInt64 {
        guard last != nil, let flushed = lock.flushed, commit &- flushed == 1 else { return commit }
        return flushed
    }

    /// The number of the last commit to be seen, or of one that is just becoming it.
    func lastCommit() throws(LMDBError) -> UInt64 { seen(try lastMade()) }

    /// LMDB's number of the last commit.
    private func lastMade() throws(LMDBError) -> UInt64 {
        if let commits { return commits.lastCommit }
        _ = try view()
        var info = MDB_envinfo()
        try check(mdb_env_info(handle, &info), "read", path)
        return UInt64(info.me_last_txnid)
    }
}

import CLMDB

/// Who uses an environment at this moment, and what that costs.
public struct EnvironmentUse: Sendable {
    /// A snapshot that a process holds.
    public struct Reader: Sendable {
        public let party: LockParty
        /// Commits since its snapshot.
        public let behind: Int
    }

    /// Who holds the write lock.
    public var writer: LockParty?
    /// Oldest snapshot first.
    public var readers: [Reader] = []
    /// Free bytes of the file that cannot be used again while the oldest snapshot is held: by so much the file grew for it.
    public var pinnedBytes = 0
    /// Free bytes that the next commits use.
    public var freeBytes = 0
}

extension Environment {
    /// Looks who writes and who reads; strikes out the readers that died.
    public func use() throws(LMDBError) -> EnvironmentUse {
        try clearStaleReaders()
        shared.lock.forgetTheDead()
        var use = EnvironmentUse()
        use.writer = shared.lock.holder
        let listed = try listReaders()
        // Its own snapshot comes after, so that it is not in the list.
        let transaction = try beginRead()
        defer { transaction.end() }
        let last = UInt64(mdb_txn_id(try transaction.handle("read")))
        use.readers = listed.sorted { $0.snapshot < $1.snapshot }.map { reader in
            EnvironmentUse.Reader(
                party: LockParty(process: reader.process, nanoseconds: shared.lock.age(of: reader.snapshot, in: reader.process)),
                behind: Int(clamping: Int64(last) - Int64(reader.snapshot)))
        }
        let oldest = listed.map(\.snapshot).min() ?? last
        try countFreePages(transaction) { freed, pages in
            if freed >= oldest, oldest < last { use.pinnedBytes += pages } else { use.freeBytes += pages }
        }
        return use
    }

    private struct ListedReader {
        let process: Int32
        let snapshot: UInt64
    }

    /// LMDB's own table of readers, which it gives as lines of process, thread and snapshot; idle ones have no snapshot.
    private func listReaders() throws(LMDBError) -> [ListedReader] {
        var text = ""
        let code = withUnsafeMutablePointer(to: &text) { text in
            mdb_reader_list(
                shared.handle,
                { line, text in
                    guard let line, let text else { return 0 }
                    text.assumingMemoryBound(to: String.self).pointee += String(cString: line)
                    return 0
                }, text)
        }
        if code < 0 { throw LMDBError(code: code, operation: "list the readers of", path: path) }
        return text.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            guard words.count == 3, let process = Int32(words[0]), let snapshot = UInt64(words[2]) else { return nil }
            return ListedReader(process: process, snapshot: snapshot)
        }
    }

    /// Visits LMDB's lists of free pages: the commit that freed them, and their bytes.
    private func countFreePages(_ transaction: Transaction, _ body: (UInt64, Int) -> Void) throws(LMDBError) {
        let handle = try transaction.handle("read")
        var stat = MDB_stat()
        var cursor: OpaquePointer?
        try check(mdb_stat(handle, 0, &stat), "read", path)
        try check(mdb_cursor_open(handle, 0, &cursor), "read", path)
        defer { mdb_cursor_close(cursor) }
        var key = MDB_val()
        var pages = MDB_val()
        while mdb_cursor_get(cursor, &key, &pages, MDB_NEXT) == 0 {
            guard key.mv_size == 8, pages.mv_size >= 8, let freed = key.mv_data, let list = pages.mv_data else { continue }
            body(
                freed.loadUnaligned(as: UInt64.self),
                Int(clamping: list.loadUnaligned(as: UInt64.self)) * Int(stat.ms_psize))
        }
    }
}

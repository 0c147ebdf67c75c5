import LMDB

/// Reading while somebody keeps the index's write lock.
extension EventIndex {
    /// Catches up, unless somebody keeps the write lock for longer than a reader waits.
    ///
    /// - Returns: false when the lock did not come free.
    func tryToCatchUp(with log: any LogReader) throws -> Bool {
        do {
            try LockWait.$current.withValue(.ofReaders) { try catchUp(with: log) }
            return true
        } catch {
            guard (error as? LMDBError)?.isLockTimeout == true else { throw error }
            return false
        }
    }

    /// A reader on a copy of the index, brought up to date in a folder of its own: it waits for nobody.
    func beginReadBeside(_ log: any LogReader) throws -> IndexReader {
        let build = try BuildFolder(in: Folder.parent(of: environment.path), for: "index")
        defer { build.remove() }
        // Open, it stays whole when its folder goes.
        _ = try copy(to: build.content)
        let copy = EventIndex(at: build.content, of: self.log, bootID: bootID)
        try copy.catchUp(with: log)
        return try copy.beginRead()
    }
}

extension LockWait {
    /// For a lock that a reader needs only to bring something up to date: a second, or what is left to it.
    public static var ofReaders: LockWait { LockWait(limit: min(current.limit, .seconds(1))) }
}

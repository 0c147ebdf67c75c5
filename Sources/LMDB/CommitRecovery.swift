import Glibc

/// Makes sure of the last commit of a file before anybody opens it. Each step may be cut off and is then made again by the next one to come.
struct CommitRecovery {
    let last: LastCommit
    /// nil where there is no file yet.
    let file: FileMap?

    /// Puts the last commit on disk, or takes it back.
    ///
    /// - Returns: its number, and whether there are no pages that somebody wrote for nothing.
    func settle(_ note: WriteLock.Note) throws(LMDBError) -> (commit: UInt64, isClean: Bool) {
        guard let file else { return (0, true) }
        // What is damaged in another way is found, and told, by those who read it.
        guard let (older, newer, view) = try file.lastCommits() else { return (0, false) }
        if case .flushed(newer.transaction, let isClean) = note { return (newer.transaction, isClean) }
        return try open(file) { descriptor throws(LMDBError) in
            if note == .none {
                try LastCommit.sync(file.path, descriptor)
                return (newer.transaction, true)
            }
            do throws(LMDBError) {
                try last.flush(newer, after: older, view, path: file.path, descriptor)
                return (newer.transaction, false)
            } catch {
                guard error.isDamage else { throw error }
                do throws(LMDBError) { try Self.check(older, view, file.path) } catch {
                    // Where there is more damage no loss of power has made it.
                    try LastCommit.sync(file.path, descriptor)
                    return (newer.transaction, false)
                }
                try takeBack(newer, to: older, view, descriptor)
                return (older.transaction, false)
            }
        }
    }

    /// Clears what no commit uses.
    ///
    /// - Returns: whether it is done. It can be tried again: until then LMDB makes its two flushes.
    func clear() -> Bool {
        do throws(LMDBError) {
            guard let file, let (_, newer, view) = try file.lastCommits() else { return false }
            try Self.check(newer, view, file.path)
            try open(file) { descriptor throws(LMDBError) in
                for number in try FreePages.list(newer, view, path: file.path).free {
                    guard let page = view.page(number) else { continue }
                    let range = isFormerLeaf(page, newer) ? page.lower..<page.upper : 0..<page.size
                    guard range.contains(where: { page.load($0) as UInt8 != 0 }) else { continue }
                    let zeros = [UInt8](repeating: 0, count: range.count)
                    try LastCommit.write(zeros.span.bytes, at: Int(number) * page.size + range.lowerBound, file.path, descriptor)
                }
                let end = (Int(newer.lastPage) + 1) * view.pageSize
                if end < view.byteCount, ftruncate(descriptor, off_t(end)) != 0 {
                    throw LMDBError(code: errno, operation: "write to", path: file.path)
                }
                try LastCommit.sync(file.path, descriptor)
            }
            return true
        } catch {
            return false
        }
    }

    private func open<R>(_ file: FileMap, _ body: (Int32) throws(LMDBError) -> R) throws(LMDBError) -> R {
        let descriptor = Glibc.open("\(file.path)/data.mdb", O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { throw LMDBError(code: errno, operation: "open", path: file.path) }
        defer { close(descriptor) }
        return try body(descriptor)
    }

    private static func check(_ meta: MetaPage, _ view: FileView, _ path: String) throws(LMDBError) {
        try FreePages.check(DenseTree(meta, view, path: path, transaction: nil), path: path)
    }

    /// Makes the commit before the last one.
    private func takeBack(_ newer: MetaPage, to older: MetaPage, _ view: FileView, _ descriptor: Int32) throws(LMDBError) {
        guard let page = view.page(older.transaction & 1), let file else { return }
        var bytes = Array(UnsafeRawBufferPointer(start: page.start, count: MetaPage.byteCount))
        // Under the number of the one before it, so that they follow one another; its pages are of a later one.
        MetaPage.setNumbers(slot: newer.transaction & 1, transaction: older.transaction == 0 ? 0 : older.transaction - 1, in: &bytes)
        try LastCommit.write(bytes.span.bytes, at: Int(newer.transaction & 1) * view.pageSize, file.path, descriptor)
        try LastCommit.sync(file.path, descriptor)
    }

    /// Whether a free page is, but for the room in it, a leaf of earlier commits. Its values are in the tree, too, and of no harm; should the
    /// tree be damaged there, they are what `LogSalvage` finds.
    private func isFormerLeaf(_ page: Page, _ meta: MetaPage) -> Bool {
        guard page.problem(page.number, .leaf) == nil, page.nodeProblem(isLeaf: true) == nil else { return false }
        return (0..<page.count).allSatisfy { index in
            guard let node = page.node(index), let key = node.integerKey, key >= 1, key <= meta.main.entries else { return false }
            if node.flags == Node.isRun { return true }
            return node.flags == 0 && last.isWhole(key, RawSpan(_unsafeStart: page.start + node.valueOffset, byteCount: node.valueLength))
        }
    }
}

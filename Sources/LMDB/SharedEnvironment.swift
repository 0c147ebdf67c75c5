import CLMDB
import CLinux
import Glibc
import Synchronization

/// The one `MDB_env` of a folder in this process, with its idle read transactions.
final class SharedEnvironment: @unchecked Sendable {
    // Unchecked because MDB_env is a C pointer: LMDB itself allows any thread to use it (MDB_NOTLS), and the mutable rest is behind `state`.
    let handle: OpaquePointer
    let path: String
    let identity: FileIdentity
    let lock: WriteLock
    /// The file beside LMDB's map.
    let file: FileMap
    /// Where LMDB notes the last commit; nil when it is laid out in another way than is known here.
    let commits: LockFile?
    let pageSize: Int
    /// nil where commits do not wait for the disk.
    let room: FileRoom?
    /// nil where they wait.
    let cacheRoom: CacheRoom?
    /// Where one flush puts a commit on disk.
    let last: LastCommit?
    let descriptor: Int32
    /// The last transaction whose pages were found fit to be written on.
    let lastChecked = Atomic<UInt64>(.max)
    /// The step of the clock in which the file was found to have its meta pages, last.
    private let lengthChecked = Atomic<Int64>(0)
    /// The step of the clock in which readers that had died were looked for, last.
    private let readersChecked = Atomic<Int64>(0)
    private let state = Mutex(State())

    private struct State {
        var trees: [Tree.Specification: Tree] = [:]
        var idle: [Idle] = []
    }

    private struct Idle: @unchecked Sendable { let transaction: OpaquePointer }

    private static let readers: UInt32 = 1022
    /// In nanoseconds: for so long a file may grow because of a reader that died.
    private static let readersCheckedEvery: Int64 = 1_000_000_000
    /// LMDB clears room for as many in each new transaction: 60 bytes each.
    private static let maximumTrees: UInt32 = 128
    /// As long as LMDB makes it for so many readers.
    private static let lockFileLength = 64 * (Int(readers) + 2)

    /// Large and sparse: address space, not disk. Halved until the system grants it. What can be made again starts smaller, so that a process
    /// may have many stores open.
    private static func mapSizes(_ durability: Environment.Durability) -> [Int] {
        (34...(durability.isDurable ? 42 : 39)).reversed().map { 1 << $0 }
    }

    init(_ path: String, _ durability: Environment.Durability, capacity: Int?) throws(LMDBError) {
        self.path = path
        last = durability.lastCommit
        if durability.isDurable { try Self.makeWhole(path) }
        let existing = try FileMap(of: path)
        // The first to take the lock makes sure of the last commit, before LMDB opens the file and believes what the meta pages say.
        lock = try WriteLock(in: path, recovery: last.map { CommitRecovery(last: $0, file: existing) })
        do throws(LMDBError) {
            try existing?.checkMetaPages()
            let lockFile = try LockFile(in: path, length: Self.lockFileLength)
            handle = try Self.open(path, durability, capacity)
            do throws(LMDBError) {
                descriptor = try Self.descriptor(of: handle, path)
                identity = try FileStatus(of: descriptor, path).identity
                if durability.isDurable { try Self.syncIfNew(handle, path) }
                let file: FileMap?
                if let existing { file = existing } else { file = try FileMap(of: path) }
                guard let file else { throw LMDBError(code: ENOENT, operation: "open", path: path) }
                self.file = file
                var stat = MDB_stat()
                try check(mdb_env_stat(handle, &stat), "open", path)
                pageSize = Int(stat.ms_psize)
                room = durability.isDurable ? FileRoom(descriptor) : nil
                cacheRoom = durability.isDurable ? nil : CacheRoom(descriptor)
                commits = lockFile?.isUnderstood(by: handle) == true ? lockFile : nil
            } catch {
                mdb_env_close(handle)
                throw error
            }
        } catch {
            lock.close()
            throw error
        }
        forgetDeadReaders()
    }

    /// The pages that a snapshot has are not used again before its reader ends, or is known to have died: LMDB looks for that when it is told to.
    ///
    /// - Returns: LMDB's code, and how many there were.
    @discardableResult
    func forgetDeadReaders() -> (code: Int32, count: Int) {
        readersChecked.store(CoarseClock.now, ordering: .relaxed)
        var count: Int32 = 0
        return (mdb_reader_check(handle, &count), Int(count))
    }

    private static func open(
        _ path: String, _ durability: Environment.Durability, _ capacity: Int?
    ) throws(LMDBError) -> OpaquePointer {
        var flags = UInt32(MDB_NOTLS)
        if !durability.isDurable || durability.lastCommit != nil { flags |= UInt32(MDB_NOSYNC) }
        var failure = LMDBError(code: ENOMEM, operation: "open", path: path)
        for size in mapSizes(durability) where size <= capacity ?? .max {
            do throws(LMDBError) {
                if let opened = try open(path, flags, mapSize: size) { return opened }
            } catch {
                failure = error
                if error.code != ENOMEM { throw error }
            }
        }
        throw failure
    }

    private static func open(_ path: String, _ flags: UInt32, mapSize: Int) throws(LMDBError) -> OpaquePointer? {
        var raw: OpaquePointer?
        try check(mdb_env_create(&raw), "open", path)
        var code = mdb_env_set_mapsize(raw, mapSize)
        if code == 0 { code = mdb_env_set_maxdbs(raw, maximumTrees) }
        if code == 0 { code = mdb_env_set_maxreaders(raw, readers) }
        if code == 0 { code = mdb_env_open(raw, path, flags, 0o644) }
        if code != 0 { mdb_env_close(raw) }
        try check(code, "open", path)
        return raw
    }

    private static func descriptor(of handle: OpaquePointer, _ path: String) throws(LMDBError) -> Int32 {
        var descriptor: Int32 = -1
        try check(mdb_env_get_fd(handle, &descriptor), "open", path)
        return descriptor
    }

    /// Makes an empty data file that is whole from the moment it has its name: LMDB would write its first pages in place, and refuse a file
    /// that a loss of power left without some of them.
    private static func makeWhole(_ path: String) throws(LMDBError) {
        guard access("\(path)/data.mdb", F_OK) != 0 else { return }
        let file = "\(path)/.data-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        defer { unlink(file) }
        var raw: OpaquePointer?
        try check(mdb_env_create(&raw), "open", path)
        var code = mdb_env_open(raw, file, UInt32(MDB_NOSUBDIR | MDB_NOLOCK), 0o644)
        if code == 0 { code = mdb_env_sync(raw, 1) }
        mdb_env_close(raw)
        // LMDB takes a file that may not grow for a full disk.
        var limit = rlimit()
        if code == ENOSPC, getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0, limit.rlim_cur < 1 << 16 { code = EFBIG }
        // Where there are no hard links LMDB makes the file, as it would have.
        if code == 0 { code = spool_place(file, "\(path)/data.mdb") }
        if ![EEXIST, EPERM, ENOTSUP, ENOSYS].contains(code) { try check(code, "open", path) }
    }

    /// Puts the names of a new file and its folder on disk, before anything in it is called stored.
    private static func syncIfNew(_ handle: OpaquePointer, _ path: String) throws(LMDBError) {
        var info = MDB_envinfo()
        try check(mdb_env_info(handle, &info), "open", path)
        guard info.me_last_txnid == 0 else { return }
        for folder in [path, "\(path)/.."] {
            let descriptor = Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            guard descriptor >= 0 else { throw LMDBError(code: errno, operation: "sync", path: folder) }
            defer { Glibc.close(descriptor) }
            guard fsync(descriptor) == 0 else { throw LMDBError(code: errno, operation: "sync", path: folder) }
        }
    }

    /// Ends the idle transactions and unmaps the file. Called once, by the registry, when nobody uses the folder any more.
    func close() {
        endIdle()
        mdb_env_close(handle)
        lock.close()
    }

    /// Gives back the places that idle transactions have among the readers.
    func endIdle() {
        state.withLock { state in
            for idle in state.idle { mdb_txn_abort(idle.transaction) }
            state.idle = []
        }
    }

    /// What keeps the file from growing: a full disk, or this process's limit on file sizes; nil when neither does.
    var lackOfRoom: Int32? {
        var room = statvfs()
        if statvfs(path, &room) == 0, room.f_bavail * UInt(room.f_frsize) < 1 << 16 { return ENOSPC }
        var limit = rlimit()
        guard let status = try? FileStatus(of: descriptor, path),
            getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0
        else {
            return nil
        }
        return rlim_t(status.byteCount) >= limit.rlim_cur ? EFBIG : nil
    }

    // MARK: Trees

    /// Handles of the trees asked for. Missing trees are made; handles are opened under one lock, as LMDB requires.
    func open(_ specifications: [Tree.Specification]) throws(LMDBError) -> [Tree] {
        let isKnown = state.withLock { state in specifications.allSatisfy { $0.name == nil || state.trees[$0] != nil } }
        if !isKnown { try checkNames() }
        let result: Result<[Tree], LMDBError> = state.withLock { state in
            do throws(LMDBError) {
                let unknown = specifications.filter { state.trees[$0] == nil }
                if !unknown.isEmpty, try !open(unknown, create: false, into: &state.trees) {
                    _ = try open(unknown, create: true, into: &state.trees)
                }
                return .success(specifications.compactMap { state.trees[$0] })
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// A few pages, so that to open the trees is safe.
    private func checkNames() throws(LMDBError) {
        let (transaction, meta, view) = try beginCheckedRead()
        defer { endRead(transaction) }
        try StructureCheck.run(meta, view, path: path, isWhole: false)
    }

    /// Returns false when a tree is missing and was not to be made.
    private func open(
        _ specifications: [Tree.Specification], create: Bool, into trees: inout [Tree.Specification: Tree]
    ) throws(LMDBError) -> Bool {
        if create { try lock.take() }
        defer { if create { lock.leave() } }
        var transaction: OpaquePointer?
        if create {
            transaction = try beginWrite()
        } else {
            try check(mdb_txn_begin(handle, nil, UInt32(MDB_RDONLY), &transaction), "open", path)
        }
        var found: [Tree.Specification: Tree] = [:]
        for specification in specifications {
            var handle: MDB_dbi = 0
            let flags = specification.layout.flags | (create ? UInt32(MDB_CREATE) : 0)
            var code = mdb_dbi_open(transaction, specification.name, flags, &handle)
            // Without MDB_CREATE the unnamed tree's layout is neither set nor checked: make sure of it before the first write.
            let unset = !create && specification.name == nil && Self.isEmpty(handle, transaction)
            if code == MDB_NOTFOUND && !create || unset {
                mdb_txn_abort(transaction)
                return false
            }
            // An existing tree keeps its layout, and LMDB does not say that it is another than the one asked for.
            if code == 0, Self.layout(handle, transaction) != specification.layout { code = MDB_INCOMPATIBLE }
            if code != 0 { mdb_txn_abort(transaction) }
            try check(code, "open the tree \(specification.name ?? "main") of", path)
            found[specification] = Tree(handle: handle)
        }
        let code = if create, let transaction { commit(transaction).code } else { mdb_txn_commit(transaction) }
        try check(code, "open", path)
        trees.merge(found) { $1 }
        return true
    }

    /// What an open tree of one value a key is called.
    func name(of tree: Tree) -> String? {
        state.withLock { state in state.trees.first { $0.value == tree && $0.key.layout == .bytes }?.key.name }
    }

    private static func layout(_ tree: MDB_dbi, _ transaction: OpaquePointer?) -> Tree.Layout? {
        var flags: UInt32 = 0
        return mdb_dbi_flags(transaction, tree, &flags) == 0 ? Tree.Layout(flags: flags) : nil
    }

    private static func isEmpty(_ tree: MDB_dbi, _ transaction: OpaquePointer?) -> Bool {
        var stat = MDB_stat()
        return mdb_stat(transaction, tree, &stat) == 0 && stat.ms_entries == 0
    }

    // MARK: Transactions

    /// LMDB's next write transaction.
    func beginNext() throws(LMDBError) -> OpaquePointer {
        if CoarseClock.now - readersChecked.load(ordering: .relaxed) >= Self.readersCheckedEvery { forgetDeadReaders() }
        var raw: OpaquePointer?
        let code = mdb_txn_begin(handle, nil, 0, &raw)
        guard let raw, code == 0 else { throw LMDBError(code: code == 0 ? MDB_PANIC : code, operation: "write to", path: path) }
        return raw
    }

    /// A read transaction, renewed from an idle one where possible: no lock of LMDB's is taken then.
    func beginRead() throws(LMDBError) -> OpaquePointer {
        // A file that is cut while a snapshot is read ends the process, whenever its length was asked for. To ask before each of many short ones
        // took a tenth of the time of a query for one row.
        let now = CoarseClock.now
        if lengthChecked.load(ordering: .relaxed) != now {
            _ = try view()
            lengthChecked.store(now, ordering: .relaxed)
        }
        return try begin()
    }

    private func begin() throws(LMDBError) -> OpaquePointer {
        if let idle = state.withLock({ $0.idle.popLast() }) {
            if mdb_txn_renew(idle.transaction) == 0 { return idle.transaction }
            mdb_txn_abort(idle.transaction)
        }
        var raw: OpaquePointer?
        var code = mdb_txn_begin(handle, nil, UInt32(MDB_RDONLY), &raw)
        if code == MDB_READERS_FULL {
            forgetDeadReaders()
            code = mdb_txn_begin(handle, nil, UInt32(MDB_RDONLY), &raw)
        }
        if code == MDB_MAP_RESIZED {
            // Another process has a larger map and used it.
            mdb_env_set_mapsize(handle, 0)
            code = mdb_txn_begin(handle, nil, UInt32(MDB_RDONLY), &raw)
        }
        try check(code, "read", path)
        guard let raw else { throw LMDBError(code: MDB_PANIC, operation: "read", path: path) }
        return raw
    }

    /// A read transaction, what its meta page says, and the file as long as that needs it to be.
    func beginCheckedRead() throws(LMDBError) -> (OpaquePointer, MetaPage, FileView) {
        var before: UInt64?
        while true {
            let view = try view()
            let transaction = try begin()
            // The pages of the commit before stay what they are, too, as long as this one is read.
            let number = seen(UInt64(mdb_txn_id(transaction)))
            do throws(LMDBError) {
                if let (meta, view) = try meta(of: number, in: view, isLast: number == before) { return (transaction, meta, view) }
            } catch {
                endRead(transaction)
                throw error
            }
            // Writers have come two transactions further since, unless it happens again.
            endRead(transaction)
            before = number
        }
    }

    /// What a transaction's meta page says; nil when it is another one's by now.
    func meta(of transaction: UInt64, in view: FileView, isLast: Bool) throws(LMDBError) -> (MetaPage, FileView)? {
        func damage(_ problem: String) -> LMDBError {
            LMDBError(damage: TreeDamage(page: transaction & 1, problem: problem, keys: 1 ... .max), operation: "read", path: path)
        }
        var view = view
        guard let page = view.page(transaction & 1) else { throw damage("it is beyond the end of the file") }
        let meta = MetaPage(page)
        guard meta.transaction == transaction, MetaPage(page) == meta, meta.pageSize == pageSize else {
            if isLast { throw damage("expected transaction \(transaction), found \(meta.transaction)") }
            return nil
        }
        // It may have grown since.
        if meta.lastPage >= view.pageCount { view = try self.view() }
        guard let problem = meta.problem(slot: transaction & 1, byteCount: view.byteCount) else { return (meta, view) }
        if isLast { throw damage(problem) }
        return nil
    }

    /// The file as long as it is.
    ///
    /// LMDB reads the meta pages at the begin of each transaction: to touch a page that is gone would end the process (SIGBUS).
    func view() throws(LMDBError) -> FileView {
        let view = try file.view(pageSize: pageSize)
        if view.pageCount >= 2 { return view }
        let problem = "the file was cut to \(view.byteCount) bytes"
        throw LMDBError(damage: TreeDamage(page: 0, problem: problem, keys: 1 ... .max), operation: "read", path: path)
    }

    func endRead(_ transaction: OpaquePointer) {
        mdb_txn_reset(transaction)
        let idle = Idle(transaction: transaction)
        let kept = state.withLock { state in
            guard state.idle.count < 8 else { return false }
            state.idle.append(idle)
            return true
        }
        if !kept { mdb_txn_abort(transaction) }
    }
}

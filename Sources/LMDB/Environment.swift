import CLMDB
import Glibc
import Synchronization

/// An LMDB environment: a folder with one memory-mapped file, many readers and one writer at a time, across processes.
///
/// Opening the same folder twice in one process gives handles on the same map, as LMDB requires.
///
/// ```swift
/// let environment = try Environment(at: "spool/log", trees: [.init(nil, .integers)])
/// try environment.write { transaction in
///     try transaction.append(1, [0x2A], to: environment.trees[0])
/// }
/// ```
public final class Environment: Sendable {
    /// The longest key LMDB takes, in bytes.
    public static let maximumKeyLength = 511
    /// What its folder holds besides the data, while it is open and after.
    public static let lockFiles = ["lock.mdb", WriteLock.fileName]

    /// When a commit is on disk.
    public enum Durability: Sendable {
        /// Before the commit returns: survives a power cut.
        case durable
        /// Before the commit returns, by one flush of the disk in place of LMDB's two. For environments with nothing but their own tree, of keys
        /// 1, 2, 3 …, whose values can tell whether they are whole, and which are read by `beginDenseRead`.
        case durableByOneFlush(LastCommit)
        /// When the operating system gets to it: survives the process, not a power cut.
        case operatingSystem

        var isDurable: Bool { if case .operatingSystem = self { false } else { true } }
        /// How to tell whether the last commit is on disk, where LMDB does not see to it.
        var lastCommit: LastCommit? { if case .durableByOneFlush(let last) = self { last } else { nil } }
    }

    let shared: SharedEnvironment
    /// The trees asked for at opening, in that order.
    public let trees: [Tree]

    public var path: String { shared.path }
    /// Tells this opening from every other one in this process.
    public let number: UInt64
    private let place: EnvironmentPlace?
    private static let openings = Atomic<UInt64>(0)
    /// Which file it is; `FileIdentity(ofEnvironment: path)` is another when something else was put in its place.
    public var identity: FileIdentity { shared.identity }

    /// Opens the environment in a folder, which is made when missing.
    ///
    /// - Parameters:
    ///   - path: the folder that holds `data.mdb` and `lock.mdb`.
    ///   - trees: the trees to use; missing ones are made.
    ///   - durability: what a commit promises.
    ///   - capacity: the most bytes it may ever take. It costs address space, of which a process has 128 TiB; nil: 4 TiB.
    /// - Throws: `LMDBError` naming the folder and what to do.
    public init(at path: String, trees: [Tree.Specification], durability: Durability = .durable, capacity: Int? = nil) throws(LMDBError) {
        let shared = try EnvironmentRegistry.open(path, durability, capacity: capacity)
        do throws(LMDBError) {
            self.trees = try shared.open(trees)
        } catch {
            EnvironmentRegistry.close(shared)
            throw error
        }
        self.shared = shared
        number = Self.openings.add(1, ordering: .relaxed).newValue
        place = EnvironmentPlace(path, of: shared.identity)
    }

    deinit { EnvironmentRegistry.close(shared) }

    /// For a process that ends with environments open: gives back its places among their readers. All else goes with the process.
    public static func leaveAll() { EnvironmentRegistry.endIdle() }

    /// Runs `body` on a consistent snapshot.
    public func read<R>(_ body: (Transaction) throws -> R) throws -> R {
        let transaction = try beginRead()
        defer { transaction.end() }
        return try body(transaction)
    }

    /// Runs `body` in the environment's one write transaction and commits; an error thrown by `body` takes everything back.
    ///
    /// Waits for the writer before, in this or another process. `body` may call `commit()` itself.
    public func write<R>(_ body: (Transaction) throws -> R) throws -> R {
        let transaction = try beginWrite()
        defer { transaction.end() }
        let result = try body(transaction)
        try transaction.commit()
        return result
    }

    /// A snapshot that its owner ends; `read` is the better choice where a closure will do.
    ///
    /// Keep it short: pages freed after it began cannot be used again while it lives.
    public func beginRead() throws(LMDBError) -> Transaction {
        Transaction(reading: try shared.beginRead(), in: self)
    }

    /// A snapshot, where its path still means this environment's file; nil where there is another one by now, or none.
    public func beginReadInPlace() throws(LMDBError) -> Transaction? {
        guard let place, place.isHeld else { return nil }
        return try beginRead()
    }

    /// The number of the last commit, that of a snapshot begun now: the same as before means that nothing was stored since.
    ///
    /// It may run ahead of snapshots by a commit that is just being made, and never lags behind one.
    public func lastCommit() throws(LMDBError) -> UInt64 { try shared.lastCommit() }

    /// A write transaction that its owner commits or ends, on the thread that began it.
    ///
    /// - Throws: `LMDBError` naming who holds the write lock, when it did not come free in the time that `LockWait` gives.
    public func beginWrite() throws(LMDBError) -> Transaction {
        try shared.lock.take()
        do throws(LMDBError) {
            // Not before: to wait for the lock takes time in which the file may be cut.
            _ = try shared.view()
            return Transaction(writing: try shared.beginWrite(), in: self, ownsLock: true)
        } catch {
            shared.lock.leave()
            throw error
        }
    }

    /// Runs `body` while no other writer, in this or another process, can begin.
    ///
    /// - Throws: `LMDBError` naming who holds the write lock, when it did not come free in the time that `LockWait` gives.
    public func hold<R>(_ body: (WriteHold) throws -> R) throws -> R {
        try shared.lock.take()
        defer { shared.lock.leave() }
        try shared.settle()
        return try body(WriteHold(self))
    }

    /// A snapshot of the environment's own tree, where its keys are 1, 2, 3 …, read without trusting the file.
    public func beginDenseRead() throws(LMDBError) -> (transaction: Transaction, tree: DenseTree) {
        let (raw, meta, view) = try shared.beginCheckedRead()
        let transaction = Transaction(reading: raw, in: self)
        let tree = DenseTree(meta, view, path: path, transaction: transaction)
        try tree.checkCount()
        return (transaction, tree)
    }

    /// The tree of `beginDenseRead` as it was before, once everything that LMDB will change for an append was checked.
    func denseTree(before transaction: Transaction) throws(LMDBError) -> DenseTree {
        do throws(LMDBError) {
            let last = try transaction.number - 1
            guard let (meta, view) = try shared.meta(of: last, in: shared.view(), isLast: true) else {
                throw LMDBError(code: MDB_CORRUPTED, operation: "write to", path: path)
            }
            let tree = DenseTree(meta, view, path: path, transaction: transaction)
            try tree.checkCount()
            // What this process wrote last need not be read again.
            if shared.lastChecked.load(ordering: .relaxed) != last {
                try shared.file.checkMetaPages()
                try FreePages.check(tree, path: path)
                shared.lastChecked.store(last, ordering: .relaxed)
            }
            return tree
        } catch {
            transaction.end()
            throw error
        }
    }

    /// Walks every page of every tree, so that a damaged file is known before LMDB trips over it.
    ///
    /// - Throws: `LMDBError` with the first damage.
    public func checkStructure() throws(LMDBError) {
        let (transaction, meta, view) = try shared.beginCheckedRead()
        defer { shared.endRead(transaction) }
        try StructureCheck.run(meta, view, path: path, isWhole: true)
    }

    /// Puts everything committed so far on disk, whatever the durability.
    public func sync() throws(LMDBError) {
        try check(mdb_env_sync(shared.handle, 1), "sync", path)
    }

    /// Copies a consistent snapshot, compacted, into an existing empty folder while others read and write.
    public func copy(to folder: String) throws(LMDBError) {
        try check(mdb_env_copy2(shared.handle, folder, UInt32(MDB_CP_COMPACT)), "copy \(path) to", folder)
    }

    /// Bytes of the file in use, free pages included.
    public var usedBytes: Int { shared.usedBytes ?? 0 }

    /// Reader slots in use, over all processes.
    public var readerCount: Int {
        var info = MDB_envinfo()
        return mdb_env_info(shared.handle, &info) == 0 ? Int(info.me_numreaders) : 0
    }

    /// Frees the reader slots of processes that died; returns how many.
    @discardableResult
    public func clearStaleReaders() throws(LMDBError) -> Int {
        let dead = shared.forgetDeadReaders()
        try check(dead.code, "check the readers of", path)
        return dead.count
    }
}

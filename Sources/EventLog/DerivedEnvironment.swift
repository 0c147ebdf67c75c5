import Glibc
import LMDB
import Synchronization

/// An LMDB environment that is computed from the log and can be thrown away: the event index, a domain's views.
///
/// It is committed together with its checkpoint and without waiting for the disk. When it cannot be trusted (another layout, another log, an
/// operating-system crash since it was written, a damaged file) it is replaced by an empty one, to be filled from the log.
/// When its folder is deleted or swapped for another, write transactions use what is there then, and so do snapshots that begin 10 ms later; when a
/// folder above it is, snapshots that begin 20 ms later do.
public final class DerivedEnvironment: Sendable {
    public let path: String
    private let trees: @Sendable () -> [Tree.Specification]
    private let layout: @Sendable () -> UInt64
    /// Of the layout, once it was asked for; 0 before.
    private let knownFingerprint = Atomic<UInt64>(0)
    private let log: any LogStorage
    private let bootID: UInt64
    private let capacity: Int
    private let opened = Mutex<Environment?>(nil)

    /// - Parameters:
    ///   - path: the folder; its parent is made too when missing.
    ///   - trees: the trees besides the one that holds the state.
    ///   - fingerprint: of the layout; a folder with another one is replaced. Like the trees it is asked for at the first use.
    ///   - log: what it is computed from.
    ///   - bootID: tells one run of the operating system from the next.
    ///   - capacity: the most bytes it may take, in powers of two from 16 GiB.
    public init(
        at path: String, trees: @autoclosure @escaping @Sendable () -> [Tree.Specification],
        fingerprint: @autoclosure @escaping @Sendable () -> UInt64, log: any LogStorage, bootID: UInt64 = BootID.current,
        capacity: Int = 1 << 40
    ) {
        self.path = path
        self.trees = trees
        layout = fingerprint
        self.log = log
        self.bootID = bootID
        self.capacity = capacity
    }

    private var fingerprint: UInt64 {
        let known = knownFingerprint.load(ordering: .relaxed)
        if known != 0 { return known }
        let fingerprint = layout()
        knownFingerprint.store(fingerprint, ordering: .relaxed)
        return fingerprint
    }

    /// A snapshot, which may be behind the log: `DerivedTransaction.checkpoint()` says how far it has come. To be ended.
    ///
    /// - Throws: `LMDBError` or `FileError` when the files cannot be opened. What a crash of the system left is begun anew, without an error.
    public func beginRead() throws -> DerivedTransaction {
        let known = opened.withLock { $0 }
        let transaction = try known?.beginReadInPlace() ?? current().beginRead()
        return DerivedTransaction(transaction, fingerprint: fingerprint, bootID: bootID)
    }

    /// Waits for the writer before, in this or another process.
    public func beginWrite() throws -> DerivedTransaction {
        while true {
            if let transaction = try beginWrite(on: current()) { return transaction }
        }
    }

    /// The same where what this process has open is still in place, and nil where it is not: nothing is made anew.
    func beginWriteIfInPlace() throws -> DerivedTransaction? {
        while let environment = opened.withLock({ $0 }), isInPlace(environment) {
            if let transaction = try beginWrite(on: environment) { return transaction }
        }
        return nil
    }

    /// nil where it has to be tried again.
    private func beginWrite(on environment: Environment) throws -> DerivedTransaction? {
        let transaction = try environment.beginWrite()
        // While waiting, another process may have put another folder in its place.
        guard isInPlace(environment) else {
            transaction.end()
            return nil
        }
        let derived = DerivedTransaction(transaction, fingerprint: fingerprint, bootID: bootID)
        guard try derived.isClean() else { return derived }
        // Unsynced writes may reuse pages of the state that is on disk and called whole. From here on it is not.
        try UnsyncedMark.set(in: path, bootID)
        try derived.commit(derived.checkpoint())
        try environment.sync()
        return nil
    }

    /// Puts all of it on disk and notes so: it then survives a crash of the operating system, until it is written again.
    public func close() throws {
        guard opened.withLock({ $0 != nil }) else { return }
        let reader = try beginRead()
        let isClean = try reader.isClean()
        reader.end()
        if isClean { return }
        let transaction = try beginWrite()
        defer { transaction.end() }
        try Self.settle(transaction, in: path)
    }

    /// Puts another environment's folder in this one's place, in one step, so that every process uses it from its next transaction on.
    ///
    /// Nobody writes here meanwhile. Readers keep what they have open; a crash leaves the one or the other, whole.
    ///
    /// - Parameters:
    ///   - held: a write transaction of this one, which is ended; nil: one is begun.
    ///   - durably: the other one is put on disk first; otherwise a crash of the operating system takes it, as it takes what is written here.
    ///   - former: where this one's folder goes, in place of what is there; nil: the other one's path.
    ///   - finish: brings the other up to date; called when this one can no longer change.
    public func replace(
        with other: DerivedEnvironment, holding held: DerivedTransaction? = nil, durably: Bool = true, formerAt former: String? = nil,
        finish: () throws -> Void
    ) throws {
        let transaction = try held ?? beginWrite()
        defer { transaction.end() }
        try finish()
        if durably { try other.close() }
        try Folder.exchange(path, with: other.path)
        // This process need not find out.
        for replaced in [self, other] { replaced.opened.withLock { $0 = nil } }
        // The other is live now. What was live is kept as well as can be: it may be wanted back.
        try? Self.settle(transaction, in: other.path)
        if let former, former != other.path {
            try Folder.remove(former)
            _ = try Folder.move(other.path, to: former)
        }
    }

    /// Commits with everything on disk, so that it survives a crash of the operating system.
    ///
    /// - Parameter folder: where the files are, which may not be where they were opened.
    private static func settle(_ transaction: DerivedTransaction, in folder: String) throws {
        // One that was never committed must stay so: it would pass for built.
        guard try transaction.isInitialized() else { return }
        // Nobody writes between the first sync and the note that everything is on disk.
        let environment = transaction.transaction.environment
        try environment.sync()
        try transaction.commit(transaction.checkpoint(), clean: true)
        try environment.sync()
        let check = DerivedTransaction(try environment.beginWrite(), fingerprint: transaction.fingerprint, bootID: transaction.bootID)
        defer { check.end() }
        // Unless somebody has written since.
        if try check.isClean() { UnsyncedMark.remove(from: folder) }
    }

    /// Copies what is committed into a new folder while others read and write, marked as being wholly on disk, which it is on return.
    ///
    /// - Returns: how far into the log the copy has come; nil, and no copy, when there was nothing built to be copied.
    public func copy(to folder: String) throws -> Checkpoint? {
        let environment = try current()
        let transaction = try beginRead()
        let isBuilt = try transaction.isInitialized()
        transaction.end()
        // LMDB copies what it reads, and may trip over a damaged page: what is not copied is built again.
        guard isBuilt, try damage() == nil else { return nil }
        try Folder.make(folder)
        try environment.copy(to: folder)
        let copy = DerivedEnvironment(at: folder, trees: self.trees(), fingerprint: self.fingerprint, log: log, bootID: bootID)
        let copied = try copy.beginRead()
        let checkpoint = try copied.checkpoint()
        copied.end()
        try copy.close()
        // It is closed already where what was copied was, and LMDB leaves its copies to the system.
        try copy.current().sync()
        copy.opened.withLock { $0 = nil }
        for name in Environment.lockFiles { unlink("\(folder)/\(name)") }
        return checkpoint
    }

    /// Removes the folder. The next transaction begins with an empty one.
    public func remove() throws {
        opened.withLock { $0 = nil }
        try Folder.remove(path)
    }

    /// Bytes of its file in use; 0 when there is none.
    public func usedBytes() throws -> Int { try current().usedBytes }

    /// Walks every page.
    ///
    /// - Throws: `LMDBError` with the first damage.
    func checkStructure() throws { try current().checkStructure() }

    func current() throws -> Environment {
        try opened.withLock { opened in
            if let environment = opened, isInPlace(environment) { return environment }
            opened = nil
            let fresh = try openTrusted()
            opened = fresh
            return fresh
        }
    }

    /// Whether the path still means this environment.
    private func isInPlace(_ environment: Environment) -> Bool { (try? FileIdentity(ofEnvironment: path)) == environment.identity }

    private func openTrusted() throws -> Environment {
        let parent = Folder.parent(of: path)
        try Folder.make(parent)
        if let environment = try trusted() { return environment }
        // One process replaces it; the others find it replaced.
        return try FolderLock.withLock(on: parent) {
            if let environment = try trusted() { return environment }
            try Folder.remove(path)
            try prepare()
            return try Environment(at: path, trees: specifications, durability: .operatingSystem, capacity: capacity)
        }
    }

    /// A folder for a new environment.
    private func prepare() throws(FileError) {
        try Folder.make(path)
        try UnsyncedMark.set(in: path, bootID)
    }

    /// The environment as it is, or nil when it must not be used.
    private func trusted() throws -> Environment? {
        let environment: Environment
        if let mark = UnsyncedMark.read(in: path) {
            guard mark == bootID else { return nil }
        } else if !File.exists("\(path)/data.mdb") {
            do throws(FileError) {
                try prepare()
            } catch {
                // A file where the folder should be is no environment either.
                if error.code == ENOTDIR { return nil }
                throw error
            }
        }
        do {
            environment = try Environment(at: path, trees: specifications, durability: .operatingSystem, capacity: capacity)
        } catch {
            if error.isDamage || error.code == ENOTDIR { return nil }
            throw error
        }
        let transaction = try environment.beginRead()
        defer { transaction.end() }
        guard let state = try DerivedTransaction.State(in: transaction, environment.trees[0]) else { return environment }
        guard state.fingerprint == fingerprint, state.bootID == 0 || state.bootID == bootID else { return nil }
        // The log is read after the state: it can only have grown since.
        let log = try log.beginRead()
        defer { log.end() }
        return try state.checkpoint.isIn(log) ? environment : nil
    }

    private var specifications: [Tree.Specification] { [.init("state")] + trees() }
}

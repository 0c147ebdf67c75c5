import CLMDB
import Glibc

/// What LMDB refused, where, and what to do about it.
///
/// ```swift
/// do { try environment.write { … } } catch { print(error) }
/// // cannot commit to ./spool/log: no space left on the disk. What was being written was taken back. Free some space and try again.
/// ```
public struct LMDBError: Error, Sendable, CustomStringConvertible {
    /// LMDB's own result (negative, `MDB_…`) or an `errno` value (positive).
    public let code: Int32
    /// What was being done, as a verb: `commit to`, `open`, `read`.
    public let operation: String
    /// The folder of the environment.
    public let path: String
    /// Who holds the lock that was waited for in vain.
    public let holder: LockParty?
    /// Which page is not what it should be, where that is known.
    public let damage: TreeDamage?

    public init(code: Int32, operation: String, path: String, holder: LockParty? = nil) {
        self.code = code
        self.operation = operation
        self.path = path
        self.holder = holder
        damage = nil
    }

    init(damage: TreeDamage, operation: String, path: String) {
        code = MDB_CORRUPTED
        self.operation = operation
        self.path = path
        self.damage = damage
        holder = nil
    }

    /// Another process, or thread, kept the write lock for longer than this one was ready to wait.
    public var isLockTimeout: Bool { code == ETIMEDOUT }

    /// The disk or the quota is full; what was being written was taken back.
    public var isOutOfSpace: Bool { (code == ENOSPC || code == EDQUOT || code == EFBIG) && !isUndecided }

    /// The disk failed when a commit was put there: it is not acknowledged, and nobody sees it; the next one to write, or to open the store, puts
    /// it on disk or takes it back. To send it again, under the same id, is safe.
    public var isUndecided: Bool { operation == LastCommit.flushing }

    /// The file itself is at fault: not LMDB's, of another version, or damaged.
    public var isDamage: Bool {
        [MDB_CORRUPTED, MDB_PAGE_NOTFOUND, MDB_INVALID, MDB_VERSION_MISMATCH, MDB_INCOMPATIBLE].contains(code)
    }

    public var description: String {
        "cannot \(operation) \(path): \(reason)"
    }

    private var reason: String {
        if let damage {
            return "the file is damaged: \(damage). \(Self.remedy)"
        }
        if isUndecided {
            return
                "\(Self.text(code)). It is not acknowledged: the next to write or to open the store tries again. Check the disk, then send it "
                + "again with the same id."
        }
        return switch code {
        case ENOSPC, EDQUOT: "no space left on the disk. What was being written was taken back. Free some space and try again."
        case EFBIG: "the file would pass the size limit of this process or file system. What was being written was taken back."
        case EACCES, EPERM: "permission denied. Check who owns the folder and its files\(locks)."
        case EROFS: "the file system is read-only\(locks). Copy the store elsewhere."
        case ENOENT: "there is no such file or folder."
        case EIO: "the disk reported an input/output error. Check the disk, its free space too, then run `spool verify`."
        case ENOMEM: "not enough memory, or address space, to map the file."
        case EAGAIN: "another process holds the lock."
        case ETIMEDOUT:
            "the write lock is held by \(holder?.description ?? "another process"). Nothing was stored. End that process, or wait longer."
        case EDEADLK: "this thread is writing to it already."
        case MDB_CORRUPTED, MDB_PAGE_NOTFOUND: "the file is damaged (\(Self.text(code))). \(Self.remedy)"
        case MDB_INVALID: "the file is not an LMDB data file. \(Self.remedy)"
        case MDB_VERSION_MISMATCH: "the file was written by an incompatible LMDB version."
        case MDB_MAP_FULL: "the memory map is full. What was being written was taken back."
        case MDB_READERS_FULL: "every reader slot is taken by a live process. End some readers and try again."
        case MDB_TXN_FULL: "the transaction has too many changes. Commit in smaller batches."
        case MDB_BAD_VALSIZE: "a key is empty or longer than \(Environment.maximumKeyLength) bytes."
        case MDB_PANIC: "an earlier write failed half-way in this process. Start it again."
        case MDB_KEYEXIST: "the key is there already, or comes before the last one."
        default: Self.text(code) + "."
        }
    }

    /// Said of what is only to be read, where nobody expects it.
    private var locks: String { operation == "open" ? "; to read, too, takes the right to write lock.mdb and writer.lock there" : "" }

    private static let remedy = "`spool verify` says what is lost, `spool repair --to FOLDER` saves the rest."

    private static func text(_ code: Int32) -> String {
        String(cString: mdb_strerror(code))
    }
}

/// Turns a result of LMDB into an error, unless it is success.
@inline(__always)
func check(_ code: Int32, _ operation: @autoclosure () -> String, _ path: @autoclosure () -> String) throws(LMDBError) {
    if code != MDB_SUCCESS { throw LMDBError(code: code, operation: operation(), path: path()) }
}

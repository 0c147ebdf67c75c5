import CLMDB
import CLinux
import Glibc

/// LMDB's lock file, for the number of the last commit, which every snapshot takes from there.
///
/// To read it costs no system call and no look at the data file, whose pages may only be touched once the file is known to be long enough.
final class LockFile: @unchecked Sendable {
    // Unchecked because it is a page that processes share: it is only read, by atomic loads.
    private let page: UnsafeRawPointer

    private static let magic: UInt32 = 0xBEEF_C0DE
    /// Version 1, with the process identifiers of readers.
    private static let format: UInt32 = 0x1_0001
    private static let lastCommitOffset = 8 + MemoryLayout<pthread_mutex_t>.size

    /// Gives the file its disk blocks: LMDB makes it without and maps it, and where the disk is full, to touch it would end the process (SIGBUS).
    ///
    /// Nobody in this process has the environment open yet: to close the file would let go of LMDB's locks on it.
    ///
    /// - Parameter length: as long as LMDB will make it.
    /// - Returns: nil when the file cannot be opened or mapped. LMDB says better why.
    init?(in folder: String, length: Int) throws(LMDBError) {
        let descriptor = open("\(folder)/lock.mdb", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { return nil }
        defer { Glibc.close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return nil }
        if Int(status.st_blocks) * 512 < length { try check(posix_fallocate(descriptor, 0, length), "open", folder) }
        let page = mmap(nil, Int(spool_page_size), PROT_READ, MAP_SHARED, descriptor, 0)
        guard let page, page != MAP_FAILED else { return nil }
        self.page = UnsafeRawPointer(page)
    }

    deinit { munmap(UnsafeMutableRawPointer(mutating: page), Int(spool_page_size)) }

    /// The number of the last commit. It means something only where `isUnderstood`.
    var lastCommit: UInt64 { spool_load(page + Self.lastCommitOffset) }

    /// Whether the file of an open environment is laid out as it is read here: a look at two fields, and at the number that LMDB itself gives.
    func isUnderstood(by environment: OpaquePointer) -> Bool {
        guard page.load(as: UInt32.self) == Self.magic, page.load(fromByteOffset: 4, as: UInt32.self) == Self.format else { return false }
        var info = MDB_envinfo()
        // Somebody may be committing.
        for _ in 0..<10 where mdb_env_info(environment, &info) == 0 && UInt64(info.me_last_txnid) == lastCommit { return true }
        return false
    }
}

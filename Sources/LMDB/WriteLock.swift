import CLinux
import Glibc

/// The lock that a writer takes before LMDB's own, which neither tells who holds it nor can be waited for with an end.
///
/// `writer.lock`, beside the data: a page with a robust mutex, its holder, and the readers, since when. LMDB's lock still keeps writers apart;
/// this file may be deleted while nobody has the environment open.
final class WriteLock: @unchecked Sendable {
    // Unchecked because it is a page that processes share: it is touched by atomic operations only.
    private let page: UnsafeMutableRawPointer
    private let descriptor: Int32
    private let path: String
    private let process = getpid()

    static let fileName = "writer.lock"

    init(in folder: String) throws(LMDBError) {
        path = folder
        let file = "\(folder)/\(Self.fileName)"
        descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw LMDBError(code: errno, operation: "open the lock of", path: folder) }
        do throws(LMDBError) {
            page = try Self.map(descriptor, folder)
        } catch {
            Glibc.close(descriptor)
            throw error
        }
        forgetTheDead()
    }

    func close() {
        munmap(page, Int(spool_page_size))
        Glibc.close(descriptor)
    }

    /// The first to have the file open makes the lock anew: what it finds may be of an earlier run of the system, or a copy of a store in use.
    private static func map(_ descriptor: Int32, _ folder: String) throws(LMDBError) -> UnsafeMutableRawPointer {
        while true {
            let isFirst = flock(descriptor, LOCK_EX | LOCK_NB) == 0
            if isFirst {
                // Written, so that the disk has room for it: a mapped page that has none ends the process.
                let empty = [UInt8](repeating: 0, count: Int(spool_page_size))
                let count = pwrite(descriptor, empty, empty.count, 0)
                guard count == empty.count else {
                    throw LMDBError(code: count < 0 ? errno : ENOSPC, operation: "make the lock of", path: folder)
                }
            }
            if !isFirst {
                while flock(descriptor, LOCK_SH) != 0 {
                    guard errno == EINTR else { throw LMDBError(code: errno, operation: "open the lock of", path: folder) }
                }
            }
            var status = stat()
            if fstat(descriptor, &status) == 0, status.st_size >= Int(spool_page_size) {
                let page = mmap(nil, Int(spool_page_size), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
                guard let page, page != MAP_FAILED else { throw LMDBError(code: errno, operation: "map the lock of", path: folder) }
                if isFirst {
                    let code = spool_lock_make(page)
                    guard code == 0 else { throw LMDBError(code: code, operation: "make the lock of", path: folder) }
                    flock(descriptor, LOCK_SH)
                }
                if spool_lock_is_made(page) != 0 { return page }
                munmap(page, Int(spool_page_size))
            }
            // Whoever was first died before it was done.
            flock(descriptor, LOCK_UN)
        }
    }

    // MARK: Writing

    /// Takes the lock, waiting as long as `LockWait` says.
    func take() throws(LMDBError) {
        var code = spool_lock_take(page, process, 0)
        if code == ETIMEDOUT { code = wait() }
        if code == 0 { return }
        throw LMDBError(code: code, operation: "write to", path: path, holder: code == ETIMEDOUT ? lastHolder : nil)
    }

    private func wait() -> Int32 {
        let wait = LockWait.current
        let limit = wait.limit.nanoseconds
        var waited: Int64 = 0
        if let notice = wait.notice {
            waited = min(limit, wait.noticeAfter.nanoseconds)
            let code = spool_lock_take(page, process, waited)
            guard code == ETIMEDOUT, waited < limit else { return code }
            if let holder = lastHolder { notice(holder) }
        }
        return spool_lock_take(page, process, limit - waited)
    }

    func leave() { spool_lock_leave(page) }

    /// Who took it last and has not given it back.
    private var lastHolder: LockParty? {
        let party = spool_lock_holder(page)
        return party.process == 0 ? nil : LockParty(process: party.process, nanoseconds: spool_now() - party.since)
    }

    /// Who holds it; nil when it is free, though its last holder died.
    var holder: LockParty? {
        guard spool_lock_take(page, process, 0) == 0 else { return lastHolder }
        leave()
        return nil
    }

    // MARK: Readers

    /// Notes that this process reads a snapshot; returns what to strike out.
    func enter(snapshot: Int) -> Int32 { spool_reader_enter(page, process, UInt64(snapshot)) }

    func leave(_ note: Int32) { if note >= 0 { spool_reader_leave(page, note) } }

    /// For how long a process has read a snapshot, in nanoseconds; nil when there is no note of it.
    func age(of snapshot: UInt64, in process: Int32) -> Int64? {
        let since = (0..<Int32(spool_reader_slots)).lazy.map { spool_reader(self.page, $0) }
            .filter { $0.process == process && $0.snapshot == snapshot }.map(\.since).min()
        return since.map { spool_now() - $0 }
    }

    func forgetTheDead() {
        for slot in 0..<Int32(spool_reader_slots) {
            let reader = spool_reader(page, slot).process
            if reader != 0, kill(abs(reader), 0) != 0, errno == ESRCH { spool_reader_forget(page, slot, reader) }
        }
    }
}

import CLinux
import Glibc

/// The lock that a writer takes before LMDB's own, which neither tells who holds it nor can be waited for with an end.
///
/// `writer.lock`, beside the data: a page with a robust mutex, its holder, the readers, since when, and the last commit that is on disk. LMDB's
/// lock still keeps writers apart; this file may be deleted while nobody has the environment open, unless a process was killed or power was lost
/// since.
final class WriteLock: @unchecked Sendable {
    // Unchecked because it is a page that processes share: it is touched by atomic operations only.
    private let page: UnsafeMutableRawPointer
    private let descriptor: Int32
    private let path: String
    private let process = getpid()

    static let fileName = "writer.lock"

    /// What the page said of the last commit before it was made anew.
    enum Note: Equatable {
        /// There was no page: nobody has written here who goes by it.
        case none
        case unknown
        /// The last commit that is known to be on disk; and whether nobody can have written since for nothing.
        case flushed(UInt64, isClean: Bool)
    }

    /// - Parameter recovery: makes sure of the last commit, for the first to have the file open, while others wait; nil where nobody goes by the
    ///   note.
    init(in folder: String, recovery: CommitRecovery? = nil) throws(LMDBError) {
        path = folder
        let file = "\(folder)/\(Self.fileName)"
        descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw LMDBError(code: errno, operation: "open", path: folder) }
        do throws(LMDBError) {
            page = try Self.map(descriptor, folder, recovery)
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
    private static func map(
        _ descriptor: Int32, _ folder: String, _ recovery: CommitRecovery?
    ) throws(LMDBError) -> UnsafeMutableRawPointer {
        while true {
            let isFirst = flock(descriptor, LOCK_EX | LOCK_NB) == 0
            if isFirst { try renew(descriptor, folder, recovery) } else { try share(descriptor, folder) }
            var status = stat()
            if fstat(descriptor, &status) == 0, status.st_size >= Int(spool_page_size) {
                let page = mmap(nil, Int(spool_page_size), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
                guard let page, page != MAP_FAILED else { throw LMDBError(code: errno, operation: "map the lock of", path: folder) }
                if isFirst {
                    let code = spool_lock_make(page)
                    guard code == 0 else { throw LMDBError(code: code, operation: "make the lock of", path: folder) }
                    try share(descriptor, folder)
                }
                if spool_lock_is_made(page) != 0 { return page }
                munmap(page, Int(spool_page_size))
            }
            // Whoever was first died before it was done.
            flock(descriptor, LOCK_UN)
        }
    }

    /// Waits until nobody is just making the page.
    private static func share(_ descriptor: Int32, _ folder: String) throws(LMDBError) {
        while flock(descriptor, LOCK_SH) != 0 {
            guard errno == EINTR else { throw LMDBError(code: errno, operation: "open the lock of", path: folder) }
        }
    }

    /// Writes a page without a lock, and with a note of the last commit.
    private static func renew(_ descriptor: Int32, _ folder: String, _ recovery: CommitRecovery?) throws(LMDBError) {
        // Written, so that the disk has room for it: a mapped page that has none ends the process.
        var page = [UInt8](repeating: 0, count: Int(spool_page_size))
        guard let recovery else { return try write(page[...], descriptor, folder) }
        let note = note(descriptor, recovery.last.bootID)
        // Not all of it yet: should this process die, those who wait must not take it for made, and still find the note.
        if note != .none { try write(page[..<8], descriptor, folder) }
        let (commit, isClean) = try recovery.settle(note)
        spool_note_make(&page, recovery.last.bootID, commit)
        if !isClean { spool_note_careful(&page) }
        try write(page[...], descriptor, folder)
        // That there is a note has to be on disk before anything is written that needs it; and before what it speaks of is cleared.
        if case .flushed = note, isClean { return }
        try sync(descriptor, folder)
        guard !isClean, recovery.clear() else { return }
        page = [UInt8](repeating: 0, count: page.count)
        spool_note_make(&page, recovery.last.bootID, commit)
        try write(page[...], descriptor, folder)
    }

    /// What the file says that somebody left.
    private static func note(_ descriptor: Int32, _ bootID: UInt64) -> Note {
        var former = [UInt8](repeating: 0, count: Int(spool_page_size))
        let count = pread(descriptor, &former, former.count, 0)
        if count >= 0, count < former.count { return .none }
        let note = spool_note(former)
        guard count == former.count, note.is_there else { return .unknown }
        // One who holds the lock died while it was writing. In another run of the system the page may be older than it was.
        let isHeld = spool_lock_holder(former).process != 0
        return .flushed(note.flushed, isClean: note.boot == bootID && bootID != 0 && !note.is_careful && !isHeld)
    }

    private static func write(_ bytes: ArraySlice<UInt8>, _ descriptor: Int32, _ folder: String) throws(LMDBError) {
        let count = bytes.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
        guard count == bytes.count else { throw LMDBError(code: count < 0 ? errno : ENOSPC, operation: "make the lock of", path: folder) }
    }

    /// Puts the page and its name on disk.
    private static func sync(_ descriptor: Int32, _ folder: String) throws(LMDBError) {
        let parent = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { if parent >= 0 { Glibc.close(parent) } }
        guard fsync(descriptor) == 0, parent >= 0, fsync(parent) == 0 else {
            throw LMDBError(code: errno, operation: "make the lock of", path: folder)
        }
    }

    // MARK: The last commit on disk

    /// nil when nobody has noted it.
    var flushed: UInt64? {
        let note = spool_note(page)
        return note.is_there ? note.flushed : nil
    }

    func note(flushed commit: UInt64) { spool_note_flushed(page, commit) }

    /// Makes a note where one was missing, under the lock.
    func note(flushed commit: UInt64, bootID: UInt64) { spool_note_make(page, bootID, commit) }

    /// Whether pages may lie in the file that somebody wrote for nothing.
    var isCareful: Bool { spool_note(page).is_careful }

    func beCareful() { spool_note_careful(page) }

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

import CLinux
import Glibc

/// How to tell whether the last commit of an environment is on disk, where commits go there by one flush.
///
/// LMDB flushes its pages, then the meta page that names them, so that the meta page is never there without them. By one flush for both a
/// durable commit takes two thirds of the time; a loss of power meanwhile may leave the meta page without some of the pages. Nobody was told
/// then that the commit is stored, and it is taken back, the next time somebody opens the file. What makes that safe:
///
/// - One commit at a time is not on disk yet: the next writer flushes it first, should its own writer have died. Its number is above the one
///   noted in `writer.lock`, which readers go by: to them it is not there.
/// - LMDB writes no page that one of the last two commits uses, so that the commit before is whole.
/// - The first to open the file checks the last commit, unless the note says that it is on disk: it says so after the flush only.
/// - Where somebody may have written pages for nothing, whoever opens the file first clears all that no commit uses, so that they are never taken
///   for a later one's. Until then, where processes go on after one that died, LMDB's two flushes are made.
public struct LastCommit: Sendable {
    /// Whether a value, of a key, is what was stored.
    public typealias ValueCheck = @Sendable (UInt64, RawSpan) -> Bool

    let bootID: UInt64
    let isWhole: ValueCheck

    /// - Parameters:
    ///   - bootID: of this run of the system; 0 where that cannot be told.
    ///   - isWhole: whether a value is what was stored, by a checksum that it has in it.
    public init(bootID: UInt64, isWhole: @escaping ValueCheck) {
        self.bootID = bootID
        self.isWhole = isWhole
    }

    /// Makes sure of the last commit of a file that nobody has open: it is put on disk or taken back.
    ///
    /// - Returns: its number.
    func settle(_ file: FileMap, noted: WriteLock.Note) throws(LMDBError) -> UInt64 {
        let (metas, areSound, _, view) = try file.metaPages()
        let sorted = metas.sorted { $0.transaction < $1.transaction }
        // What is damaged in another way is found, and told, by those who read it.
        guard areSound, let older = sorted.first, let newer = sorted.last else { return sorted.last?.transaction ?? 0 }
        if noted == .none || noted == .flushed(newer.transaction, isClean: true) { return newer.transaction }
        let descriptor = open("\(file.path)/data.mdb", O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { throw LMDBError(code: errno, operation: "open", path: file.path) }
        defer { close(descriptor) }
        var last = newer
        if noted != .flushed(newer.transaction, isClean: false) {
            do throws(LMDBError) {
                try flush(newer, after: older, view, path: file.path, descriptor)
            } catch  where error.isDamage {
                last = older
            }
        }
        // Where there is more damage no loss of power has made it.
        do throws(LMDBError) { try FreePages.check(DenseTree(last, view, path: file.path, transaction: nil), path: file.path) } catch {
            return newer.transaction
        }
        if last != newer { try Self.takeBack(newer, to: older, view, path: file.path, descriptor) }
        try Self.clear(after: last, view, path: file.path, descriptor)
        return last.transaction
    }

    /// Puts a commit on disk whose writer has not, while nobody else writes.
    func flush(_ newer: MetaPage, after older: MetaPage, _ view: FileView, path: String, _ descriptor: Int32) throws(LMDBError) {
        guard newer.transaction > older.transaction else { return }
        let written = try CommitCheck.run(newer, after: older, view, path: path, isWhole: isWhole)
        // A flush that failed leaves the pages in memory as if they were on disk.
        for number in written.sorted() + [newer.transaction & 1] {
            guard let page = view.page(number) else { continue }
            try Self.write(RawSpan(_unsafeStart: page.start, byteCount: page.size), at: Int(number) * page.size, path, descriptor)
        }
        guard fdatasync(descriptor) == 0 else { throw LMDBError(code: errno, operation: Self.flushing, path: path) }
    }

    static let flushing = "put the last commit on disk in"

    /// Makes the commit before the last one.
    private static func takeBack(
        _ newer: MetaPage, to older: MetaPage, _ view: FileView, path: String, _ descriptor: Int32
    ) throws(LMDBError) {
        guard let page = view.page(older.transaction & 1) else { return }
        var bytes = Array(UnsafeRawBufferPointer(start: page.start, count: MetaPage.byteCount))
        // Under the number of the one before it, so that they follow one another; its pages are of a later one.
        MetaPage.setNumbers(slot: newer.transaction & 1, transaction: older.transaction == 0 ? 0 : older.transaction - 1, in: &bytes)
        try write(bytes.span.bytes, at: Int(newer.transaction & 1) * view.pageSize, path, descriptor)
        guard fdatasync(descriptor) == 0 else { throw LMDBError(code: errno, operation: "write to", path: path) }
    }

    /// Clears what no commit uses.
    private static func clear(after meta: MetaPage, _ view: FileView, path: String, _ descriptor: Int32) throws(LMDBError) {
        let zeros = [UInt8](repeating: 0, count: view.pageSize)
        for number in try FreePages.list(meta, view, path: path).free {
            try write(zeros.span.bytes, at: Int(number) * zeros.count, path, descriptor)
        }
        let end = (Int(meta.lastPage) + 1) * view.pageSize
        if end < view.byteCount, ftruncate(descriptor, off_t(end)) != 0 { throw LMDBError(code: errno, operation: "write to", path: path) }
        guard fdatasync(descriptor) == 0 else { throw LMDBError(code: errno, operation: "write to", path: path) }
    }

    private static func write(_ bytes: RawSpan, at offset: Int, _ path: String, _ descriptor: Int32) throws(LMDBError) {
        let count = bytes.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, off_t(offset)) }
        guard count == bytes.byteCount else { throw LMDBError(code: count < 0 ? errno : ENOSPC, operation: "write to", path: path) }
    }
}

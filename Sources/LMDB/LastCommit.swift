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
/// - The first to open the file checks the last commit (`CommitRecovery`), unless the note says that it is on disk: it says so after the flush
///   only.
/// - Where somebody may have written pages for nothing, whoever opens the file first clears all that no commit uses, so that they are never taken
///   for a later one's. Until then, where processes go on after one that died, LMDB's two flushes are made.
public struct LastCommit: Sendable {
    /// Whether a value, of a key, is what was stored.
    public typealias ValueCheck = @Sendable (UInt64, RawSpan) -> Bool

    let bootID: UInt64
    let isWhole: ValueCheck

    /// - Parameters:
    ///   - bootID: of this run of the system; nil where that cannot be told.
    ///   - isWhole: whether a value is what was stored, by a checksum that it has in it.
    public init(bootID: UInt64?, isWhole: @escaping ValueCheck) {
        self.bootID = bootID ?? 0
        self.isWhole = isWhole
    }

    static let flushing = "put the last commit on disk in"

    /// Puts a commit on disk whose writer has not, while nobody else writes.
    func flush(_ newer: MetaPage, after older: MetaPage, _ view: FileView, path: String, _ descriptor: Int32) throws(LMDBError) {
        let written = try CommitCheck.run(newer, after: older, view, path: path, isWhole: isWhole)
        // A flush that failed leaves the pages in memory as if they were on disk.
        for number in written.sorted() + [newer.transaction & 1] {
            guard let page = view.page(number) else { continue }
            try Self.write(RawSpan(_unsafeStart: page.start, byteCount: page.size), at: Int(number) * page.size, path, descriptor)
        }
        try Self.sync(path, descriptor)
    }

    static func sync(_ path: String, _ descriptor: Int32) throws(LMDBError) {
        guard fdatasync(descriptor) == 0 else { throw LMDBError(code: errno, operation: flushing, path: path) }
    }

    static func write(_ bytes: RawSpan, at offset: Int, _ path: String, _ descriptor: Int32) throws(LMDBError) {
        let count = bytes.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, off_t(offset)) }
        guard count == bytes.byteCount else { throw LMDBError(code: count < 0 ? errno : ENOSPC, operation: "write to", path: path) }
    }
}

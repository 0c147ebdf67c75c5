import CLinux
import Glibc
import Synchronization

/// Pages beyond the last one of a file whose commits do not wait for the disk: each by itself in the system's cache, before LMDB writes many at
/// once.
///
/// Linux keeps in one folio what one call has written, and ext4 looks at all of a folio's blocks whenever one of its pages is written again, as
/// most pages are that a commit changes. What is read ahead from a hole, where the file takes no blocks, is kept page by page.
// To write a page again took 5 µs in a file that was written 256 KiB at once, 1 µs in one whose pages were read before (Linux 6.18). An ingest of
// 10,000,000 events took 142 and 151 s in place of 157; batches in its store, measured in turns, take 0.92 times as long.
struct CacheRoom: ~Copyable {
    private let descriptor: Int32
    private let isOfUse: Bool
    /// In bytes: the pages up to here were read.
    private let end = Atomic<Int>(0)
    /// In bytes: the end of the last page in use when room was made last; 0 before that.
    private let lastUsed = Atomic<Int>(0)

    /// In bytes: in a smaller file a commit changes many pages beside each other, and room from the first commit on was no gain: three ingests of
    /// 1,000,000 events took 0.98 times as long, three others 1.03 times.
    private static let leastUsed = 1 << 27
    /// In bytes: whoever adds less writes few pages at once.
    private static let leastGrowth = 1 << 16
    private static let greatest = 1 << 24
    /// In bytes: the system may read no more ahead for one call.
    private static let step = 1 << 17

    /// - Parameter descriptor: of an environment's file.
    init(_ descriptor: Int32) {
        isOfUse = spool_lists_blocks(descriptor)
        self.descriptor = descriptor
    }

    /// Makes room for a commit, as if it added as much as the one before. Called in LMDB's transaction, when nobody else writes to the file.
    ///
    /// That it cannot be made is no failure: it makes commits faster, nothing else.
    ///
    /// - Parameters:
    ///   - used: the end of the last page in use, in bytes.
    ///   - length: of the file at this moment.
    func make(after used: Int, length: () -> Int?) {
        let before = lastUsed.exchange(used, ordering: .relaxed)
        guard isOfUse, used >= Self.leastUsed, before > 0, used - before >= Self.leastGrowth else { return }
        let target = used + min(used - before, Self.greatest)
        guard target > end.load(ordering: .relaxed), let length = length(), length >= used else { return }
        if target > length { guard FileSizeLimit.allows(target), ftruncate(descriptor, off_t(target)) == 0 else { return } }
        for place in stride(from: max(used, end.load(ordering: .relaxed)), to: target, by: Self.step) {
            posix_fadvise(descriptor, off_t(place), off_t(min(Self.step, target - place)), POSIX_FADV_WILLNEED)
        }
        end.store(target, ordering: .relaxed)
    }
}

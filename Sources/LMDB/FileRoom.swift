import CLMDB
import CLinux
import Glibc
import Synchronization

/// Zeros beyond the last page of a durable environment's file, so that small commits write over blocks that are there.
///
/// A commit that makes the file longer waits for the file system's own tables too. The zeros mean nothing: LMDB knows its last page.
// A sync of 8 pages took 125 to 185 µs where there was room, 225 to 350 µs where the file grew (ext4 without a journal).
struct FileRoom: ~Copyable {
    private let descriptor: Int32
    private let isOfUse: Bool
    /// The file is at least so long.
    private let knownLength = Atomic<Int>(0)

    private static let leastStep = 1 << 16
    private static let greatestStep = 1 << 20
    /// In bytes: where so much is written at once, the file system's tables are the least of it.
    private static let largestCommit = 1 << 18

    /// - Parameter descriptor: of an environment's file whose commits are to be on disk when they return.
    init(_ descriptor: Int32) {
        isOfUse = spool_overwrites(descriptor)
        self.descriptor = descriptor
    }

    /// Makes room for a commit. Called under the write lock, when nobody else writes to the file.
    ///
    /// That it cannot be made is no failure: the commit itself says what is missing.
    ///
    /// - Parameters:
    ///   - end: of the last page in use, in bytes.
    ///   - byteCount: that the commit adds.
    ///   - length: of the file at this moment.
    func make(after end: Int, for byteCount: Int, length: () -> Int?) {
        // Pages are not filled to the last byte, and those above them are copied.
        let needed = end + byteCount + byteCount / 4 + Self.leastStep / 4
        guard isOfUse, byteCount <= Self.largestCommit, needed > knownLength.load(ordering: .relaxed), let length = length() else { return }
        knownLength.store(length, ordering: .relaxed)
        // A file that ends within its pages was cut, which is not mended here.
        guard needed > length, length >= end else { return }
        let target = max(length + min(max(length / 16, Self.leastStep), Self.greatestStep), needed).roundedUp(to: Self.leastStep)
        guard FileSizeLimit.allows(target) else { return }
        let zeros = [UInt8](repeating: 0, count: Self.leastStep)
        var place = length
        while place < target {
            let count = pwrite(descriptor, zeros, min(zeros.count, target - place), off_t(place))
            guard count > 0 else { break }
            place += count
        }
        knownLength.store(place, ordering: .relaxed)
    }
}

extension Int {
    fileprivate func roundedUp(to step: Int) -> Int { (self + step - 1) / step * step }
}

import EventLog
import Glibc
import LMDB

/// Entries of one index in sorted runs, in a file without a name: what a build from nothing keeps until it can load the index in one pass.
///
/// An entry put straight into a large tree dirties a page of its own. With runs a build writes and reads each entry once or twice, in order,
/// and takes little memory at any length of the log.
final class IndexRuns {
    private let path: String
    private let descriptor: Int32
    /// Where each run begins.
    private var starts: [Int] = []
    /// What is not in the file yet, and where it will begin.
    private var buffer = ByteBuffer()
    private var written = 0

    private static let bufferSize = 1 << 18

    /// - Parameter folder: where the file goes; the system removes it with the last user.
    init(in folder: String) throws {
        path = "\(folder)/.runs-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileError("make", path) }
        unlink(path)
    }

    deinit { close(descriptor) }

    // MARK: Writing

    /// What follows, up to the next call, is one run, in key order.
    func beginRun() { starts.append(written + buffer.count) }

    /// Adds a run: the batch in key order.
    func add(_ batch: inout TreeBatch, _ arena: ByteArena) throws {
        guard !batch.isEmpty else { return }
        beginRun()
        try batch.drain(arena) { try add($0, $1) }
    }

    /// - Parameters:
    ///   - value: nil: the entry is removed.
    ///   - wasTakenForFree: the run goes on from there being no such entry before it.
    func add(_ key: RawSpan, _ value: RawSpan?, wasTakenForFree: Bool = false) throws {
        // Two bytes each: a key, and so a value, which is one, has at most 511 bytes. 0 stands for an entry that is removed.
        var valueLength = 0
        if let value { valueLength = value.byteCount + 1 }
        let keyLength = key.byteCount | (wasTakenForFree ? 0x8000 : 0)
        buffer.append(UInt64(keyLength | valueLength << 16), length: 4)
        buffer.append(key)
        if let value { buffer.append(value) }
        if buffer.count >= Self.bufferSize { try writeOut() }
    }

    private func writeOut() throws(FileError) {
        var offset = 0
        while offset < buffer.count {
            let count = buffer.withUnsafeBytes {
                pwrite(descriptor, $0.baseAddress?.advanced(by: offset), $0.count - offset, off_t(written + offset))
            }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw FileError("write", path) }
            offset += count
        }
        written += buffer.count
        buffer.removeAll()
    }

    // MARK: Reading

    /// All entries in key order; nothing is added after this.
    func merged() throws -> IndexMerge {
        try writeOut()
        let ends = starts.dropFirst() + [written]
        return try IndexMerge(self, zip(starts, ends).map { $0..<$1 })
    }

    /// Fills a range of the memory with what the file has from an offset on.
    func read(at offset: Int, into memory: inout ByteBuffer, _ range: Range<Int>) throws(FileError) {
        var got = 0
        while got < range.count {
            let more = memory.withUnsafeMutableBytes(range.lowerBound + got..<range.upperBound) {
                pread(descriptor, $0.baseAddress, $0.count, off_t(offset + got))
            }
            if more < 0 && errno == EINTR { continue }
            guard more > 0 else { throw FileError("read", path) }
            got += more
        }
    }
}

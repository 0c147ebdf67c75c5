import EventLog
import Glibc

/// A new file whose SHA-256 is known when its last byte is written.
final class HashedOutput {
    let path: String
    private let descriptor: Int32
    private let hash: SHA256
    private var buffer: [UInt8] = []
    /// Bytes written so far.
    private(set) var count = 0

    private static let bufferSize = 1 << 20

    /// Makes the file; there must be none.
    init(_ path: String) throws(FileError) {
        self.path = path
        hash = try SHA256()
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FileError("write", path) }
        buffer.reserveCapacity(Self.bufferSize + 4096)
    }

    deinit { close(descriptor) }

    func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        count += bytes.count
        if buffer.isEmpty, bytes.count >= Self.bufferSize { return try put(bytes) }
        buffer.append(contentsOf: bytes)
        if buffer.count >= Self.bufferSize { try flush() }
    }

    func write(_ bytes: [UInt8]) throws(FileError) {
        let result = bytes.withUnsafeBytes { bytes in Result { () throws(FileError) in try write(bytes) } }
        try result.get()
    }

    /// Puts the file on disk.
    func finish() throws(FileError) -> BlobHash {
        try flush()
        guard fsync(descriptor) == 0 else { throw FileError("write", path) }
        return try hash.finish()
    }

    private func flush() throws(FileError) {
        let result = buffer.withUnsafeBytes { bytes in Result { () throws(FileError) in try put(bytes) } }
        buffer.removeAll(keepingCapacity: true)
        try result.get()
    }

    private func put(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        hash.update(bytes)
        var written = 0
        while written < bytes.count {
            let count = Glibc.write(descriptor, bytes.baseAddress?.advanced(by: written), bytes.count - written)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw FileError("write", path) }
            written += count
        }
    }
}

/// A file that is read to its end, its SHA-256 being computed on the way. Links are not followed.
final class HashedInput {
    let path: String
    let size: Int
    private let descriptor: Int32
    private let hash: SHA256

    init(_ path: String) throws(FileError) {
        self.path = path
        hash = try SHA256()
        descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw FileError("read", path) }
        var status = stat()
        let isFile = fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
        size = isFile ? Int(status.st_size) : 0
        // What is open is closed by `deinit`.
        guard isFile else { throw FileError("read", path, code: EINVAL) }
    }

    deinit { close(descriptor) }

    /// The next bytes, at most `limit`; none at the end.
    func read(_ limit: Int) throws(FileError) -> [UInt8] {
        let descriptor = descriptor
        var failed = false
        let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            var got = Glibc.read(descriptor, buffer.baseAddress, limit)
            while got < 0 && errno == EINTR { got = Glibc.read(descriptor, buffer.baseAddress, limit) }
            failed = got < 0
            count = max(0, got)
        }
        if failed { throw FileError("read", path) }
        bytes.withUnsafeBytes { hash.update($0) }
        return bytes
    }

    /// The hash of all that was read.
    func finish() throws(FileError) -> BlobHash { try hash.finish() }

    /// Reads what is left, to `output` where there is one, and returns the hash of the whole.
    func drain(to output: HashedOutput? = nil, progress: (Int) -> Void = { _ in }) throws(FileError) -> BlobHash {
        while true {
            let chunk = try read(1 << 18)
            if chunk.isEmpty { return try finish() }
            try output?.write(chunk)
            progress(chunk.count)
        }
    }
}

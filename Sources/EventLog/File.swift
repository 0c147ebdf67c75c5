import CLinux
import Glibc

/// Small files, read and written whole.
public enum File {
    /// - Parameters:
    ///   - limit: a longer file is an error: a device may have no end.
    ///   - isOurs: it is a plain file that we made, and what is found in its place, a link or a pipe, is an error.
    public static func read(_ path: String, limit: Int = 1 << 30, isOurs: Bool = false) throws(FileError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | (isOurs ? O_NOFOLLOW | O_NONBLOCK : 0))
        guard descriptor >= 0 else { throw FileError("read", path) }
        defer { close(descriptor) }
        if isOurs, !isRegular(descriptor) { throw FileError("read", path, code: EINVAL) }
        var bytes: [UInt8] = []
        // Most are of a few bytes, and it takes longer to clear much memory than to read them.
        var chunk = [UInt8](repeating: 0, count: min(65_536, max(512, length(descriptor) + 1)))
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw FileError("read", path) }
            if count == 0 { return bytes }
            guard count <= limit - bytes.count else { throw FileError("read", path, code: EFBIG) }
            bytes.append(contentsOf: chunk[..<count])
        }
    }

    /// Replaces the file in one step: a reader sees the old content or the new, and a crash leaves one of them whole.
    ///
    /// A link, device or pipe is not replaced: that is an error.
    public static func replace(_ path: String, with bytes: [UInt8]) throws(FileError) {
        var status = stat()
        if lstat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
            throw FileError("write", path, code: status.st_mode & S_IFMT == S_IFDIR ? EISDIR : EEXIST)
        }
        let temporary = try writeBeside(path, bytes)
        guard rename(temporary, path) == 0 else {
            let error = FileError("write", path)
            unlink(temporary)
            throw error
        }
        try Folder.sync(Folder.parent(of: path))
    }

    /// Makes the file in one step where there is none of that name; of several that try at once, one does.
    ///
    /// - Returns: false when there is one, which stays as it is.
    public static func place(_ path: String, with bytes: [UInt8]) throws(FileError) -> Bool {
        let temporary = try writeBeside(path, bytes)
        let code = spool_place(temporary, path)
        if code != 0 { unlink(temporary) }
        guard code == 0 || code == EEXIST else { throw FileError("write", path, code: code) }
        // Also for the one that came too late: what it finds is on disk.
        try Folder.sync(Folder.parent(of: path))
        return code == 0
    }

    /// Writes a file beside another, synced, and returns its path.
    private static func writeBeside(_ path: String, _ bytes: [UInt8]) throws(FileError) -> String {
        let temporary = "\(path).\(getpid())-\(UInt32.random(in: 0 ... .max)).new"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FileError("write", temporary) }
        let isWritten = writeAll(bytes[...], to: descriptor) && fsync(descriptor) == 0
        let error = FileError("write", temporary)
        close(descriptor)
        guard isWritten else {
            unlink(temporary)
            throw error
        }
        return temporary
    }

    /// Writes all of some bytes; false leaves the reason in `errno`.
    static func writeAll(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) -> Bool {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress?.advanced(by: written), bytes.count - written) }
            if count < 0 && errno == EINTR { continue }
            if count < 0 { return false }
            written += count
        }
        return true
    }

    /// What the system says of the length of a file that was opened; that of a device or pipe is not known.
    private static func length(_ descriptor: Int32) -> Int {
        var status = stat()
        return fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : 65_535
    }

    /// Whether a file that was opened is a plain one: no folder, pipe or device.
    static func isRegular(_ descriptor: Int32) -> Bool {
        var status = stat()
        return fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// Its length; 0 when there is none.
    public static func byteCount(_ path: String) throws(FileError) -> Int {
        // Its times are not asked for: the next append to the log would take longer for it.
        var file = spool_file()
        let code = spool_look(path, -1, &file)
        if code == 0 { return Int(clamping: file.length) }
        guard code == ENOENT else { throw FileError("read", path, code: code) }
        return 0
    }

    /// Whether there is something that is no folder.
    public static func isOtherThanFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFDIR
    }

    public static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }
}

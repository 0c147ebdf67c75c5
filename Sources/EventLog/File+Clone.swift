import CLinux
import Glibc

extension File {
    /// Copies a file that nobody writes to, by the file system's own means; the target must not be there. Nothing is synced.
    ///
    /// - Returns: false when there is no such file.
    public static func clone(_ source: String, to target: String) throws(FileError) -> Bool {
        let input = open(source, O_RDONLY | O_CLOEXEC)
        if input < 0, errno == ENOENT { return false }
        guard input >= 0 else { throw FileError("read", source) }
        defer { close(input) }
        let output = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard output >= 0 else { throw FileError("write", target) }
        defer { close(output) }
        let code = spool_copy_range(input, output)
        if code == 0 { return true }
        guard [EXDEV, EINVAL, ENOSYS, EOPNOTSUPP].contains(code) else {
            unlink(target)
            throw FileError("write", target, code: code)
        }
        lseek(input, 0, SEEK_SET)
        lseek(output, 0, SEEK_SET)
        var chunk = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count = Glibc.read(input, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            if count == 0 { return true }
            guard count > 0, writeAll(chunk[..<count], to: output) else {
                let error = FileError("copy", source)
                unlink(target)
                throw error
            }
        }
    }

    /// When a file was last changed or marked as used, in nanoseconds since 1970, and its bytes on disk; nil when it is missing.
    public static func lastUse(_ path: String) -> (nanoseconds: Int64, bytes: Int)? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return (Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec), Int(status.st_blocks) * 512)
    }

    /// Marks a file as used now.
    public static func noteUse(_ path: String) { utimes(path, nil) }
}

import Glibc

/// One holder at a time, over processes; the system frees it when the holder dies.
public enum FolderLock {
    public static func withLock<R>(on folder: String, _ body: () throws -> R) throws -> R {
        let path = "\(folder)/.lock"
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FileError("lock", path) }
        defer { close(descriptor) }
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else { throw FileError("lock", path) }
        }
        return try body()
    }
}

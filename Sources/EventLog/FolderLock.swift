import Glibc

/// One holder at a time, over processes; the system frees it when the holder dies.
public enum FolderLock {
    /// Holds the lock of a folder, waiting without an end for another holder: not to be used within itself on one folder.
    ///
    /// - Throws: `FileError` when the folder cannot hold a lock, and what `body` throws.
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

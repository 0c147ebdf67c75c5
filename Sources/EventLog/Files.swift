import Glibc
import LMDB

/// An operating-system call on a file that failed.
public struct FileError: Error, Sendable, CustomStringConvertible {
    public let code: Int32
    public let operation: String
    public let path: String

    public init(_ operation: String, _ path: String, code: Int32 = errno) {
        self.code = code
        self.operation = operation
        self.path = path
    }

    public var description: String { "cannot \(operation) \(path): \(String(cString: strerror(code)))" }
}

/// Small files, read and written whole.
public enum File {
    public static func read(_ path: String) throws(FileError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError("read", path) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw FileError("read", path) }
            if count == 0 { return bytes }
            bytes.append(contentsOf: chunk[..<count])
        }
    }

    /// Replaces the file in one step: a reader sees the old content or the new, and a crash leaves one of them whole.
    public static func replace(_ path: String, with bytes: [UInt8]) throws(FileError) {
        let temporary = "\(path).\(getpid()).new"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FileError("write", temporary) }
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress?.advanced(by: written), bytes.count - written) }
            if count < 0 && errno == EINTR { continue }
            if count < 0 {
                let error = FileError("write", temporary)
                close(descriptor)
                unlink(temporary)
                throw error
            }
            written += count
        }
        let synced = fsync(descriptor)
        close(descriptor)
        guard synced == 0, rename(temporary, path) == 0 else {
            let error = FileError("write", path)
            unlink(temporary)
            throw error
        }
        try Folder.sync(Folder.parent(of: path))
    }

    public static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }
}

public enum Folder {
    public static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Makes a folder and those above it.
    public static func make(_ path: String) throws(FileError) {
        if mkdir(path, 0o755) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, parent(of: path) != path else { throw FileError("make the folder", path) }
        try make(parent(of: path))
        if mkdir(path, 0o755) != 0 && errno != EEXIST { throw FileError("make the folder", path) }
    }

    /// Names in a folder, sorted, without `.` and `..`; none when it is missing.
    public static func names(in path: String) -> [String] {
        guard let stream = opendir(path) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Removes a file, or a folder with all that is in it; links are removed, never followed. No error when it is missing.
    ///
    /// A folder first takes a hidden name, so that nobody finds it half removed.
    public static func remove(_ path: String) throws(FileError) {
        var hidden = path
        if !(path.split(separator: "/").last ?? "").hasPrefix(".removed-") {
            hidden = "\(parent(of: path))/.removed-\(getpid())-\(UInt32.random(in: 0 ... .max))"
            if rename(path, hidden) != 0 {
                if errno == ENOENT { return }
                throw FileError("remove", path)
            }
        }
        try removeTree(hidden)
    }

    private static func removeTree(_ path: String) throws(FileError) {
        if unlink(path) == 0 || errno == ENOENT { return }
        guard errno == EISDIR || errno == EPERM else { throw FileError("remove", path) }
        for name in names(in: path) { try removeTree("\(path)/\(name)") }
        if rmdir(path) != 0 && errno != ENOENT { throw FileError("remove", path) }
    }

    /// Puts a folder's entries on disk.
    static func sync(_ path: String) throws(FileError) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError("sync", path) }
        defer { close(descriptor) }
        if fsync(descriptor) != 0 { throw FileError("sync", path) }
    }
}

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

import EventLog
import Glibc

/// A hidden folder beside a target, where something is made that is to appear there whole or not at all.
///
/// Its maker holds a lock on it, which the system lets go when the maker dies: what a killed process left behind is removed by the next one
/// that makes something at the same place.
///
/// ```swift
/// let staging = try StagingFolder(beside: target)
/// defer { staging.remove() }
/// // … write to staging.content …
/// try staging.publish()
/// ```
final class StagingFolder {
    private static let prefix = ".spool-partial-"

    let target: String
    private let path: String
    private let descriptor: Int32

    /// Where to make the content: a file or a folder of the target's name.
    let content: String

    init(beside target: String) throws(FileError) {
        self.target = target
        let parent = Folder.parent(of: target)
        try Folder.make(parent)
        Self.removeAbandoned(in: parent)
        (path, descriptor) = try Self.makeLocked(in: parent)
        content = "\(path)/\(target.split(separator: "/").last ?? "content")"
    }

    private static func makeLocked(in parent: String) throws(FileError) -> (path: String, descriptor: Int32) {
        while true {
            let path = "\(parent)/\(prefix)\(getpid())-\(UInt32.random(in: 0 ... .max))"
            guard mkdir(path, 0o755) == 0 else { throw FileError("make the folder", path) }
            let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            if descriptor >= 0, flock(descriptor, LOCK_EX | LOCK_NB) == 0, access(path, F_OK) == 0 { return (path, descriptor) }
            // Whoever looked for abandoned folders in between has taken it for one, and removes it.
            let error = FileError("make the folder", path)
            if descriptor >= 0 { close(descriptor) }
            guard error.code == EWOULDBLOCK || error.code == ENOENT else { throw error }
        }
    }

    deinit { close(descriptor) }

    /// Moves the content to the target: a file replaces a file, a folder an empty folder.
    func publish() throws(FileError) {
        guard rename(content, target) == 0 else { throw FileError("make", target) }
        try Folder.sync(Folder.parent(of: target))
    }

    /// Removes the folder with what is left in it.
    func remove() { Self.removeTree(path) }

    private static func removeAbandoned(in parent: String) {
        for name in Folder.names(in: parent) where name.hasPrefix(prefix) {
            let path = "\(parent)/\(name)"
            let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard descriptor >= 0 else { continue }
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { removeTree(path) }
            close(descriptor)
        }
    }

    // MARK: Paths

    /// The target's whole path, links resolved, without a slash at the end.
    static func resolved(_ path: String) throws(FileError) -> String {
        guard !path.isEmpty, !path.utf8.contains(0) else { throw FileError("make", path, code: EINVAL) }
        if let real = real(path) { return real }
        let path = Backup.withoutTrailingSlash(path)
        let name = path.split(separator: "/").last ?? ""
        guard name != ".", name != ".." else { throw FileError("make", path, code: ENOENT) }
        try Folder.make(Folder.parent(of: path))
        guard let parent = real(Folder.parent(of: path)) else { throw FileError("make", path) }
        return parent == "/" ? "/\(name)" : "\(parent)/\(name)"
    }

    /// The whole path of what is there, links resolved.
    static func real(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// How to get to a path from a folder; both are whole paths.
    static func relative(_ path: String, to folder: String) -> String {
        let target = path.split(separator: "/")
        let start = folder.split(separator: "/")
        let common = zip(target, start).prefix { $0 == $1 }.count
        return (Array(repeating: "..", count: start.count - common) + target[common...].map(String.init)).joined(separator: "/")
    }

    /// In place, without a new name first: it is hidden already, and its name tells what it is.
    private static func removeTree(_ path: String) {
        if unlink(path) == 0 || errno == ENOENT { return }
        for name in Folder.names(in: path) { removeTree("\(path)/\(name)") }
        rmdir(path)
    }

    /// Puts every entry of a folder and those below on disk; the files are there already.
    static func syncFolders(_ path: String) throws(FileError) {
        var status = stat()
        for name in Folder.names(in: path) {
            let inner = "\(path)/\(name)"
            if lstat(inner, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { try syncFolders(inner) }
        }
        try Folder.sync(path)
    }
}

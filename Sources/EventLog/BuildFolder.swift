import Glibc

/// A hidden folder in which something is built beside what it will replace: `.building-NAME-NUMBER`.
///
/// While its builder lives it is locked. Of a builder that died the system frees the lock, so that others can tell, and clear away what it
/// left.
///
/// ```swift
/// let build = try BuildFolder(in: "spool/views", for: "trends@1")
/// defer { build.remove() }
/// // fill build.content, then move it to its place
/// ```
public final class BuildFolder: Sendable {
    public let path: String
    /// Where the thing itself is built; not made yet.
    public var content: String { "\(path)/content" }
    private let descriptor: Int32

    private static let prefix = ".building-"
    private static let owner = "owner"

    /// - Parameters:
    ///   - parent: the folder, made when missing.
    ///   - name: what is built.
    public init(in parent: String, for name: String) throws {
        let path = "\(parent)/\(Self.prefix)\(name)-\(UInt32.random(in: 0 ... .max))"
        try Folder.make(parent)
        // Under the lock: a folder without a locked owner is one that was left behind.
        descriptor = try FolderLock.withLock(on: parent) {
            try Folder.make(path)
            let descriptor = open("\(path)/\(Self.owner)", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
            guard descriptor >= 0 else { throw FileError("make", path) }
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
                let error = FileError("lock", path)
                close(descriptor)
                throw error
            }
            return descriptor
        }
        self.path = path
    }

    deinit { close(descriptor) }

    /// Removes what is still in it.
    public func remove() { try? Folder.remove(path) }

    /// Removes what dead processes left in a folder: half-built things, and things half removed.
    ///
    /// - Returns: the bytes freed.
    @discardableResult
    public static func removeAbandoned(in parent: String) throws -> Int {
        guard File.exists(parent) else { return 0 }
        return try FolderLock.withLock(on: parent) {
            var bytes = 0
            for name in Folder.names(in: parent) {
                let path = "\(parent)/\(name)"
                guard name.hasPrefix(".removed-") || name.hasPrefix(prefix) && !isOwned(path) else { continue }
                bytes += Folder.size(path)
                try Folder.remove(path)
            }
            return bytes
        }
    }

    private static func isOwned(_ path: String) -> Bool {
        let descriptor = open("\(path)/\(owner)", O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_EX | LOCK_NB) != 0
    }
}

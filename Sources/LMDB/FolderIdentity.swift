import Glibc

/// Which folder a path means, whatever it is called.
public struct FolderIdentity: Hashable, Sendable {
    let device: UInt64
    let inode: UInt64

    /// - Throws: `LMDBError` when there is no such folder.
    public init(of path: String) throws(LMDBError) {
        var status = stat()
        if stat(path, &status) != 0 { throw LMDBError(code: errno, operation: "open", path: path) }
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
    }
}

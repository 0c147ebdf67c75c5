import CLMDB
import Glibc

/// Which environment a path means, whatever it is called: that of its `data.mdb`.
///
/// The folder itself would not do: one that was deleted and made again often has the same number. A file that is open keeps its number.
public struct FolderIdentity: Hashable, Sendable {
    let device: UInt64
    let inode: UInt64

    /// - Throws: `LMDBError` when there is no environment.
    public init(of path: String) throws(LMDBError) {
        var status = stat()
        if stat("\(path)/data.mdb", &status) != 0 { throw LMDBError(code: errno, operation: "open", path: path) }
        self.init(status)
    }

    init(_ status: stat) {
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
    }
}

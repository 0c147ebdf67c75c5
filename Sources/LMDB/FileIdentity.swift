/// Which file a path means, whatever it is called.
///
/// A folder's number would not do for an environment: one that was deleted and made again often has the same. A file that is open keeps its
/// number, so an environment is told by its `data.mdb`.
public struct FileIdentity: Hashable, Sendable {
    let device: UInt64
    let inode: UInt64

    /// - Throws: `LMDBError` when there is no such file.
    public init(of path: String) throws(LMDBError) { self = try FileStatus(of: path).identity }

    /// - Parameter folder: of an environment.
    public init(ofEnvironment folder: String) throws(LMDBError) { try self.init(of: "\(folder)/data.mdb") }

    init(device: UInt64, inode: UInt64) {
        self.device = device
        self.inode = inode
    }
}

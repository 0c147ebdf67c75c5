import CLinux

/// Which file a path or a descriptor means at this moment, and how long it is.
struct FileStatus {
    let identity: FileIdentity
    let byteCount: Int

    /// - Throws: `LMDBError` when there is no such file.
    init(of path: String) throws(LMDBError) {
        var file = spool_file()
        try check(spool_look(path, -1, &file), "open", path)
        self.init(file)
    }

    /// - Parameter path: for the error.
    init(of descriptor: Int32, _ path: String) throws(LMDBError) {
        var file = spool_file()
        try check(spool_look(nil, descriptor, &file), "read", path)
        self.init(file)
    }

    private init(_ file: spool_file) {
        identity = FileIdentity(device: file.device, inode: file.inode)
        byteCount = Int(clamping: file.length)
    }
}

import CLinux
import Glibc

extension Folder {
    /// Puts two folders in each other's place in one step: whoever looks finds the one or the other, whole, and so does the next process
    /// after a crash.
    ///
    /// Where the file system cannot, there is a moment with nothing at `path`.
    static func exchange(_ path: String, with other: String) throws(FileError) {
        let code = spool_exchange(path, other)
        if code == 0 { return }
        guard code == EINVAL || code == ENOSYS else { throw FileError("swap in \(other) for", path, code: code) }
        let aside = "\(parent(of: other))/.removed-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        guard rename(path, aside) == 0 else { throw FileError("move", path) }
        guard rename(other, path) == 0 else {
            let error = FileError("move", other)
            rename(aside, path)
            throw error
        }
        guard rename(aside, other) == 0 else { throw FileError("move", aside) }
    }

    /// Gives a folder another name; false when another folder has it.
    public static func move(_ path: String, to target: String) throws(FileError) -> Bool {
        if rename(path, target) == 0 { return true }
        guard errno == ENOTEMPTY || errno == EEXIST else { throw FileError("move", path) }
        return false
    }

    /// Bytes on disk of a file, or of a folder with all that is in it; 0 when it is missing.
    public static func size(_ path: String) -> Int {
        var status = stat()
        guard lstat(path, &status) == 0 else { return 0 }
        let own = Int(status.st_blocks) * 512
        guard status.st_mode & S_IFMT == S_IFDIR else { return own }
        return names(in: path).reduce(own) { $0 + size("\(path)/\($1)") }
    }
}

import Glibc

/// Folders: made, listed and removed.
public enum Folder {
    public static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Makes a folder and those above it.
    ///
    /// - Parameter durably: its name is on disk on return, even if it was there already.
    public static func make(_ path: String, durably: Bool = false) throws(FileError) {
        if mkdir(path, 0o755) != 0 {
            if errno == ENOENT, parent(of: path) != path {
                try make(parent(of: path), durably: durably)
                if mkdir(path, 0o755) != 0 && errno != EEXIST { throw FileError("make the folder", path) }
            } else if errno == EEXIST {
                var status = stat()
                if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFDIR { throw FileError("make the folder", path, code: ENOTDIR) }
            } else {
                throw FileError("make the folder", path)
            }
        }
        if durably { try sync(parent(of: path)) }
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
    public static func sync(_ path: String) throws(FileError) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError("sync", path) }
        defer { close(descriptor) }
        if fsync(descriptor) != 0 { throw FileError("sync", path) }
    }
}

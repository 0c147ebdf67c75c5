import Glibc

/// A folder for one test, removed with all that is in it at the end.
public final class TemporaryFolder: Sendable {
    public let path: String

    /// - Parameter isOnDisk: for what a file system of a disk does.
    public init(isOnDisk: Bool = false) {
        // Otherwise memory where there is some: what most tests prove does not depend on the disk, and thousands of commits are quick there.
        let anywhere = getenv("TMPDIR").map { String(cString: $0) } ?? (access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp")
        let base = isOnDisk ? "/var/tmp" : anywhere
        path = "\(base)/spool-test-\(getpid())-\(UInt64.random(in: 0 ... .max))"
        mkdir(path, 0o755)
    }

    deinit { TemporaryFolder.remove(path) }

    /// A path within it.
    public subscript(name: String) -> String { "\(path)/\(name)" }

    public static func remove(_ path: String) {
        if unlink(path) == 0 { return }
        guard let stream = opendir(path) else { return }
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if name != "." && name != ".." { remove("\(path)/\(name)") }
        }
        closedir(stream)
        rmdir(path)
    }
}

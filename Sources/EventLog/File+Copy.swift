import Glibc
import LMDB

extension File {
    /// Copies a file: to a hidden name first, synced, then renamed. The target is whole or not there.
    public static func copy(_ source: String, to target: String) throws(FileError) {
        let input = open(source, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard input >= 0 else { throw FileError("read", source) }
        defer { close(input) }
        // Asked of what was opened: the name may mean something else by now.
        guard isRegular(input) else { throw FileError("read", source, code: EINVAL) }
        let folder = Folder.parent(of: target)
        let temporary = "\(folder)/.\(getpid())-\(UInt32.random(in: 0 ... .max)).new"
        let output = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o644)
        guard output >= 0 else { throw FileError("write", temporary) }
        var failure: FileError?
        var chunk = [UInt8](repeating: 0, count: 1 << 18)
        while failure == nil {
            let count = Glibc.read(input, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            if count < 0 { failure = FileError("read", source) }
            if count <= 0 { break }
            if !writeAll(chunk[..<count], to: output) { failure = FileError("write", target) }
        }
        if failure == nil, fsync(output) != 0 { failure = FileError("write", temporary) }
        close(output)
        if failure == nil, rename(temporary, target) != 0 { failure = FileError("write", target) }
        if let failure {
            unlink(temporary)
            throw failure
        }
        try Folder.sync(folder)
    }

    /// Whether two paths mean one file; false when there is none at either.
    public static func isSame(_ one: String, _ other: String) -> Bool {
        guard let one = try? FileIdentity(of: one), let other = try? FileIdentity(of: other) else { return false }
        return one == other
    }

    /// Whether two files hold the same bytes.
    public static func hasSameContent(_ one: String, _ other: String) throws(FileError) -> Bool {
        let first = open(one, O_RDONLY | O_CLOEXEC)
        guard first >= 0 else { throw FileError("read", one) }
        defer { close(first) }
        let second = open(other, O_RDONLY | O_CLOEXEC)
        guard second >= 0 else { throw FileError("read", other) }
        defer { close(second) }
        var left = [UInt8](repeating: 0, count: 1 << 16)
        var right = left
        while true {
            let count = Glibc.read(first, &left, left.count)
            guard count >= 0 else { throw FileError("read", one) }
            var got = 0
            while got < count {
                let more = right.withUnsafeMutableBytes { Glibc.read(second, $0.baseAddress?.advanced(by: got), count - got) }
                guard more >= 0 else { throw FileError("read", other) }
                if more == 0 { return false }
                got += more
            }
            if count == 0 { return Glibc.read(second, &right, 1) == 0 }
            if left[..<count] != right[..<count] { return false }
        }
    }
}

import EventLog
import Glibc
import Spool

/// What was not taken, a line of JSON each.
final class RejectFile {
    private let path: String
    private let stream: UnsafeMutablePointer<FILE>

    /// - Parameter inputs: what is read meanwhile, and would be emptied under the same name; `-` is standard input.
    init(_ path: String, inputs: [String]) throws {
        try StoreError.checkOutside(path)
        for input in inputs.flatMap(Self.files) where Self.isFile(path) && File.isSame(path, input) {
            throw WrongUse("--rejects \(path) is the input itself (\(input)), which it would empty: name another file.")
        }
        self.path = path
        guard let stream = fopen(path, "w") else { throw FileError("write", path) }
        self.stream = stream
    }

    /// A terminal may well be both.
    private static func isFile(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// The files of an input that is one, with what SQLite keeps beside it, or a folder of them.
    private static func files(_ input: String) -> [String] {
        if input == "-" { return ["/dev/stdin"] }
        return ["", "-wal", "-journal"].map { input + $0 } + Folder.names(in: input).map { "\(input)/\($0)" }
    }

    func write(_ line: [UInt8]) throws {
        let bytes = line + [0x0A]
        guard fwrite(bytes, 1, bytes.count, stream) == bytes.count else { throw FileError("write", path) }
    }

    func close() throws {
        guard fclose(stream) == 0 else { throw FileError("write", path) }
    }
}

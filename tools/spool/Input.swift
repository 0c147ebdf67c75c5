import EventLog
import Spool

/// Files that the command line names to be read: one that cannot be is wrong use, whatever is in it comes later.
enum Input {
    /// A file's bytes; `-` is standard input.
    static func read(_ path: String, limit: Int = 64 << 20) throws -> [UInt8] {
        try reading { try File.read(path == "-" ? "/dev/stdin" : path, limit: limit) }
    }

    static func lines(_ path: String) throws -> LineReader {
        try reading { try LineReader(path) }
    }

    private static func reading<R>(_ body: () throws -> R) throws -> R {
        do {
            return try body()
        } catch let error as FileError {
            throw WrongUse(error.description)
        }
    }
}

import Glibc

/// An operating-system call on a file that failed.
public struct FileError: Error, Sendable, CustomStringConvertible {
    public let code: Int32
    public let operation: String
    public let path: String

    public init(_ operation: String, _ path: String, code: Int32 = errno) {
        self.code = code
        self.operation = operation
        self.path = path
    }

    public var description: String {
        let isOutOfSpace = code == ENOSPC || code == EDQUOT
        return "cannot \(operation) \(path): \(String(cString: strerror(code)))\(isOutOfSpace ? ". Free some space and try again." : "")"
    }
}

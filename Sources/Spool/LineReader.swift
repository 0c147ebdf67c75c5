import EventLog
import Glibc

/// Reads a file or standard input line by line, in constant memory.
public final class LineReader {
    /// The longest line taken, in bytes.
    public static let maximumLineLength = 64 << 20

    /// A line that is longer; it was skipped.
    public struct TooLong: Refusal, CustomStringConvertible {
        public var description: String { "the line is longer than \(LineReader.maximumLineLength) bytes" }
    }

    private let descriptor: Int32
    private let path: String
    private let closes: Bool
    private var buffer: [UInt8] = []
    private var start = 0
    private var atEnd = false
    /// Bytes read from the file so far, and its size where it has one.
    public private(set) var bytesRead = 0
    public let size: Int?
    /// The number of the line that `next` gave last, from 1.
    public private(set) var lineNumber = 0
    /// Called before the file is read again, which may take until there is something to read.
    public var willWait: (() -> Void)?

    /// - Parameter path: a file; `-` is standard input.
    public init(_ path: String) throws(FileError) {
        self.path = path
        closes = path != "-"
        descriptor = closes ? open(path, O_RDONLY | O_CLOEXEC) : 0
        guard descriptor >= 0 else { throw FileError("read", path) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileError("read", path) }
        if status.st_mode & S_IFMT == S_IFDIR { throw FileError("read", path, code: EISDIR) }
        size = status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : nil
    }

    deinit { if closes { close(descriptor) } }

    /// The next line without its end (LF or CRLF); nil after the last.
    ///
    /// - Throws: `TooLong` for a line that is skipped, `FileError` when the file cannot be read.
    public func next() throws -> ArraySlice<UInt8>? {
        var searched = start
        while true {
            if let end = buffer[searched...].firstIndex(of: 0x0A) {
                let line = buffer[start..<end]
                start = end + 1
                lineNumber += 1
                return line.last == 0x0D ? line.dropLast() : line
            }
            searched = buffer.count
            if atEnd {
                guard start < buffer.count else { return nil }
                let line = buffer[start...]
                start = buffer.count
                lineNumber += 1
                return line.last == 0x0D ? line.dropLast() : line
            }
            if buffer.count - start > Self.maximumLineLength {
                try skipLine()
                lineNumber += 1
                throw TooLong()
            }
            searched -= start
            buffer.removeSubrange(..<start)
            start = 0
            try fill()
        }
    }

    private func fill() throws(FileError) {
        willWait?()
        let chunk = 1 << 18
        let count = buffer.count
        buffer.append(contentsOf: repeatElement(0, count: chunk))
        while true {
            let got = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress?.advanced(by: count), chunk) }
            if got < 0 && errno == EINTR { continue }
            guard got >= 0 else { throw FileError("read", path) }
            buffer.removeLast(chunk - got)
            bytesRead += got
            if got == 0 { atEnd = true }
            return
        }
    }

    private func skipLine() throws(FileError) {
        while true {
            buffer.removeAll(keepingCapacity: true)
            start = 0
            try fill()
            if let end = buffer.firstIndex(of: 0x0A) {
                start = end + 1
                return
            }
            if atEnd { return }
        }
    }
}

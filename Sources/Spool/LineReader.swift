import EventLog
import Glibc

/// Reads a file or standard input line by line, in constant memory.
public final class LineReader {
    /// The longest line taken, in bytes.
    public static let maximumLineLength = 64 << 20

    /// A line that is longer. It is skipped when the next one is asked for: it may never end.
    public struct TooLong: Refusal, CustomStringConvertible {
        public var description: String { "the line is longer than \(LineReader.maximumLineLength) bytes, the most that a line may have" }
    }

    private let descriptor: Int32
    private let path: String
    private let closes: Bool
    private var buffer: [UInt8] = []
    private var start = 0
    private var atEnd = false
    private var isInLongLine = false
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
        let problem = fstat(descriptor, &status) == 0 ? (status.st_mode & S_IFMT == S_IFDIR ? EISDIR : 0) : errno
        size = status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : nil
        // From here on `deinit` closes it.
        if problem != 0 { throw FileError("read", path, code: problem) }
    }

    deinit { if closes { close(descriptor) } }

    /// The next line without its end (LF or CRLF), the first without a byte order mark; nil after the last.
    ///
    /// - Throws: `TooLong` for a line that will be skipped, `FileError` when the file cannot be read.
    public func next() throws -> ArraySlice<UInt8>? {
        if isInLongLine {
            try skipLine()
            isInLongLine = false
        }
        var searched = start
        while true {
            if let end = lineFeed(from: searched) {
                let line = buffer[start..<end]
                start = end + 1
                return took(line)
            }
            searched = buffer.count
            if atEnd {
                guard start < buffer.count else { return nil }
                let line = buffer[start...]
                start = buffer.count
                return took(line)
            }
            if buffer.count - start > Self.maximumLineLength {
                isInLongLine = true
                lineNumber += 1
                throw TooLong()
            }
            searched -= start
            buffer.removeSubrange(..<start)
            start = 0
            try fill()
        }
    }

    private func took(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        lineNumber += 1
        let line = line.last == 0x0D ? line.dropLast() : line
        // Windows editors begin a file with a byte order mark; within one it is an error.
        return lineNumber == 1 && line.starts(with: [0xEF, 0xBB, 0xBF]) ? line.dropFirst(3) : line
    }

    /// Looks at the first bytes: what is no text at all is better told here than line by line.
    ///
    /// - Throws: `NotText`, or `FileError` when the file cannot be read.
    public func checkIsText() throws {
        while buffer.count < 2, !atEnd { try fill() }
        let name = path == "-" ? "FILE" : path
        switch buffer.prefix(2) {
        case [0x1F, 0x8B]: throw NotText(description: "\(name) is compressed: `gunzip -c \(name) | spool ingest -`")
        case [0xFF, 0xFE], [0xFE, 0xFF]:
            throw NotText(description: "\(name) is UTF-16, expected UTF-8: `iconv -f UTF-16 -t UTF-8 \(name) | spool ingest -`")
        default: return
        }
    }

    /// Whether it begins as an object in JSON does, and CSV cannot.
    public var beginsWithObject: Bool { buffer.starts(with: [0x7B, 0x22]) }

    /// An input of other bytes than UTF-8 text.
    public struct NotText: Refusal, CustomStringConvertible {
        public let description: String
    }

    private func lineFeed(from start: Int) -> Int? {
        buffer.withUnsafeBytes { bytes in
            guard let first = bytes.baseAddress, let end = memchr(first + start, 0x0A, bytes.count - start) else { return nil }
            return UnsafeRawPointer(end) - first
        }
    }

    private func fill() throws(FileError) {
        willWait?()
        var got = 0
        let chunk = [UInt8](unsafeUninitializedCapacity: 1 << 18) { chunk, count in
            repeat { got = read(descriptor, chunk.baseAddress, chunk.count) } while got < 0 && errno == EINTR
            count = max(0, got)
        }
        guard got >= 0 else { throw FileError("read", path) }
        buffer.append(contentsOf: chunk)
        bytesRead += got
        if got == 0 { atEnd = true }
    }

    private func skipLine() throws(FileError) {
        while true {
            buffer.removeAll(keepingCapacity: true)
            start = 0
            try fill()
            if let end = lineFeed(from: 0) {
                start = end + 1
                return
            }
            if atEnd { return }
        }
    }
}

import EventLog
import Glibc

/// Records of CSV as PostgreSQL's `COPY … CSV` writes it: a field without quotes that is empty is NULL, one with quotes is a text.
///
/// Texts stay byte for byte, line ends within them too.
package final class CSVRecords {
    package struct Malformed: Error {
        package let reason: String
        package let text: String
    }

    private static let longestRecord = 64 << 20

    private let path: String
    private let descriptor: Int32
    private var buffer: [UInt8] = []
    private var start = 0
    private var isAtEnd = false
    private(set) var line = 0
    private var nextLine = 1

    package init(_ path: String) throws {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError("read", path) }
        var status = stat()
        // A device may have no end.
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG || status.st_mode & S_IFMT == S_IFIFO else {
            close(descriptor)
            throw FileError("read", path, code: EINVAL)
        }
    }

    deinit { close(descriptor) }

    /// The next record; nil at the end.
    ///
    /// - Throws: `Malformed` for a record that is passed over.
    package func next() throws -> [String?]? {
        while true {
            if start == buffer.count, isAtEnd { return nil }
            do {
                if let (fields, end) = try Self.parse(buffer, from: start, isAtEnd: isAtEnd) {
                    let isMarker = fields == ["\\."]
                    finish(at: end)
                    if isMarker { continue }
                    return fields
                }
            } catch let error as Malformed {
                let end = buffer[start...].firstIndex(of: 0x0A).map { $0 + 1 } ?? buffer.count
                let text = String(decoding: buffer[start..<end].prefix(10_000), as: UTF8.self)
                finish(at: end)
                throw Malformed(reason: error.reason, text: text)
            }
            guard buffer.count - start <= Self.longestRecord else {
                let text = String(decoding: buffer[start...].prefix(10_000), as: UTF8.self)
                // What comes behind the quote's line may be whole records.
                finish(at: buffer[start...].firstIndex(of: 0x0A).map { $0 + 1 } ?? buffer.count)
                throw Malformed(
                    reason: "a record, or a quote that is not closed, goes on for more than \(Self.longestRecord) bytes", text: text)
            }
            try fill()
        }
    }

    private func finish(at end: Int) {
        line = nextLine
        nextLine += buffer[start..<end].reduce(0) { $0 + ($1 == 0x0A ? 1 : 0) }
        start = end
    }

    private func fill() throws {
        buffer.removeSubrange(..<start)
        start = 0
        let chunk = max(1 << 18, buffer.count)
        let count = buffer.count
        buffer.append(contentsOf: repeatElement(0, count: chunk))
        var got: Int
        repeat {
            got = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress?.advanced(by: count), chunk) }
        } while got < 0 && errno == EINTR
        guard got >= 0 else { throw FileError("read", path) }
        buffer.removeLast(chunk - got)
        if got == 0 { isAtEnd = true }
        if count == 0, buffer.starts(with: [0xEF, 0xBB, 0xBF]), line == 0 { start = 3 }
    }

    /// The fields of the record that begins at `start`, and where the next one does; nil when more bytes are needed.
    static func parse(_ bytes: [UInt8], from start: Int, isAtEnd: Bool) throws -> (fields: [String?], end: Int)? {
        var fields: [String?] = []
        var place = start
        var field: [UInt8] = []
        while true {
            field.removeAll(keepingCapacity: true)
            let isQuoted = place < bytes.count && bytes[place] == 0x22
            if isQuoted {
                place += 1
                while true {
                    guard place < bytes.count else {
                        if isAtEnd { throw Malformed(reason: "a quote is not closed", text: "") }
                        return nil
                    }
                    if bytes[place] != 0x22 {
                        field.append(bytes[place])
                        place += 1
                    } else if place + 1 < bytes.count, bytes[place + 1] == 0x22 {
                        field.append(0x22)
                        place += 2
                    } else if place + 1 == bytes.count, !isAtEnd {
                        return nil
                    } else {
                        place += 1
                        break
                    }
                }
            } else {
                while place < bytes.count, bytes[place] != 0x2C, bytes[place] != 0x0A, bytes[place] != 0x0D {
                    if bytes[place] == 0x22 {
                        throw Malformed(reason: "field \(fields.count + 1): a quote within a field without quotes", text: "")
                    }
                    field.append(bytes[place])
                    place += 1
                }
            }
            guard let text = String(validating: field, as: UTF8.self) else {
                throw Malformed(reason: "field \(fields.count + 1) is not UTF-8", text: "")
            }
            fields.append(isQuoted || !field.isEmpty ? text : nil)
            guard place < bytes.count else { return isAtEnd ? (fields, place) : nil }
            if bytes[place] == 0x0D {
                guard place + 1 < bytes.count else { return isAtEnd ? (fields, place + 1) : nil }
                if bytes[place + 1] == 0x0A { place += 1 }
                return (fields, place + 1)
            }
            if bytes[place] == 0x0A { return (fields, place + 1) }
            guard bytes[place] == 0x2C else {
                throw Malformed(reason: "field \(fields.count): expected a comma after the closing quote", text: "")
            }
            place += 1
        }
    }
}

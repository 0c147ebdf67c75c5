import EventLog

/// Records of RFC 4180 CSV: quoted fields may hold commas, quotes (doubled) and line breaks.
public final class CSVReader {
    /// A record that does not keep the format.
    public struct Malformed: Refusal, CustomStringConvertible {
        public let description: String
    }

    private let lines: LineReader
    /// The line on which the last record began, from 1.
    public private(set) var recordLine = 0
    /// The last record as it was written, its lines joined by line feeds.
    public private(set) var recordText: [UInt8] = []

    public init(_ lines: LineReader) { self.lines = lines }

    var lineReader: LineReader { lines }

    /// The fields of the next record; nil at the end.
    public func next() throws -> [String]? {
        var text: [UInt8] = []
        defer { recordText = text }
        recordLine = lines.lineNumber + 1
        guard let line = try lines.next() else { return nil }
        text = Array(line)
        if recordLine == 1, text.starts(with: [0xEF, 0xBB, 0xBF]) { text.removeFirst(3) }
        while true {
            if let fields = try Self.fields(text) { return fields }
            // An open quote: the record goes on in the next line.
            guard let more = try lines.next() else {
                throw Malformed(description: "a quoted field is not closed before the end of the file")
            }
            text.append(0x0A)
            text.append(contentsOf: more)
            guard text.count <= LineReader.maximumLineLength else {
                throw Malformed(description: "a quoted field is not closed within \(LineReader.maximumLineLength) bytes")
            }
        }
    }

    /// nil when a quoted field is still open at the end.
    private static func fields(_ text: [UInt8]) throws -> [String]? {
        var fields: [String] = []
        var field: [UInt8] = []
        var place = 0
        while true {
            field.removeAll(keepingCapacity: true)
            if place < text.count, text[place] == 0x22 {
                place += 1
                while true {
                    guard place < text.count else { return nil }
                    if text[place] != 0x22 {
                        field.append(text[place])
                        place += 1
                    } else if place + 1 < text.count, text[place + 1] == 0x22 {
                        field.append(0x22)
                        place += 2
                    } else {
                        place += 1
                        break
                    }
                }
                guard place == text.count || text[place] == 0x2C else {
                    throw Malformed(description: "field \(fields.count + 1): expected a comma after the closing quote")
                }
            } else {
                while place < text.count, text[place] != 0x2C {
                    guard text[place] != 0x22 else {
                        throw Malformed(description: "field \(fields.count + 1): a quote within a field that is not quoted")
                    }
                    field.append(text[place])
                    place += 1
                }
            }
            guard let value = String(validating: field, as: UTF8.self) else {
                throw Malformed(description: "field \(fields.count + 1) is not valid UTF-8")
            }
            fields.append(value)
            if place == text.count { return fields }
            place += 1
        }
    }
}

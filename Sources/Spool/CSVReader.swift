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
        recordText.removeAll(keepingCapacity: true)
        recordLine = lines.lineNumber + 1
        guard var line = try lines.next() else { return nil }
        var record = Record()
        while true {
            recordText.append(contentsOf: line)
            if try record.take(line) { return record.fields }
            // An open quote: the record goes on in the next line.
            guard let more = try lines.next() else {
                throw Malformed(description: "a quoted field is not closed before the end of the file")
            }
            guard recordText.count + more.count < LineReader.maximumLineLength else {
                throw Malformed(description: "a quoted field is not closed within \(LineReader.maximumLineLength) bytes")
            }
            recordText.append(0x0A)
            line = more
        }
    }

    /// A record as far as its lines were read.
    private struct Record {
        var fields: [String] = []
        private var field: [UInt8] = []
        private var isInQuotes = false

        /// Returns whether the record ends with the line.
        mutating func take(_ line: ArraySlice<UInt8>) throws -> Bool {
            var place = line.startIndex
            if isInQuotes { field.append(0x0A) }
            while true {
                if !isInQuotes, place < line.endIndex, line[place] == 0x22 {
                    isInQuotes = true
                    place += 1
                }
                if isInQuotes {
                    guard takeQuoted(line, &place) else { return false }
                    guard place == line.endIndex || line[place] == 0x2C else {
                        throw Malformed(description: "field \(fields.count + 1): expected a comma after the closing quote")
                    }
                } else {
                    let end = line[place...].firstIndex(of: 0x2C) ?? line.endIndex
                    guard !line[place..<end].contains(0x22) else {
                        throw Malformed(description: "field \(fields.count + 1): a quote within a field that is not quoted")
                    }
                    field.append(contentsOf: line[place..<end])
                    place = end
                }
                guard let value = String(validating: field, as: UTF8.self) else {
                    throw Malformed(description: "field \(fields.count + 1) is not valid UTF-8")
                }
                fields.append(value)
                field.removeAll(keepingCapacity: true)
                if place == line.endIndex { return true }
                place += 1
            }
        }

        /// Goes behind the closing quote; false when it is not in this line.
        private mutating func takeQuoted(_ line: ArraySlice<UInt8>, _ place: inout Int) -> Bool {
            while let quote = line[place...].firstIndex(of: 0x22) {
                field.append(contentsOf: line[place..<quote])
                place = quote + 1
                guard place < line.endIndex, line[place] == 0x22 else {
                    isInQuotes = false
                    return true
                }
                field.append(0x22)
                place += 1
            }
            field.append(contentsOf: line[place...])
            return false
        }
    }
}

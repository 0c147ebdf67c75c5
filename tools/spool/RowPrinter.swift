import JSON
import Projection

/// Prints rows to standard output, one after the other.
protocol RowPrinter {
    mutating func row(_ values: [SQLValue])
    /// After the last row.
    mutating func end()
}

extension RowPrinter {
    /// Prints rows that are at hand.
    mutating func print(_ rows: [[SQLValue]]) {
        for values in rows { row(values) }
        end()
        Standard.output.flush()
    }
}

/// For people: aligned columns. Widths are those of the first rows; the rest streams.
struct TablePrinter: RowPrinter {
    private static let measuredRows = 500
    private static let widestCell = 60

    private let columns: [String]
    private var waiting: [[SQLValue]] = []
    private var widths: [Int] = []
    private var rightAligned: [Bool] = []
    private var count = 0

    init(_ columns: [String]) { self.columns = columns }

    mutating func row(_ values: [SQLValue]) {
        count += 1
        if widths.isEmpty {
            waiting.append(values)
            if waiting.count == Self.measuredRows { begin() }
        } else {
            line(values)
        }
    }

    mutating func end() {
        if widths.isEmpty { begin() }
        if Standard.output.isTerminal { Standard.output.write("\(count) row\(count == 1 ? "" : "s")\n") }
    }

    private mutating func begin() {
        widths = columns.indices.map { place in
            min(Self.widestCell, max(columns[place].count, waiting.map { Self.cell($0[place]).count }.max() ?? 0, 1))
        }
        rightAligned = columns.indices.map { place in
            !waiting.isEmpty && waiting.allSatisfy { $0[place].isNumber || $0[place] == .null }
        }
        write(columns)
        write(widths.map { String(repeating: "─", count: $0) })
        for values in waiting { line(values) }
        waiting = []
    }

    private func line(_ values: [SQLValue]) { write(values.map(Self.cell)) }

    private func write(_ cells: [String]) {
        var text = ""
        for (place, cell) in cells.enumerated() {
            var cell = cell
            if cell.count > widths[place] { cell = cell.prefix(widths[place] - 1) + "…" }
            let padding = String(repeating: " ", count: widths[place] - cell.count)
            if place > 0 { text += "  " }
            let isLast = place == cells.count - 1
            text += rightAligned[place] ? padding + cell : isLast ? cell : cell + padding
        }
        Standard.output.write(text + "\n")
    }

    private static func cell(_ value: SQLValue) -> String {
        switch value {
        case .null: "–"
        case .text(let text): String(text.map { $0.isNewline || $0 == "\t" ? " " : $0 })
        case .blob(let bytes): "(\(bytes.count) bytes)"
        default: value.description
        }
    }
}

/// For scripts: one array of objects, or an object a line.
struct JSONPrinter: RowPrinter {
    private let columns: [String]
    private let lines: Bool
    private var isFirst = true

    init(_ columns: [String], lines: Bool) {
        self.columns = columns
        self.lines = lines
    }

    mutating func row(_ values: [SQLValue]) {
        if !lines { Standard.output.write(isFirst ? "[\n" : ",\n") }
        isFirst = false
        var writer = JSONWriter()
        writer.beginObject()
        for (column, value) in zip(columns, values) {
            writer.key(column)
            writer.value(value)
        }
        writer.endObject()
        Standard.output.write(writer.bytes)
        if lines { Standard.output.write("\n") }
    }

    mutating func end() {
        if !lines { Standard.output.write(isFirst ? "[]\n" : "\n]\n") }
    }
}

/// For spreadsheets: a header and rows (RFC 4180). NULL is an empty field, an empty text is "".
struct CSVPrinter: RowPrinter {
    init(_ columns: [String]) {
        Standard.output.write(columns.map { Self.quoted($0) }.joined(separator: ",") + "\n")
    }

    mutating func row(_ values: [SQLValue]) {
        let fields = values.map { value -> String in
            switch value {
            case .null: ""
            case .text(let text): Self.quoted(text)
            case .blob(let bytes): base64(bytes)
            default: value.description
            }
        }
        Standard.output.write(fields.joined(separator: ",") + "\n")
    }

    mutating func end() {}

    private static func quoted(_ text: String) -> String {
        let needsQuotes = text.isEmpty || text.utf8.contains { $0 == 0x2C || $0 == 0x22 || $0 == 0x0A || $0 == 0x0D }
        return needsQuotes ? "\"" + text.replacing("\"", with: "\"\"") + "\"" : text
    }
}

extension SQLValue {
    var isNumber: Bool {
        switch self {
        case .integer, .real: true
        default: false
        }
    }
}

extension JSONWriter {
    /// Integers stay integers, blobs are base64, JSON columns are text.
    mutating func value(_ value: SQLValue) {
        switch value {
        case .null: null()
        case .integer(let number): int(number)
        case .real(let number): double(number)
        case .text(let text): string(text)
        case .blob(let bytes): string(base64(bytes))
        }
    }
}

/// RFC 4648, with padding.
func base64(_ bytes: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
        let group = bytes[start..<min(start + 3, bytes.count)]
        let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
        for place in 0..<4 {
            text.append(place <= group.count ? alphabet[bits >> (18 - 6 * place) & 63] : 0x3D)
        }
    }
    return String(decoding: text, as: UTF8.self)
}

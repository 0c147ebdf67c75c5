import Projection
import Spool

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
            waiting.append(values.map(Self.cut))
            if waiting.count == Self.measuredRows { begin() }
        } else {
            line(values.map(Self.cut))
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

    /// As much of a value as a cell may show: the rest of a long text is not looked at, nor kept.
    private static func cut(_ value: SQLValue) -> SQLValue {
        switch value {
        case .text(let text): .text(String(String.UnicodeScalarView(text.unicodeScalars.prefix(widestCell * 8)).prefix(widestCell + 1)))
        case .blob(let bytes): .text("(\(bytes.count) bytes)")
        default: value
        }
    }

    /// On a terminal a control character may do anything, and one that turns the direction of writing makes other cells unreadable.
    private static func isDangerous(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory == .control
            || (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
    }

    private static func cell(_ value: SQLValue) -> String {
        switch value {
        case .null: "–"
        case .text(let text): String(text.map { $0.unicodeScalars.contains(where: isDangerous) ? " " : $0 })
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
        self.columns = columns.distinct
        self.lines = lines
    }

    mutating func row(_ values: [SQLValue]) {
        if !lines { Standard.output.write(isFirst ? "[\n" : ",\n") }
        isFirst = false
        Standard.output.write(RowText.json(columns, values))
        if lines { Standard.output.write("\n") }
    }

    mutating func end() {
        if !lines { Standard.output.write(isFirst ? "[]\n" : "\n]\n") }
    }
}

/// For spreadsheets: a header and rows (RFC 4180). NULL is an empty field, an empty text is "".
struct CSVPrinter: RowPrinter {
    init(_ columns: [String]) {
        Standard.output.write(RowText.csvHeader(columns.distinct))
    }

    mutating func row(_ values: [SQLValue]) {
        Standard.output.write(RowText.csv(values))
    }

    mutating func end() {}
}

extension [String] {
    /// Each name once, for readers that find values by it: the second column `n` becomes `n_2`.
    fileprivate var distinct: [String] {
        var taken: Set<String> = []
        return map { column in
            var name = column
            var number = 2
            while !taken.insert(name).inserted {
                name = "\(column)_\(number)"
                number += 1
            }
            return name
        }
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

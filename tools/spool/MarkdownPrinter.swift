import Projection

/// For documents: a table of GitHub's Markdown.
struct MarkdownPrinter: RowPrinter {
    init(_ columns: [String]) {
        Self.line(columns)
        Self.line(columns.map { _ in "---" })
    }

    mutating func row(_ values: [SQLValue]) { Self.line(values.map { $0 == .null ? "" : $0.plainText }) }

    mutating func end() {}

    private static func line(_ cells: [String]) {
        let escaped = cells.map { $0.replacing("|", with: "\\|").replacing("\n", with: " ") }
        Standard.output.write("| \(escaped.joined(separator: " | ")) |\n")
    }
}

import ArgumentParser

/// In which form rows are printed.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case table, json, ndjson, csv, markdown

    /// A printer for rows with these columns.
    func printer(_ columns: [String]) -> any RowPrinter {
        switch self {
        case .table: TablePrinter(columns)
        case .json: JSONPrinter(columns, lines: false)
        case .ndjson: JSONPrinter(columns, lines: true)
        case .csv: CSVPrinter(columns)
        case .markdown: MarkdownPrinter(columns)
        }
    }
}

struct OutputOptions: ParsableArguments {
    @Option(name: .long, help: "table, json (one array), ndjson (an object a line), csv or markdown.")
    var format: OutputFormat = .table

    /// A printer for rows with these columns.
    func printer(_ columns: [String]) -> any RowPrinter { format.printer(columns) }
}

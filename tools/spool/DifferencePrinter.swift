import Projection

/// Prints the rows in which a rebuild differs, a line for each column, as they are found and not too many of them.
final class DifferencePrinter {
    static let columns = ["projection", "table", "key", "row", "column", "before", "after"]

    private var printer: any RowPrinter
    private let limit: Int
    private var table = ""
    private var count = 0

    init(_ printer: any RowPrinter, limit: Int) {
        self.printer = printer
        self.limit = limit
    }

    /// Returns whether there is room for more of this table.
    func print(_ difference: RowDifference, of projection: String) -> Bool {
        if difference.table != table {
            table = difference.table
            count = 0
        }
        count += 1
        guard count <= limit else {
            Failure.complain("\(table): the first \(limit) rows are shown; --limit shows more")
            return false
        }
        for column in difference.columns {
            printer.row([
                .text(projection), .text(table), .text(difference.key), .text(difference.kind.rawValue), .text(column.column),
                column.before ?? .null, column.after ?? .null,
            ])
        }
        return true
    }

    func end() {
        printer.end()
        Standard.output.flush()
    }
}

/// The tables of a projection.
final class TableLayouts: Sendable {
    private let layouts: [TableLayout]

    /// Before the tables' trees are those of the counters and of the conflicts.
    static let counters = 0
    static let conflicts = 1
    private static let firstTable = 2

    init(_ tables: [any AnyTable]) {
        var tree = Self.firstTable
        layouts = tables.map { table in
            defer { tree += 1 + table.schema.indexes.count }
            return TableLayout(table, tree: tree)
        }
    }

    /// nil for a table that was declared elsewhere, perhaps under the same name.
    func layout(of table: any AnyTable) -> TableLayout? { layouts.first { $0.isOf(table) } }

    func layout(named name: String) -> TableLayout? { layouts.first { $0.schema.name == name } }
}

/// A table and its place among the trees of its projection.
final class TableLayout: Sendable {
    let schema: TableSchema
    /// Of its own tree; those of its indexes follow.
    let tree: Int
    /// The declaration, by which it is found without comparing names.
    private let declaration: ObjectIdentifier

    /// Before the tables' trees are those of the counters and of the conflicts.
    static let counters = 0
    static let conflicts = 1
    private static let firstTable = 2

    private init(_ table: any AnyTable, tree: Int) {
        schema = table.schema
        self.tree = tree
        declaration = ObjectIdentifier(table)
    }

    static func all(of tables: [any AnyTable]) -> [TableLayout] {
        var tree = firstTable
        return tables.map { table in
            defer { tree += 1 + table.schema.indexes.count }
            return TableLayout(table, tree: tree)
        }
    }

    func isOf(_ table: any AnyTable) -> Bool { declaration == ObjectIdentifier(table) }
}

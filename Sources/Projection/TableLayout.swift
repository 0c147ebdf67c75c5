/// A table and its place among the trees of its projection.
final class TableLayout: Sendable {
    let schema: TableSchema
    /// Of its own tree; those of its indexes follow.
    let tree: Int
    /// The declaration, by which it is found without comparing names.
    private let declaration: ObjectIdentifier

    init(_ table: any AnyTable, tree: Int) {
        schema = table.schema
        self.tree = tree
        declaration = ObjectIdentifier(table)
    }

    func isOf(_ table: any AnyTable) -> Bool { declaration == ObjectIdentifier(table) }
}

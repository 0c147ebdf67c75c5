import LMDB

/// A row in which two builds of a table differ.
///
/// ```swift
/// try engine.rebuild("trends", checkOnly: true, eachDifference: { print($0.table, $0.key, $0.kind); return true })
/// ```
public struct RowDifference: Sendable, Hashable {
    public enum Kind: String, Sendable {
        /// Only the new build has it.
        case added
        /// Only the live table has it.
        case removed
        case changed
    }

    public let table: String
    /// The primary key in words.
    public let key: String
    public let kind: Kind
    /// The columns that differ; all of them where one side has no row.
    public let columns: [RowChange.ColumnChange]

    init(_ kind: Kind, _ schema: TableSchema, from before: [UInt8]?, to after: [UInt8]?) {
        table = schema.name
        key = (after ?? before).map { schema.keyText(of: $0) } ?? "?"
        self.kind = kind
        let old = before.map { schema.values(of: $0) }
        let new = after.map { schema.values(of: $0) }
        columns = schema.columns.indices.compactMap { place in
            let change = RowChange.ColumnChange(column: schema.columns[place].name, before: old?[place], after: new?[place])
            return change.before == change.after ? nil : change
        }
    }
}

extension ProjectionReader {
    /// Visits the rows in which a new build differs from these, table by table in key order.
    ///
    /// - Parameter body: returns whether to go on with this table.
    func forEachDifference(to new: ProjectionReader, _ body: (RowDifference) throws -> Bool) throws {
        for schema in projector.tables.map(\.schema) {
            let mine = try table(schema.name)
            let theirs = try new.table(schema.name)
            try mine.transaction.compareEntries(mine.tree, with: theirs.transaction, theirs.tree) { difference, first, second in
                switch difference {
                case .onlyInFirst: try body(RowDifference(.removed, schema, from: first.value.array, to: nil))
                case .onlyInSecond: try body(RowDifference(.added, schema, from: nil, to: second.value.array))
                case .differentValue: try body(RowDifference(.changed, schema, from: first.value.array, to: second.value.array))
                }
            }
        }
    }
}

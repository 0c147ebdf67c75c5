import EventLog
import LMDB

/// A table in a snapshot: its rows by primary key, and its indexes.
public final class TableReader: RowSource {
    let layout: TableLayout
    public let transaction: Transaction
    private let trees: DerivedTransaction

    public var schema: TableSchema { layout.schema }
    public var tree: Tree { trees.tree(layout.tree) }
    /// In the order of `schema.indexes`.
    public var indexTrees: [Tree] { layout.schema.indexes.indices.map(indexTree) }
    private var counters: Tree { trees.tree(TableLayouts.counters) }

    init(_ layout: TableLayout, _ trees: DerivedTransaction) {
        self.layout = layout
        self.trees = trees
        transaction = trees.transaction
    }

    /// The tree of an index, by its place among `schema.indexes`.
    public func indexTree(_ place: Int) -> Tree { trees.tree(layout.tree + 1 + place) }

    /// Number of rows.
    public func count() throws -> Int { try transaction.count(tree) }

    /// The highest key ever assigned, though its row may be gone; 0 before the first, and where keys are not assigned.
    public func highestAssignedKey() throws -> Int64 {
        guard schema.assignsKey, let stored = try transaction.copy(of: Array(schema.name.utf8), in: counters) else { return 0 }
        return TableBuffer.integer(stored)
    }

    /// The rows one after the other, in the order of the primary key.
    public func rows() throws -> RowCursor { try RowCursor(self, index: nil, prefix: []) }

    /// A copy of the row under a primary key, as `OrderedKey` writes it.
    public func row(_ key: [UInt8]) throws -> [UInt8]? { try withRow(key.span.bytes) { $0.array } }

    /// Visits the row under a primary key, in place.
    public func withRow<T>(_ key: RawSpan, _ body: (RawSpan) throws -> T) throws -> T? {
        let transaction = transaction
        guard let row = try transaction.value(of: key, in: tree) else { return nil }
        return try body(row)
    }

    func primaryKey(ofUniqueEntry entry: RawSpan, inIndex place: Int) throws -> [UInt8]? {
        try transaction.copy(of: entry, in: indexTree(place))
    }

    func keys(inIndex place: Int?, startingWith prefix: [UInt8], columns: Int) throws -> [[UInt8]] {
        let cursor = try transaction.cursor(place.map(indexTree) ?? tree)
        return try IndexSchema.collect(place.map { schema.indexes[$0] }, cursor, startingWith: prefix, table: schema.name).map(\.key)
    }

    /// Whether an index (nil: the primary key) is wholly in order. It is not where keys were too long for LMDB and had to be shortened:
    /// equality still works, order among texts with the same first 495 bytes does not.
    public func isOrdered(_ index: IndexSchema?) throws -> Bool {
        try transaction.copy(of: schema.shortenedKeyMark(index), in: counters) == nil
    }

    /// How to get from the rows of `other` to these.
    func difference(from other: TableReader) throws -> TableDifference {
        var result = TableDifference(table: schema.name)
        try transaction.compare(tree, with: other.transaction, other.tree) { difference in
            switch difference {
            case .onlyInFirst: result.added += 1
            case .onlyInSecond: result.removed += 1
            case .differentValue: result.changed += 1
            }
        }
        for (mine, theirs) in zip(indexTrees, other.indexTrees) {
            try transaction.compare(mine, with: other.transaction, theirs) { _ in result.indexEntries += 1 }
        }
        return result
    }
}

import LMDB

/// A table in a snapshot: its rows by primary key, and its indexes.
public final class TableReader {
    public let schema: TableSchema
    public let transaction: Transaction
    public let tree: Tree
    /// In the order of `schema.indexes`.
    public let indexTrees: [Tree]

    private let counters: Tree

    init(_ schema: TableSchema, _ transaction: Transaction, _ tree: Tree, _ indexTrees: [Tree], counters: Tree) {
        self.counters = counters
        self.schema = schema
        self.transaction = transaction
        self.tree = tree
        self.indexTrees = indexTrees
    }

    /// Number of rows.
    public func count() throws -> Int { try transaction.count(tree) }

    /// Whether an index (nil: the primary key) is wholly in order. It is not where keys were too long for LMDB and had to be shortened:
    /// equality still works, order among texts with the same first 495 bytes does not.
    public func isOrdered(_ index: IndexSchema?) throws -> Bool {
        try transaction.copy(of: schema.shortenedKeyMark(index), in: counters) == nil
    }

    /// How to get from the rows of `other` to these.
    func difference(from other: TableReader) throws -> TableDifference {
        var result = TableDifference(table: schema.name)
        try Self.compare(self, tree, other, other.tree) { kind in
            switch kind {
            case .onlyHere: result.added += 1
            case .onlyThere: result.removed += 1
            case .different: result.changed += 1
            }
        }
        for (mine, theirs) in zip(indexTrees, other.indexTrees) {
            try Self.compare(self, mine, other, theirs) { _ in result.indexEntries += 1 }
        }
        return result
    }

    private enum Difference {
        case onlyHere, onlyThere, different
    }

    private static func compare(
        _ here: TableReader, _ hereTree: Tree, _ there: TableReader, _ thereTree: Tree, _ note: (Difference) -> Void
    ) throws {
        let one = try here.transaction.cursor(hereTree)
        let other = try there.transaction.cursor(thereTree)
        var hasOne = try one.move(.first)
        var hasOther = try other.move(.first)
        while hasOne || hasOther {
            let order = hasOne && hasOther ? compare(one.key, other.key) : hasOne ? -1 : 1
            if order == 0, compare(one.value, other.value) != 0 { note(.different) }
            if order < 0 { note(.onlyHere) }
            if order > 0 { note(.onlyThere) }
            if order <= 0 { hasOne = try one.move(.next) }
            if order >= 0 { hasOther = try other.move(.next) }
        }
    }

    private static func compare(_ one: RawSpan, _ other: RawSpan) -> Int {
        one.withUnsafeBytes { one in
            other.withUnsafeBytes { other in
                one.elementsEqual(other) ? 0 : one.lexicographicallyPrecedes(other) ? -1 : 1
            }
        }
    }
}

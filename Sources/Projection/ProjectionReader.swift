import EventLog
import LMDB

/// A snapshot of a projection's tables.
public final class ProjectionReader {
    let projection: Projection
    let transaction: DerivedTransaction

    public var projector: Projector { projection.projector }

    init(_ transaction: DerivedTransaction, _ projection: Projection) {
        self.transaction = transaction
        self.projection = projection
    }

    public func end() { transaction.end() }

    /// How far into the log it has come; nil when it was never built.
    func checkpoint() throws -> Checkpoint? {
        try transaction.isInitialized() ? transaction.checkpoint() : nil
    }

    /// The rows as Swift values.
    public var views: ViewReader { ViewReader(self) }

    /// A table with its trees.
    public func table(_ name: String) throws -> TableReader {
        guard let layout = projection.layouts.layout(named: name) else { throw ProjectionError.unknownTable(name) }
        return TableReader(layout, transaction)
    }

    @usableFromInline
    func table(_ table: any AnyTable) throws -> TableReader { TableReader(try layout(of: table), transaction) }

    /// Has the row with a primary key decoded; false when there is none.
    @usableFromInline
    func begin(_ table: any AnyTable, _ key: OrderedKey, with decoder: inout ColumnCoder) throws -> Bool {
        let layout = try layout(of: table)
        let transaction = transaction.transaction
        guard let row = try transaction.value(of: key.bytes.asKey, in: self.transaction.tree(layout.tree)) else { return false }
        guard decoder.begin(row, columnCount: layout.schema.columns.count) else {
            throw ProjectionError.damagedRow(table: layout.schema.name)
        }
        return true
    }

    private func layout(of table: any AnyTable) throws -> TableLayout {
        if let layout = projection.layouts.layout(of: table) { return layout }
        // Another declaration of the same table.
        let name = table.schema.name
        guard let layout = projection.layouts.layout(named: name) else { throw ProjectionError.unknownTable(name) }
        return layout
    }

    /// Events that the replay could not take, because a rule of this version forbids what they did.
    public func conflicts(limit: Int = 20) throws -> (count: Int, first: [(position: Position, reason: String)]) {
        let tree = transaction.tree(TableLayouts.conflicts)
        let cursor = try transaction.transaction.cursor(tree)
        var first: [(Position, String)] = []
        var found = try cursor.move(.first)
        while found, first.count < limit {
            let position = Position(bigEndian: cursor.key.unsafeLoadUnaligned(fromByteOffset: 0, as: Position.self))
            first.append((position, String(decoding: cursor.value.array, as: UTF8.self)))
            found = try cursor.move(.next)
        }
        return (try transaction.transaction.count(tree), first)
    }

    /// Compares every tree with another snapshot of the same projector; returns per table how many rows differ.
    func differences(from other: ProjectionReader) throws -> [TableDifference] {
        try projector.tables.map { table in
            let mine = try self.table(table.schema.name)
            let theirs = try other.table(table.schema.name)
            return try mine.difference(from: theirs)
        }
    }
}

/// How a table differs from a fresh fold of the log.
public struct TableDifference: Sendable, Hashable {
    public let table: String
    public var added = 0
    public var removed = 0
    public var changed = 0
    /// Entries of indexes that are missing or too many.
    public var indexEntries = 0

    public var isEmpty: Bool { added + removed + changed + indexEntries == 0 }
}

import EventLog
import LMDB

/// A snapshot of a projection's tables.
public final class ProjectionReader {
    public let projector: Projector
    let transaction: DerivedTransaction

    init(_ transaction: DerivedTransaction, _ projector: Projector) {
        self.transaction = transaction
        self.projector = projector
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
        var next = transaction.trees.startIndex + 2
        for table in projector.tables {
            let schema = table.schema
            let end = next + 1 + schema.indexes.count
            if schema.name == name {
                return TableReader(
                    schema, transaction.transaction, transaction.trees[next], Array(transaction.trees[next + 1..<end]),
                    counters: transaction.trees[transaction.trees.startIndex])
            }
            next = end
        }
        throw ProjectionError.unknownTable(name)
    }

    /// Events that the replay could not take, because a rule of this version forbids what they did.
    public func conflicts(limit: Int = 20) throws -> (count: Int, first: [(position: Position, reason: String)]) {
        let tree = transaction.trees[transaction.trees.startIndex + 1]
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

import LMDB

/// A table as its one writer sees it: what is committed, and the rows changed since, gathered by key.
///
/// Changes go into the trees sorted, each tree once, so that a batch touches every page once and an empty table is filled at its right edge.
final class TableBuffer: RowSource {
    let schema: TableSchema
    private let transaction: Transaction
    private let tree: Tree
    private let indexTrees: [Tree]
    private let counters: Tree
    private var changes: [Key: Change] = [:]
    /// For each unique index: the entries that changed, with the primary key or nil where removed.
    private var uniqueEntries: [[Key: [UInt8]?]]
    private let uniqueIndexes: [Int]
    private var counter: Int64?
    private var counterChanged = false
    private var cells: [RowFormat.Cell] = []
    /// Roughly the memory that the changes take, in bytes.
    private(set) var pendingBytes = 0

    private struct Change {
        /// The committed row.
        let base: [UInt8]?
        var row: [UInt8]?
    }

    /// - Parameter trees: the table's, then one for each index.
    init(_ schema: TableSchema, _ transaction: Transaction, trees: ArraySlice<Tree>, counters: Tree) {
        self.schema = schema
        self.transaction = transaction
        tree = trees[trees.startIndex]
        indexTrees = Array(trees.dropFirst())
        self.counters = counters
        uniqueEntries = Array(repeating: [:], count: schema.indexes.count)
        uniqueIndexes = schema.indexes.indices.filter { schema.indexes[$0].isUnique }
    }

    // MARK: Rows

    func row(_ key: [UInt8]) throws -> [UInt8]? {
        if let change = changes[Key(key)] { return change.row }
        return try transaction.copy(of: key, in: tree)
    }

    /// A row's entry in a unique index.
    typealias UniqueEntry = (index: Int, key: [UInt8])

    /// The entries of a row in the unique indexes, where no other row may be.
    func uniqueEntries(of row: [UInt8]?, key: [UInt8]) throws -> [UniqueEntry] {
        guard let row, !uniqueIndexes.isEmpty else { return [] }
        try locate(row)
        return uniqueIndexes.compactMap { place in
            guard let entry = schema.indexes[place].entry(of: row.span.bytes, cells, key: key), entry.isUnique else { return nil }
            return (place, entry.key)
        }
    }

    /// Sets or, with nil, removes a row. No rule is checked here. Returns the row that was there.
    ///
    /// - Parameters:
    ///   - entries: the row's unique entries, where the caller has them.
    ///   - isNew: the key is known not to be in use, which saves looking.
    @discardableResult
    func set(_ key: [UInt8], to row: [UInt8]?, entries: [UniqueEntry]? = nil, isNew: Bool = false) throws -> [UInt8]? {
        let place = Key(key)
        let change = changes[place]
        let base: [UInt8]?
        if let change { base = change.base } else { base = isNew ? nil : try transaction.copy(of: key, in: tree) }
        let before = change.map(\.row) ?? base
        for (index, entry) in try uniqueEntries(of: before, key: key) { uniqueEntries[index][Key(entry)] = .some(nil) }
        for (index, entry) in try entries ?? uniqueEntries(of: row, key: key) { uniqueEntries[index][Key(entry)] = .some(key) }
        changes[place] = Change(base: base, row: row)
        pendingBytes += key.count + (row?.count ?? 0) + 96
        return before
    }

    /// Finds the cells of a row.
    private func locate(_ row: [UInt8]) throws {
        guard RowFormat.locate(schema.columns.count, in: row.span.bytes, into: &cells) else {
            throw ProjectionError.damagedRow(table: schema.name)
        }
    }

    // MARK: Looking up

    /// The primary key of the row with this entry in a unique index.
    func primaryKey(ofUniqueEntry entry: [UInt8], inIndex place: Int) throws -> [UInt8]? {
        if let changed = uniqueEntries[place][Key(entry)] { return changed }
        return try transaction.copy(of: entry, in: indexTrees[place])
    }

    /// An existing row that stands where one of these entries would.
    func conflict(of entries: [UniqueEntry], key: [UInt8]) throws -> (index: IndexSchema, key: [UInt8])? {
        for (place, entry) in entries {
            if let other = try primaryKey(ofUniqueEntry: entry, inIndex: place), other != key { return (schema.indexes[place], other) }
        }
        return nil
    }

    /// Keys of the rows whose entries in an index (nil: the primary key) begin with `prefix`, in index order.
    func keys(inIndex place: Int?, startingWith prefix: [UInt8]) throws -> [[UInt8]] {
        try flush()
        let cursor = try transaction.cursor(place.map { indexTrees[$0] } ?? tree)
        return try IndexSchema.collectKeys(place.map { schema.indexes[$0] }, cursor, startingWith: prefix, table: schema.name)
    }

    // MARK: Assigned keys

    /// The highest key ever used.
    func highestKey() throws -> Int64 {
        if let counter { return counter }
        let stored = try transaction.copy(of: Array(schema.name.utf8), in: counters).map(Self.integer) ?? 0
        counter = stored
        return stored
    }

    static func integer(_ bytes: [UInt8]) -> Int64 {
        bytes.reversed().reduce(0) { $0 << 8 | Int64($1) }
    }

    func setHighestKey(_ value: Int64) {
        counter = value
        counterChanged = true
    }

    // MARK: Writing

    /// Puts the changes into the trees.
    func flush() throws {
        if counterChanged, let counter {
            try transaction.put(withUnsafeBytes(of: counter.littleEndian) { Array($0) }, for: Array(schema.name.utf8), in: counters)
            counterChanged = false
        }
        guard !changes.isEmpty else { return }
        let sorted = KeyOrder.sorted(changes.compactMap { $1.base == $1.row ? nil : (key: $0.bytes, change: $1) }, by: \.key)
        var writer = try SortedTreeWriter(transaction, tree)
        for (key, change) in sorted { try writer.set(key, to: change.row) }
        if sorted.contains(where: { $0.key.isShortenedKey }) { try noteShortenedKey(schema.shortenedKeyMark(nil)) }
        try flushIndexes(sorted)
        changes = [:]
        for place in uniqueEntries.indices { uniqueEntries[place] = [:] }
        pendingBytes = 0
    }

    private func flushIndexes(_ changes: [(key: [UInt8], change: Change)]) throws {
        guard !schema.indexes.isEmpty else { return }
        var removed: [[[UInt8]]] = Array(repeating: [], count: schema.indexes.count)
        var added: [[IndexEntry]] = Array(repeating: [], count: schema.indexes.count)
        var after: [IndexEntry?] = []
        for (key, change) in changes {
            after.removeAll(keepingCapacity: true)
            if let row = change.row {
                try locate(row)
                for index in schema.indexes { after.append(index.entry(of: row.span.bytes, cells, key: key)) }
            }
            if let base = change.base {
                try locate(base)
                for (place, index) in schema.indexes.enumerated() {
                    guard let before = index.entry(of: base.span.bytes, cells, key: key) else { continue }
                    if after.isEmpty || after[place] != before { removed[place].append(before.key) } else { after[place] = nil }
                }
            }
            for (place, entry) in after.enumerated() { if let entry { added[place].append(entry) } }
        }
        for (place, index) in schema.indexes.enumerated() {
            // A unique entry may go from one row to another within a batch: all goes before anything comes.
            for key in KeyOrder.sorted(removed[place], by: \.self) { try transaction.remove(key, from: indexTrees[place]) }
            var writer = try SortedTreeWriter(transaction, indexTrees[place])
            for entry in KeyOrder.sorted(added[place], by: \.key) { try writer.set(entry.key, to: entry.value) }
            if added[place].contains(where: { $0.key.isShortenedKey }) { try noteShortenedKey(schema.shortenedKeyMark(index)) }
        }
    }

    /// The tree is not wholly in order any more: queries must sort.
    private func noteShortenedKey(_ mark: [UInt8]) throws { try transaction.put([1], for: mark, in: counters) }
}

/// Puts sorted entries into a tree, those beyond its last key by appending.
private struct SortedTreeWriter {
    private let transaction: Transaction
    private let tree: Tree
    private let cursor: Cursor
    private var lastKey: [UInt8]?
    private var isAtEnd = false

    init(_ transaction: Transaction, _ tree: Tree) throws {
        self.transaction = transaction
        self.tree = tree
        cursor = try transaction.cursor(tree)
        if try cursor.move(.last) { lastKey = cursor.key.array } else { isAtEnd = true }
    }

    mutating func set(_ key: [UInt8], to value: [UInt8]?) throws {
        guard let value else {
            try transaction.remove(key, from: tree)
            return
        }
        if !isAtEnd, let lastKey, lastKey.precedes(key) { isAtEnd = true }
        try cursor.put(value, for: key, append: isAtEnd)
    }
}

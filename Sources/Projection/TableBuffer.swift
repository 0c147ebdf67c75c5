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
    private var changes: [[UInt8]: Change] = [:]
    /// For each unique index: the entries that changed, with the primary key or nil where removed.
    private var uniqueEntries: [[[UInt8]: [UInt8]?]]
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
    }

    // MARK: Rows

    func row(_ key: [UInt8]) throws -> [UInt8]? {
        if let change = changes[key] { return change.row }
        return try transaction.copy(of: key, in: tree)
    }

    /// Sets or, with nil, removes a row. No rule is checked here. Returns the row that was there.
    ///
    /// - Parameter isNew: the key is known not to be in use, which saves looking.
    @discardableResult
    func set(_ key: [UInt8], to row: [UInt8]?, isNew: Bool = false) throws -> [UInt8]? {
        let change = changes[key]
        let base: [UInt8]?
        if let change { base = change.base } else { base = isNew ? nil : try transaction.copy(of: key, in: tree) }
        let before = change.map(\.row) ?? base
        try forEachUniqueEntry(of: before, key) { index, entry in uniqueEntries[index][entry] = .some(nil) }
        try forEachUniqueEntry(of: row, key) { index, entry in uniqueEntries[index][entry] = .some(key) }
        changes[key] = Change(base: base, row: row)
        pendingBytes += key.count + (row?.count ?? 0) + 96
        return before
    }

    private func forEachUniqueEntry(of row: [UInt8]?, _ key: [UInt8], _ body: (Int, [UInt8]) -> Void) throws {
        guard let row else { return }
        for (place, index) in schema.indexes.enumerated() where index.isUnique {
            if let entry = try entry(index, row, key), entry.isUnique { body(place, entry.key) }
        }
    }

    private func entry(_ index: IndexSchema, _ row: [UInt8], _ key: [UInt8]) throws -> IndexEntry? {
        guard RowFormat.locate(schema.columns.count, in: row.span.bytes, into: &cells) else {
            throw ProjectionError.damagedRow(table: schema.name)
        }
        return index.entry(of: row.span.bytes, cells, key: key)
    }

    // MARK: Looking up

    /// The primary key of the row with this entry in a unique index.
    func primaryKey(ofUniqueEntry entry: [UInt8], inIndex place: Int) throws -> [UInt8]? {
        if let changed = uniqueEntries[place][entry] { return changed }
        return try transaction.copy(of: entry, in: indexTrees[place])
    }

    /// An existing row that has the same values in a unique index as `row` would have.
    func conflict(of row: [UInt8], key: [UInt8]) throws -> (index: IndexSchema, key: [UInt8])? {
        for (place, index) in schema.indexes.enumerated() where index.isUnique {
            guard let entry = try entry(index, row, key), entry.isUnique,
                let other = try primaryKey(ofUniqueEntry: entry.key, inIndex: place), other != key
            else { continue }
            return (index, other)
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
        let sorted = changes.filter { $1.base != $1.row }.sorted { $0.key.lexicographicallyPrecedes($1.key) }
        var writer = try SortedTreeWriter(transaction, tree)
        for (key, change) in sorted { try writer.set(key, to: change.row) }
        if sorted.contains(where: { $0.key.isShortenedKey }) { try noteShortenedKey(schema.shortenedKeyMark(nil)) }
        for (place, index) in schema.indexes.enumerated() { try flush(index, indexTrees[place], sorted) }
        changes = [:]
        for place in uniqueEntries.indices { uniqueEntries[place] = [:] }
        pendingBytes = 0
    }

    private func flush(_ index: IndexSchema, _ tree: Tree, _ changes: [(key: [UInt8], value: Change)]) throws {
        var removed: [[UInt8]] = []
        var added: [IndexEntry] = []
        added.reserveCapacity(changes.count)
        for (key, change) in changes {
            let before = try change.base.flatMap { try entry(index, $0, key) }
            let after = try change.row.flatMap { try entry(index, $0, key) }
            if before == after { continue }
            if let before { removed.append(before.key) }
            if let after { added.append(after) }
        }
        // A unique entry may go from one row to another within a batch: all goes before anything comes.
        removed.sort { $0.lexicographicallyPrecedes($1) }
        for key in removed { try transaction.remove(key, from: tree) }
        added.sort { $0.key.lexicographicallyPrecedes($1.key) }
        var writer = try SortedTreeWriter(transaction, tree)
        for entry in added { try writer.set(entry.key, to: entry.value) }
        if added.contains(where: { $0.key.isShortenedKey }) { try noteShortenedKey(schema.shortenedKeyMark(index)) }
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
        if !isAtEnd, let lastKey, lastKey.lexicographicallyPrecedes(key) { isAtEnd = true }
        try cursor.put(value, for: key, append: isAtEnd)
    }
}

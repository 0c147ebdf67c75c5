import EventLog
import LMDB

/// A table as its one writer sees it: what is committed, what is being written, and the rows changed since, gathered by key.
///
/// Rows and keys are bytes in an arena that the projection's tables share. Changes go into the trees sorted, each tree once. While they do,
/// another thread may look up what changed.
final class TableBuffer: RowSource {
    typealias Bytes = ByteArena.Slice

    let schema: TableSchema
    /// Among the projection's tables.
    let place: Int
    let arena: ByteArena
    private(set) var committed: Committed?
    /// Changes that are not committed yet, between these and the committed rows.
    private(set) var below: TableBuffer?
    /// The indexes that are loaded later; nil outside a build from nothing.
    let deferred: DeferredIndexes?

    /// The rows that changed, or were looked at to be changed, by number.
    let keys = ByteMap()
    var changes: [Change] = []
    var uniqueEntries: UniqueEntries
    private var lookups: [PendingLookup] = []
    private var counter: Int64?
    private var counterChanged = false
    private var coder = ColumnCoder(.encode)
    /// Decodes one row after the other in the same memory.
    var decoder = ColumnCoder(.decode)
    var ordered = OrderedKey()
    /// The cells of the row that was located last.
    var cells: [RowFormat.Cell] = []

    struct Change {
        /// The committed row.
        let base: Bytes?
        var row: Bytes?
        /// Whether it was ever set; otherwise it was only looked at.
        var isSet = false
    }

    /// A table's trees in one environment.
    struct Trees {
        let rows: Tree
        let indexes: ArraySlice<Tree>
        let counters: Tree

        /// - Parameter place: of the table's own tree among the projection's; its indexes' follow.
        init(_ trees: ArraySlice<Tree>, at place: Int, _ schema: TableSchema) {
            counters = trees[trees.startIndex]
            rows = trees[place]
            indexes = trees[place + 1..<place + 1 + schema.indexes.count]
        }

        func index(_ place: Int) -> Tree { indexes[indexes.startIndex + place] }
    }

    /// Where the committed rows are.
    struct Committed {
        let transaction: Transaction
        let trees: Trees
    }

    init(_ schema: TableSchema, place: Int, arena: ByteArena, deferred: DeferredIndexes? = nil) {
        self.schema = schema
        self.place = place
        self.arena = arena
        self.deferred = deferred
        uniqueEntries = UniqueEntries(schema)
    }

    /// From here on what was not changed here is looked up in `below`, and what was not changed there in the transaction.
    func look(in committed: Committed, below: TableBuffer?) {
        self.committed = committed
        self.below = below
    }

    func detach() {
        committed = nil
        below = nil
    }

    // MARK: Rows

    func withRow<T>(_ key: RawSpan, _ body: (RawSpan) throws -> T) throws -> T? {
        let arena = arena
        if let number = keys.number(of: key, in: arena) {
            guard let row = changes[number].row else { return nil }
            return try body(arena[row])
        }
        return try withRowBelow(key, body)
    }

    /// The row as it is without these changes.
    private func withRowBelow<T>(_ key: RawSpan, _ body: (RawSpan) throws -> T) throws -> T? {
        if let below {
            let arena = below.arena
            if let number = below.keys.number(of: key, in: arena) {
                guard let row = below.changes[number].row else { return nil }
                return try body(arena[row])
            }
        }
        guard let committed else { return nil }
        let transaction = committed.transaction
        guard let row = try transaction.value(of: key, in: committed.trees.rows) else { return nil }
        return try body(row)
    }

    /// The number of the row under a key, by which it is read and set: the row is looked up once.
    ///
    /// - Parameter isNew: the key is known not to be in use, which saves looking.
    func number(ofRow key: RawSpan, isNew: Bool = false) throws -> Int {
        let arena = arena
        let place = keys.place(of: key, in: arena)
        if let number = place.number { return number }
        let base = isNew ? nil : try withRowBelow(key) { arena.append($0) }
        changes.append(Change(base: base, row: base))
        return keys.add(arena.append(key), at: place)
    }

    /// The number of the row that has the primary key of one that was located.
    func number(ofKeyIn row: Bytes, isNew: Bool = false) throws -> Int {
        writeKey(of: row)
        return try ordered.withKey { try number(ofRow: $0, isNew: isNew) }
    }

    /// Whether a row that was located has this primary key.
    func hasKey(_ row: Bytes, _ key: [UInt8]) -> Bool {
        writeKey(of: row)
        return ordered.withKey { $0.elementsEqual(key) }
    }

    private func writeKey(of row: Bytes) {
        let arena = arena
        ordered.removeAll()
        for place in schema.key { ordered.append(cells[place], in: arena[row]) }
    }

    /// Encodes a row; its cells are located then.
    ///
    /// - Parameter assigned: the key that it gets where it has 0, in a table that assigns keys.
    /// - Returns: the row, and whether the key was assigned.
    func encode<R: Row>(_ row: inout R, assigning assigned: Int64? = nil) throws -> (row: Bytes, isAssigned: Bool) {
        let isAssigned = coder.encode(&row, assigning: assigned.map { (schema.key[0], $0) })
        let bytes = coder.encoder.store(in: arena)
        try locate(bytes)
        return (bytes, isAssigned)
    }

    /// Finds the cells of a row.
    func locate(_ row: Bytes) throws {
        let arena = arena
        guard RowFormat.locate(schema.columns.count, in: arena[row], into: &cells) else {
            throw ProjectionError.damagedRow(table: schema.name)
        }
    }

    /// The key of a row that was located, in words.
    func keyText(of row: Bytes) -> String {
        let arena = arena
        return schema.keyText(of: arena[row], cells)
    }

    /// The tag of a row that was located, where the table has an entity.
    func tag(of row: Bytes) -> Tag? {
        let arena = arena
        return schema.tag(of: arena[row], cells)
    }

    /// Whether `tag(of:)` is this tag, as far as that can be told without making one.
    func isTag(_ tag: Tag, of row: Bytes) -> Bool {
        let arena = arena
        return schema.isTag(tag, of: arena[row], cells)
    }

    /// The value of a column in a row that was located.
    func value(_ place: Int, of row: Bytes) -> SQLValue {
        let arena = arena
        return RowFormat.value(cells[place], in: arena[row])
    }

    /// Stores a row, whose unique entries were found last; no other rule is checked here.
    func set(_ number: Int, to row: Bytes) throws {
        uniqueEntries.take(key: keys.key(number))
        try put(row, number)
    }

    /// Removes a row, or puts one back that was there.
    func set(_ number: Int, backTo row: Bytes?) throws {
        try exchangeUniqueEntries(of: changes[number].row, with: row, key: keys.key(number))
        try put(row, number)
    }

    private func put(_ row: Bytes?, _ number: Int) throws {
        let isFirst = !changes[number].isSet
        changes[number].row = row
        changes[number].isSet = true
        if let row, isFirst && !lookups.isEmpty || lookups.contains(where: { $0.index != nil }) {
            try locate(row)
            // A row's primary key stays.
            for place in lookups.indices where isFirst || lookups[place].index != nil { note(row, number, in: place) }
        }
    }

    // MARK: Looking up

    func keys(inIndex index: Int?, startingWith prefix: [UInt8], columns: Int) throws -> [[UInt8]] {
        if let index { try loadDeferred(index) }
        var found: [(entry: [UInt8], key: [UInt8])] = []
        if let committed {
            let cursor = try committed.transaction.cursor(index.map(committed.trees.index) ?? committed.trees.rows)
            found = try IndexSchema.collect(index.map { schema.indexes[$0] }, cursor, startingWith: prefix, table: schema.name)
        }
        var isSorted = true
        for buffer in [below, self] {
            if let buffer, try buffer.change(&found, index, prefix, columns) { isSorted = false }
        }
        if !isSorted { found.sort { $0.entry.precedes($1.entry) } }
        return found.map(\.key)
    }

    /// Takes the rows that changed out of a list of entries, and adds those that now belong there; returns whether it added any.
    private func change(_ found: inout [(entry: [UInt8], key: [UInt8])], _ index: Int?, _ prefix: [UInt8], _ columns: Int) throws -> Bool {
        guard !changes.isEmpty else { return false }
        let arena = arena
        found.removeAll { keys.number(of: $0.key.span.bytes, in: arena).map { changes[$0].isSet } ?? false }
        let remaining = found.count
        // By the beginning of a key that was shortened no row can be looked up.
        let isExact = prefix.count < OrderedKey.greatestExactLength
        let numbers = isExact ? try lookups[lookup(by: index, columns)].numbers(of: prefix) : Set(changes.indices)
        for number in numbers {
            guard changes[number].isSet, let row = changes[number].row else { continue }
            try locate(row)
            let key = keys.key(number)
            if let index {
                guard schema.indexes[index].writeEntry(of: arena[row], cells, key: arena[key], into: &ordered) != nil else { continue }
            } else {
                ordered.removeAll()
                ordered.append(contentsOf: arena[key])
            }
            let entry = ordered.bytes.asKey
            if entry.span.bytes.starts(with: prefix) { found.append((entry, arena[key].array)) }
        }
        return found.count > remaining
    }

    /// The place of the look-up by an index's first columns; from its first use on it is kept up to date.
    private func lookup(by index: Int?, _ columns: Int) throws -> Int {
        if let place = lookups.firstIndex(where: { $0.index == index && $0.columns == columns }) { return place }
        lookups.append(PendingLookup(index: index, columns: columns))
        for number in changes.indices {
            guard changes[number].isSet, let row = changes[number].row else { continue }
            try locate(row)
            note(row, number, in: lookups.count - 1)
        }
        return lookups.count - 1
    }

    /// Enters a row that was located.
    private func note(_ row: Bytes, _ number: Int, in place: Int) {
        let arena = arena
        ordered.removeAll()
        let columns = lookups[place].columns
        if let index = lookups[place].index {
            for column in schema.indexes[index].columns.prefix(columns) {
                ordered.append(cells[column.place], in: arena[row], descending: column.descending)
            }
        } else {
            for column in schema.key.prefix(columns) { ordered.append(cells[column], in: arena[row]) }
        }
        let prefix = ordered.bytes
        lookups[place].add(number, under: prefix.span.bytes)
    }

    // MARK: Assigned keys

    /// The highest key ever used.
    func highestKey() throws -> Int64 {
        if let counter = counter ?? below?.counter { return counter }
        guard let committed else { return 0 }
        let stored = try committed.transaction.copy(of: Array(schema.name.utf8), in: committed.trees.counters).map(Self.integer) ?? 0
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

    /// The key that was assigned last, where that changed.
    var changedCounter: Int64? { counterChanged ? counter : nil }

    /// Forgets the changes, once they are written into the transaction.
    func removeAll() {
        counterChanged = false
        guard !changes.isEmpty else { return }
        keys.removeAll()
        changes.removeAll(keepingCapacity: true)
        uniqueEntries.removeAll()
        for place in lookups.indices { lookups[place].removeAll() }
    }
}

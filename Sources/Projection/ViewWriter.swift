import EventLog
import LMDB

/// What a projector changes its tables through. Every rule the tables declare is enforced here.
///
/// ```swift
/// On(ImageUsed.self) { event, views in
///     let image = try views.update(Image.table, event.imageID) { $0.usageCount += 1 }
///     try views.insert(ImageUsage.table, ImageUsage(event, image))
/// }
/// ```
public final class ViewWriter {
    let settings: Settings
    /// Rules of single rows hold at the door. A replay takes what was accepted then, whatever the rules are now.
    var enforcesChecks: Bool
    let buffers: [TableBuffer]
    /// Keys and rows of all tables.
    let arena: ByteArena
    private let places: [String: Int]
    private var journal: [Undo] = []
    /// Rows changed by the current event itself, not by a cascade.
    private(set) var touched: [Touch] = []
    var cascadeDepth = 0

    /// How to take back a change; tables by their place.
    private enum Undo {
        case row(table: Int, key: ByteArena.Slice, before: ByteArena.Slice?)
        case counter(table: Int, before: Int64)
    }

    struct Touch {
        let table: Int
        let row: ByteArena.Slice
        let kind: Kind

        enum Kind {
            /// Under a key that was assigned.
            case made
            /// A row that was there is another now, or gone.
            case changed
            case other
        }
    }

    init(_ tables: [TableSchema], settings: Settings, enforcesChecks: Bool, deferred: DeferredIndexes? = nil) {
        self.settings = settings
        self.enforcesChecks = enforcesChecks
        let arena = ByteArena()
        self.arena = arena
        buffers = tables.enumerated().map { place, schema in TableBuffer(schema, place: place, arena: arena, deferred: deferred) }
        self.places = Dictionary(uniqueKeysWithValues: tables.enumerated().map { ($1.name, $0) })
    }

    /// From here on what was not changed here is looked up in `below`, and what was not changed there in the transaction.
    func look(in transaction: DerivedTransaction, below: ViewWriter?) {
        for (buffer, tables) in zip(buffers, tables(in: transaction)) { buffer.look(in: tables, below: below?.buffers[buffer.place]) }
    }

    /// Lets go of what is below.
    func detach() {
        for buffer in buffers { buffer.detach() }
    }

    private func tables(in transaction: DerivedTransaction) -> [TableBuffer.Committed] {
        let trees = transaction.trees
        var next = trees.startIndex + 2
        return buffers.map { buffer in
            defer { next += 1 + buffer.schema.indexes.count }
            return .init(transaction: transaction.transaction, trees: .init(trees, at: next, buffer.schema))
        }
    }

    /// The trees of a projection: the counters, the conflicts, then for each table its own and its indexes'.
    static func treeNames(_ tables: [TableSchema]) -> [String] {
        ["counters", "conflicts"] + tables.flatMap { table in [table.name] + table.indexes.map { "\(table.name).\($0.name)" } }
    }

    func buffer(_ table: String) throws -> TableBuffer {
        guard let place = places[table] else { throw ProjectionError.unknownTable(table) }
        return buffers[place]
    }

    /// Roughly the memory that the changes take, in bytes.
    var pendingBytes: Int { buffers.reduce(arena.byteCount) { $0 + $1.changes.count * 64 } }

    // MARK: Reading

    /// The row with a primary key.
    public func get<R>(_ table: Table<R>, _ key: any ColumnValue...) throws -> R? {
        try buffer(table.name).get(table, key)
    }

    /// The rows with these values, by primary key or index, in its order.
    ///
    /// - Throws: `ProjectionError.noIndex` when neither begins with these columns: a projector never scans.
    public func all<R>(_ table: Table<R>, where values: ColumnValues) throws -> [R] {
        try buffer(table.name).all(table, where: values)
    }

    /// The first of the rows with these values.
    public func first<R>(_ table: Table<R>, where values: ColumnValues) throws -> R? {
        try buffer(table.name).first(table, where: values)
    }

    // MARK: Changing

    /// Adds a row; in a table that assigns keys a key of 0 becomes the highest ever used plus 1.
    ///
    /// - Returns: the row as stored, with its key.
    /// - Throws: `RuleViolation` when a rule of the table refuses it.
    @discardableResult
    public func insert<R>(_ table: Table<R>, _ row: R) throws -> R {
        let buffer = try buffer(table.name)
        var row = row
        guard table.schema.assignsKey else {
            let candidate = try buffer.encode(&row).candidate
            try insert(candidate, &row, table, buffer, isNew: false, isMade: false)
            return row
        }
        let highest = try buffer.highestKey()
        let (next, isFull) = highest.addingReportingOverflow(1)
        let (candidate, isMade) = try buffer.encode(&row, assigning: isFull ? 0 : next)
        guard case .integer(let key) = buffer.value(table.schema.key[0], of: candidate.row), key != 0 else {
            throw RuleViolation(
                .custom("AUTOINCREMENT"), table: table.name, row: "?", field: table.schema.columns[table.schema.key[0]].name,
                "the highest possible key, \(highest), is used; give a key")
        }
        if key > highest {
            journal.append(.counter(table: buffer.place, before: highest))
            buffer.setHighestKey(key)
        }
        try insert(candidate, &row, table, buffer, isNew: key > highest, isMade: isMade)
        return row
    }

    private func insert<R>(
        _ candidate: TableBuffer.Candidate, _ row: inout R, _ table: Table<R>, _ buffer: TableBuffer, isNew: Bool, isMade: Bool
    ) throws {
        if !isNew, try buffer.hasRow(candidate.key) {
            let columns = table.schema.key.map { table.schema.columns[$0].name }.joined(separator: ", ")
            throw RuleViolation(
                .unique, table: table.name, row: buffer.keyText(of: candidate.row), field: columns, "a row with this primary key is there")
        }
        try store(candidate, row, table, buffer, isNew: isNew)
        touch(buffer, candidate.row, isMade ? .made : .other)
    }

    /// Changes the row with a primary key.
    ///
    /// - Returns: the row as stored.
    /// - Throws: `RuleViolation` when there is no such row, or when a rule refuses the change.
    @discardableResult
    public func update<R>(_ table: Table<R>, _ key: any ColumnValue..., change: (inout R) throws -> Void) throws -> R {
        let buffer = try buffer(table.name)
        let keyBytes = OrderedKey(of: key).bytes.asKey
        guard var row: R = try buffer.row(table, keyBytes) else { throw missing(table.schema, key) }
        try change(&row)
        let candidate = try buffer.encode(&row).candidate
        let isSame = try buffer.holds(candidate) ?? false
        touch(buffer, candidate.row, isSame ? .other : .changed)
        if isSame { return row }
        let arena = arena
        guard arena[candidate.key].elementsEqual(keyBytes) else {
            throw RuleViolation(
                .conflict, table: table.name, row: key.map(\.sqlValue.plainText).joined(separator: ", "),
                field: table.schema.key.map { table.schema.columns[$0].name }.joined(separator: ", "), "a primary key cannot change")
        }
        try store(candidate, row, table, buffer)
        return row
    }

    /// Puts a row under its primary key, whether one is there or not.
    @discardableResult
    public func upsert<R>(_ table: Table<R>, _ row: R) throws -> R {
        let buffer = try buffer(table.name)
        var row = row
        let candidate = try buffer.encode(&row).candidate
        guard let isSame = try buffer.holds(candidate) else {
            if table.schema.assignsKey { return try insert(table, row) }
            try store(candidate, row, table, buffer, isNew: true)
            touch(buffer, candidate.row, .other)
            return row
        }
        touch(buffer, candidate.row, isSame ? .other : .changed)
        if !isSame { try store(candidate, row, table, buffer) }
        return row
    }

    /// Removes the row with a primary key, and what its references cascade to.
    ///
    /// - Throws: `RuleViolation` when there is no such row, or when a RESTRICT reference names it.
    public func delete<R>(_ table: Table<R>, _ key: any ColumnValue...) throws {
        let buffer = try buffer(table.name)
        let arena = arena
        let keyBytes = OrderedKey(of: key).bytes.asKey
        guard let row = try buffer.withRow(keyBytes.span.bytes, { arena.append($0) }) else { throw missing(table.schema, key) }
        touch(buffer, row, .changed)
        try delete(buffer, arena.append(keyBytes.span.bytes), row)
    }

    /// Puts a row under its own primary key, which is never assigned, and returns the row that was there.
    @usableFromInline
    func replace<R>(_ table: Table<R>, _ row: R) throws -> R? {
        let buffer = try buffer(table.name)
        var row = row
        let candidate = try buffer.encode(&row).candidate
        if table.schema.assignsKey, buffer.value(table.schema.key[0], of: candidate.row) == .integer(0), try !buffer.hasRow(candidate.key) {
            throw RuleViolation(
                .custom("AUTOINCREMENT"), table: table.name, row: "0", field: table.schema.columns[table.schema.key[0]].name,
                "a row cannot have the key 0, which stands for the next one")
        }
        let arena = arena
        let before: R? = try buffer.withRow(arena[candidate.key]) { try buffer.decode(table, $0) }
        if before == nil { try insert(table, row) } else { try upsert(table, row) }
        return before
    }

    /// Removes the row with the primary key of `row`, and returns it.
    @usableFromInline
    func remove<R>(_ table: Table<R>, like row: R) throws -> R {
        let buffer = try buffer(table.name)
        let arena = arena
        var row = row
        let wanted = try buffer.encode(&row).candidate
        guard let bytes = try buffer.withRow(arena[wanted.key], { arena.append($0) }) else {
            throw RuleViolation(
                .notFound, table: table.name, row: buffer.keyText(of: wanted.row),
                field: table.schema.key.map { table.schema.columns[$0].name }.joined(separator: ", "), "there is no such row")
        }
        touch(buffer, bytes, .changed)
        try delete(buffer, wanted.key, bytes)
        return try buffer.decode(table, arena[bytes])
    }

    private func missing(_ schema: TableSchema, _ key: [any ColumnValue]) -> RuleViolation {
        RuleViolation(
            .notFound, table: schema.name, row: key.map(\.sqlValue.plainText).joined(separator: ", "),
            field: schema.key.map { schema.columns[$0].name }.joined(separator: ", "), "there is no such row")
    }

    /// Stores a candidate that keeps the table's rules.
    private func store<R>(
        _ candidate: TableBuffer.Candidate, _ row: R, _ table: Table<R>, _ buffer: TableBuffer, isNew: Bool = false
    ) throws {
        var candidate = candidate
        try check(table, row, &candidate, buffer)
        journal.append(.row(table: buffer.place, key: candidate.key, before: try buffer.set(candidate, isNew: isNew)))
    }

    /// Puts a row in place, or removes it, whatever the rules.
    func set(_ buffer: TableBuffer, _ key: ByteArena.Slice, to row: ByteArena.Slice?) throws {
        journal.append(.row(table: buffer.place, key: key, before: try buffer.set(key, backTo: row)))
    }

    private func touch(_ buffer: TableBuffer, _ row: ByteArena.Slice, _ kind: Touch.Kind) {
        if cascadeDepth == 0 { touched.append(Touch(table: buffer.place, row: row, kind: kind)) }
    }

    // MARK: Taking back

    /// Makes the next assigned keys those of some rows that were made once.
    func expectKeys(_ rows: [RowReference]) throws {
        // An event of another domain, which only shares a tag, made rows elsewhere.
        for row in rows.reversed() where places[row.table] != nil {
            if let key = Int64(row.key) { try buffer(row.table).setHighestKey(key - 1) }
        }
    }

    func beginEvent() { touched.removeAll(keepingCapacity: true) }

    /// What was changed since the last `keep` stays.
    func keep() { journal.removeAll(keepingCapacity: true) }

    /// What was changed since the last `keep` is taken back.
    func undo() throws {
        while let step = journal.popLast() {
            switch step {
            case .row(let table, let key, let before): try buffers[table].set(key, backTo: before)
            case .counter(let table, let before): buffers[table].setHighestKey(before)
            }
        }
    }

    // MARK: Writing

    /// Writes the changes. Meanwhile another thread may look up in them, and changes nothing.
    func write(to transaction: DerivedTransaction) throws {
        for (buffer, tables) in zip(buffers, tables(in: transaction)) { try buffer.write(to: tables) }
    }

    /// Forgets the changes, once they are written into the transaction that they are looked up in.
    func removeAll() {
        for buffer in buffers { buffer.removeAll() }
    }
}

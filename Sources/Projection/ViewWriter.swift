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
        case row(table: Int, number: Int, before: ByteArena.Slice?)
        case counter(table: Int, before: Int64)
    }

    struct Touch {
        let table: Int
        let row: ByteArena.Slice
        let kind: Kind

        enum Kind {
            /// Under a key that was assigned.
            case made
            /// A row that was there is another now.
            case changed
            /// A row that was there is gone.
            case removed
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
        let buffer = try buffer(table.name)
        // Who asks for a row often changes it next.
        let number = try OrderedKey(of: key).withKey { try buffer.number(ofRow: $0) }
        let arena = arena
        return try buffer.changes[number].row.map { try buffer.decode(table, arena[$0]) }
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
            try insert(buffer.encode(&row).row, row, table, buffer, isNew: false, isMade: false)
            return row
        }
        let highest = try buffer.highestKey()
        let (next, isFull) = highest.addingReportingOverflow(1)
        let (bytes, isMade) = try buffer.encode(&row, assigning: isFull ? 0 : next)
        guard case .integer(let key) = buffer.value(table.schema.key[0], of: bytes), key != 0 else {
            throw RuleViolation(
                .custom("AUTOINCREMENT"), table: table.name, row: "?", field: table.schema.columns[table.schema.key[0]].name,
                "the highest possible key, \(highest), is used; give a key")
        }
        if key > highest {
            journal.append(.counter(table: buffer.place, before: highest))
            buffer.setHighestKey(key)
        }
        try insert(bytes, row, table, buffer, isNew: key > highest, isMade: isMade)
        return row
    }

    private func insert<R>(
        _ bytes: ByteArena.Slice, _ row: R, _ table: Table<R>, _ buffer: TableBuffer, isNew: Bool, isMade: Bool
    ) throws {
        let number = try buffer.number(ofKeyIn: bytes, isNew: isNew)
        if !isNew, buffer.changes[number].row != nil {
            let columns = table.schema.key.map { table.schema.columns[$0].name }.joined(separator: ", ")
            throw RuleViolation(
                .unique, table: table.name, row: buffer.keyText(of: bytes), field: columns, "a row with this primary key is there")
        }
        try store(bytes, at: number, row, table, buffer)
        touch(buffer, bytes, isMade ? .made : .other)
    }

    /// Changes the row with a primary key.
    ///
    /// - Returns: the row as stored.
    /// - Throws: `RuleViolation` when there is no such row, or when a rule refuses the change.
    @discardableResult
    public func update<R>(_ table: Table<R>, _ key: any ColumnValue..., change: (inout R) throws -> Void) throws -> R {
        let buffer = try buffer(table.name)
        let keyBytes = OrderedKey(of: key).bytes.asKey
        let number = try buffer.number(ofRow: keyBytes.span.bytes)
        let arena = arena
        guard let before = buffer.changes[number].row else { throw missing(table.schema, key) }
        var row = try buffer.decode(table, arena[before])
        try change(&row)
        let bytes = try buffer.encode(&row).row
        guard buffer.hasKey(bytes, keyBytes) else {
            throw RuleViolation(
                .conflict, table: table.name, row: key.map(\.sqlValue.plainText).joined(separator: ", "),
                field: table.schema.key.map { table.schema.columns[$0].name }.joined(separator: ", "), "a primary key cannot change")
        }
        try replace(with: bytes, at: number, row, table, buffer)
        return row
    }

    /// Puts a row under its primary key, whether one is there or not.
    @discardableResult
    public func upsert<R>(_ table: Table<R>, _ row: R) throws -> R {
        let buffer = try buffer(table.name)
        var row = row
        let bytes = try buffer.encode(&row).row
        let number = try buffer.number(ofKeyIn: bytes)
        if buffer.changes[number].row != nil {
            try replace(with: bytes, at: number, row, table, buffer)
        } else if table.schema.assignsKey {
            return try insert(table, row)
        } else {
            try store(bytes, at: number, row, table, buffer)
            touch(buffer, bytes, .other)
        }
        return row
    }

    /// Puts an encoded row, whose cells are located, in the place of the one with its key.
    private func replace<R>(with bytes: ByteArena.Slice, at number: Int, _ row: R, _ table: Table<R>, _ buffer: TableBuffer) throws {
        let arena = arena
        let isSame = buffer.changes[number].row.map { arena[$0].isEqual(to: arena[bytes]) } ?? false
        touch(buffer, bytes, isSame ? .other : .changed)
        if !isSame { try store(bytes, at: number, row, table, buffer) }
    }

    /// Removes the row with a primary key, and what its references cascade to.
    ///
    /// - Throws: `RuleViolation` when there is no such row, or when a RESTRICT reference names it.
    public func delete<R>(_ table: Table<R>, _ key: any ColumnValue...) throws {
        let buffer = try buffer(table.name)
        let number = try OrderedKey(of: key).withKey { try buffer.number(ofRow: $0) }
        guard let row = buffer.changes[number].row else { throw missing(table.schema, key) }
        touch(buffer, row, .removed)
        try delete(buffer, number, row)
    }

    /// Puts a row under its own primary key, which is never assigned, and returns the row that was there.
    @usableFromInline
    func replace<R>(_ table: Table<R>, _ row: R) throws -> R? {
        let buffer = try buffer(table.name)
        var row = row
        let bytes = try buffer.encode(&row).row
        let number = try buffer.number(ofKeyIn: bytes)
        guard let before = buffer.changes[number].row else {
            if table.schema.assignsKey, buffer.value(table.schema.key[0], of: bytes) == .integer(0) {
                throw RuleViolation(
                    .custom("AUTOINCREMENT"), table: table.name, row: "0", field: table.schema.columns[table.schema.key[0]].name,
                    "a row cannot have the key 0, which stands for the next one")
            }
            try insert(table, row)
            return nil
        }
        let arena = arena
        let decoded = try buffer.decode(table, arena[before])
        try replace(with: bytes, at: number, row, table, buffer)
        return decoded
    }

    /// Removes the row with the primary key of `row`, and returns it.
    @usableFromInline
    func remove<R>(_ table: Table<R>, like row: R) throws -> R {
        let buffer = try buffer(table.name)
        let arena = arena
        var row = row
        let wanted = try buffer.encode(&row).row
        let number = try buffer.number(ofKeyIn: wanted)
        guard let bytes = buffer.changes[number].row else {
            throw RuleViolation(
                .notFound, table: table.name, row: buffer.keyText(of: wanted),
                field: table.schema.key.map { table.schema.columns[$0].name }.joined(separator: ", "), "there is no such row")
        }
        touch(buffer, bytes, .removed)
        try delete(buffer, number, bytes)
        return try buffer.decode(table, arena[bytes])
    }

    private func missing(_ schema: TableSchema, _ key: [any ColumnValue]) -> RuleViolation {
        RuleViolation(
            .notFound, table: schema.name, row: key.map(\.sqlValue.plainText).joined(separator: ", "),
            field: schema.key.map { schema.columns[$0].name }.joined(separator: ", "), "there is no such row")
    }

    /// Stores a row, whose cells are located, where it keeps the table's rules.
    private func store<R>(_ bytes: ByteArena.Slice, at number: Int, _ row: R, _ table: Table<R>, _ buffer: TableBuffer) throws {
        try check(table, row, bytes, number, buffer)
        journal.append(.row(table: buffer.place, number: number, before: buffer.changes[number].row))
        try buffer.set(number, to: bytes)
    }

    /// Puts a row in place, or removes it, whatever the rules.
    func set(_ buffer: TableBuffer, _ number: Int, to row: ByteArena.Slice?) throws {
        journal.append(.row(table: buffer.place, number: number, before: buffer.changes[number].row))
        try buffer.set(number, backTo: row)
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
            case .row(let table, let number, let before): try buffers[table].set(number, backTo: before)
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

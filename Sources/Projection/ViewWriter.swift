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
    let transaction: DerivedTransaction
    let settings: Settings
    /// Rules of single rows hold at the door. A replay takes what was accepted then, whatever the rules are now.
    var enforcesChecks: Bool
    private(set) var buffers: [TableBuffer] = []
    private var places: [String: Int] = [:]
    private var journal: [Undo] = []
    /// Rows changed by the current event itself, not by a cascade.
    private(set) var touched: [Touch] = []
    private var cascadeDepth = 0

    private enum Undo {
        case row(TableBuffer, key: [UInt8], before: [UInt8]?)
        case counter(TableBuffer, before: Int64)
    }

    struct Touch {
        let buffer: TableBuffer
        let row: [UInt8]
        let kind: Kind

        enum Kind {
            /// Under a key that was assigned.
            case made
            /// A row that was there is another now, or gone.
            case changed
            case other
        }
    }

    init(_ transaction: DerivedTransaction, _ tables: [TableSchema], settings: Settings, enforcesChecks: Bool) {
        self.transaction = transaction
        self.settings = settings
        self.enforcesChecks = enforcesChecks
        let trees = transaction.trees
        var next = trees.startIndex + 2
        for (place, schema) in tables.enumerated() {
            let end = next + 1 + schema.indexes.count
            buffers.append(
                TableBuffer(schema, transaction.transaction, trees: trees[next..<end], counters: trees[trees.startIndex]))
            places[schema.name] = place
            next = end
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

    var pendingBytes: Int { buffers.reduce(0) { $0 + $1.pendingBytes } }

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

    private static func key(_ values: [any ColumnValue]) -> [UInt8] { OrderedKey(values.map(\.sqlValue)).bytes.asKey }

    // MARK: Changing

    /// Adds a row; in a table that assigns keys a key of 0 becomes the highest ever used plus 1.
    ///
    /// - Returns: the row as stored, with its key.
    /// - Throws: `RuleViolation` when a rule of the table refuses it.
    @discardableResult
    public func insert<R>(_ table: Table<R>, _ row: R) throws -> R {
        let buffer = try buffer(table.name)
        var row = row
        var isNew = false
        var isMade = false
        if table.schema.assignsKey {
            let highest = try buffer.highestKey()
            let (next, isFull) = highest.addingReportingOverflow(1)
            let (key, wasAssigned) = ColumnCoder.assign(isFull ? 0 : next, ifZeroAt: table.schema.key[0], of: &row)
            guard key != 0 else {
                throw RuleViolation(
                    .custom("AUTOINCREMENT"), table: table.name, row: "?", field: table.schema.columns[table.schema.key[0]].name,
                    "the highest possible key, \(highest), is used; give a key")
            }
            isMade = wasAssigned
            if key > highest {
                isNew = true
                journal.append(.counter(buffer, before: highest))
                buffer.setHighestKey(key)
            }
        }
        let bytes = ColumnCoder.encode(row)
        let key = try key(of: bytes, table.schema)
        if !isNew, try buffer.row(key) != nil {
            let columns = table.schema.key.map { table.schema.columns[$0].name }.joined(separator: ", ")
            throw RuleViolation(
                .unique, table: table.name, row: table.schema.keyText(of: bytes), field: columns, "a row with this primary key is there")
        }
        let entries = try check(table, row, bytes, key, buffer)
        try set(buffer, key, bytes, entries, isNew: isNew)
        touch(buffer, bytes, isMade ? .made : .other)
        return row
    }

    /// Changes the row with a primary key.
    ///
    /// - Returns: the row as stored.
    /// - Throws: `RuleViolation` when there is no such row, or when a rule refuses the change.
    @discardableResult
    public func update<R>(_ table: Table<R>, _ key: any ColumnValue..., change: (inout R) throws -> Void) throws -> R {
        let buffer = try buffer(table.name)
        let keyBytes = Self.key(key)
        guard let before = try buffer.row(keyBytes) else { throw missing(table.schema, key) }
        var row = try buffer.decode(table, before)
        try change(&row)
        let after = ColumnCoder.encode(row)
        touch(buffer, after, after == before ? .other : .changed)
        guard after != before else { return row }
        guard try self.key(of: after, table.schema) == keyBytes else {
            throw RuleViolation(
                .conflict, table: table.name, row: table.schema.keyText(of: before),
                field: table.schema.key.map { table.schema.columns[$0].name }.joined(separator: ", "), "a primary key cannot change")
        }
        try set(buffer, keyBytes, after, check(table, row, after, keyBytes, buffer))
        return row
    }

    /// Puts a row under its primary key, whether one is there or not.
    @discardableResult
    public func upsert<R>(_ table: Table<R>, _ row: R) throws -> R {
        let buffer = try buffer(table.name)
        let bytes = ColumnCoder.encode(row)
        let key = try key(of: bytes, table.schema)
        guard let before = try buffer.row(key) else { return try insert(table, row) }
        touch(buffer, bytes, bytes == before ? .other : .changed)
        guard bytes != before else { return row }
        try set(buffer, key, bytes, check(table, row, bytes, key, buffer))
        return row
    }

    /// Removes the row with a primary key, and what its references cascade to.
    ///
    /// - Throws: `RuleViolation` when there is no such row, or when a RESTRICT reference names it.
    public func delete<R>(_ table: Table<R>, _ key: any ColumnValue...) throws {
        let buffer = try buffer(table.name)
        let bytes = Self.key(key)
        guard let row = try buffer.row(bytes) else { throw missing(table.schema, key) }
        touch(buffer, row, .changed)
        try delete(buffer, bytes, row)
    }

    /// Puts a row under its own primary key, which is never assigned, and returns the row that was there.
    func replace<R>(_ table: Table<R>, _ row: R) throws -> R? {
        let buffer = try buffer(table.name)
        let bytes = ColumnCoder.encode(row)
        guard let before = try buffer.row(try key(of: bytes, table.schema)) else {
            if table.schema.assignsKey, ColumnCoder.value(at: table.schema.key[0], of: row) == .integer(0) {
                throw RuleViolation(
                    .custom("AUTOINCREMENT"), table: table.name, row: "0", field: table.schema.columns[table.schema.key[0]].name,
                    "a row cannot have the key 0, which stands for the next one")
            }
            try insert(table, row)
            return nil
        }
        try upsert(table, row)
        return try buffer.decode(table, before)
    }

    /// Removes the row with the primary key of `row`, and returns it.
    func remove<R>(_ table: Table<R>, like row: R) throws -> R {
        let buffer = try buffer(table.name)
        let wanted = ColumnCoder.encode(row)
        let key = try key(of: wanted, table.schema)
        guard let bytes = try buffer.row(key) else {
            throw RuleViolation(
                .notFound, table: table.name, row: table.schema.keyText(of: wanted),
                field: table.schema.key.map { table.schema.columns[$0].name }.joined(separator: ", "), "there is no such row")
        }
        touch(buffer, bytes, .changed)
        try delete(buffer, key, bytes)
        return try buffer.decode(table, bytes)
    }

    private func delete(_ buffer: TableBuffer, _ key: [UInt8], _ row: [UInt8]) throws {
        cascadeDepth += 1
        defer { cascadeDepth -= 1 }
        try set(buffer, key, nil)
        for child in buffers {
            for reference in child.schema.references where reference.table == buffer.schema.name {
                try follow(reference, from: child, toDeleted: row, of: buffer)
            }
        }
    }

    private func follow(_ reference: ReferenceSchema, from child: TableBuffer, toDeleted row: [UInt8], of parent: TableBuffer) throws {
        let schema = child.schema
        var cells: [RowFormat.Cell] = []
        guard RowFormat.locate(parent.schema.columns.count, in: row.span.bytes, into: &cells) else {
            throw ProjectionError.damagedRow(table: parent.schema.name)
        }
        let named = reference.column.flatMap { parent.schema.place(of: $0) } ?? parent.schema.key[0]
        let value = RowFormat.value(cells[named], in: row.span.bytes)
        let index = schema.indexes.firstIndex { $0.columns.first?.place == reference.place && $0.condition == nil }
        let isIndexed = index != nil || schema.key.first == reference.place
        var prefix = OrderedKey()
        if isIndexed { prefix.append(value, descending: index.map { schema.indexes[$0].columns[0].descending } ?? false) }
        for key in try child.keys(inIndex: index, startingWith: Array(prefix.bytes.prefix(495))) {
            guard let childRow = try child.row(key), RowFormat.locate(schema.columns.count, in: childRow.span.bytes, into: &cells),
                RowFormat.value(cells[reference.place], in: childRow.span.bytes) == value
            else { continue }
            switch reference.onDelete {
            case .cascade: try delete(child, key, childRow)
            case .restrict:
                throw RuleViolation(
                    .restrict, table: schema.name, row: schema.keyText(of: childRow), field: schema.columns[reference.place].name,
                    "\(parent.schema.name) row \(value.plainText) cannot go while this row names it")
            case .setNull:
                var encoder = RowEncoder()
                for place in schema.columns.indices {
                    encoder.append(place == reference.place ? .null : RowFormat.value(cells[place], in: childRow.span.bytes))
                }
                try set(child, key, encoder.bytes)
            }
        }
    }

    // MARK: Rules

    /// Returns the row's entries in the unique indexes, where it found no other row.
    private func check<R>(
        _ table: Table<R>, _ row: R, _ bytes: [UInt8], _ key: [UInt8], _ buffer: TableBuffer
    ) throws -> [TableBuffer.UniqueEntry] {
        let schema = table.schema
        if enforcesChecks {
            for check in table.checks where !check.holds(row, settings) {
                let found = check.place.map { ", found \(ColumnCoder.value(at: $0, of: row))" } ?? ""
                throw RuleViolation(
                    .check, table: table.name, row: schema.keyText(of: bytes), field: check.column,
                    "expected that \(check.column) \(check.rule)\(found)")
            }
        }
        let entries = try buffer.uniqueEntries(of: bytes, key: key)
        if let (index, other) = try buffer.conflict(of: entries, key: key) {
            let columns = index.columns.map { schema.columns[$0.place].name }
            let values = columns.compactMap { schema.place(of: $0) }.map { ColumnCoder.value(at: $0, of: row).description }
            let otherRow = try buffer.row(other).map { schema.keyText(of: $0) } ?? "?"
            throw RuleViolation(
                .unique, table: table.name, row: otherRow, field: columns.joined(separator: ", "),
                "this row has \(values.joined(separator: ", ")) already")
        }
        for reference in schema.references {
            let value = ColumnCoder.value(at: reference.place, of: row)
            guard value != .null else { continue }
            guard try hasRow(value, for: reference) else {
                throw RuleViolation(
                    .foreignKey, table: table.name, row: schema.keyText(of: bytes), field: schema.columns[reference.place].name,
                    "there is no \(reference.table) row \(value)")
            }
        }
        return entries
    }

    /// Whether there is the row that a reference names.
    private func hasRow(_ value: SQLValue, for reference: ReferenceSchema) throws -> Bool {
        let parent = try buffer(reference.table)
        let key = OrderedKey([value]).bytes.asKey
        guard let column = reference.column else { return try parent.row(key) != nil }
        let index = parent.schema.indexes.firstIndex { index in
            index.isUnique && index.columns.map { parent.schema.columns[$0.place].name } == [column]
        }
        guard let index else { throw ProjectionError.noIndex(table: reference.table, columns: [column]) }
        return try parent.primaryKey(ofUniqueEntry: key, inIndex: index) != nil
    }

    private func missing(_ schema: TableSchema, _ key: [any ColumnValue]) -> RuleViolation {
        RuleViolation(
            .notFound, table: schema.name, row: key.map(\.sqlValue.plainText).joined(separator: ", "),
            field: schema.key.map { schema.columns[$0].name }.joined(separator: ", "), "there is no such row")
    }

    private func key(of bytes: [UInt8], _ schema: TableSchema) throws -> [UInt8] {
        var cells: [RowFormat.Cell] = []
        guard RowFormat.locate(schema.columns.count, in: bytes.span.bytes, into: &cells) else {
            throw ProjectionError.damagedRow(table: schema.name)
        }
        return schema.key(of: bytes.span.bytes, cells)
    }

    // MARK: Taking back

    private func set(
        _ buffer: TableBuffer, _ key: [UInt8], _ row: [UInt8]?, _ entries: [TableBuffer.UniqueEntry]? = nil, isNew: Bool = false
    ) throws {
        let before = try buffer.set(key, to: row, entries: entries, isNew: isNew)
        journal.append(.row(buffer, key: key, before: before))
    }

    private func touch(_ buffer: TableBuffer, _ row: [UInt8], _ kind: Touch.Kind) {
        if cascadeDepth == 0 { touched.append(Touch(buffer: buffer, row: row, kind: kind)) }
    }

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
            case .row(let buffer, let key, let before): try buffer.set(key, to: before)
            case .counter(let buffer, let before): buffer.setHighestKey(before)
            }
        }
    }

    func flush() throws {
        for buffer in buffers { try buffer.flush() }
    }
}

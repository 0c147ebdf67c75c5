import EventLog
import LMDB

/// A table as the engine and SQL see it, without the Swift type of its rows.
// A class, since it is asked for with every row: to copy eight values costs more than what is looked up in them.
public final class TableSchema: Sendable {
    public let name: String
    public let columns: [Column]
    /// The primary key, as places in `columns`.
    public let key: [Int]
    /// Whether the key is an integer that the table assigns: the highest ever used, plus 1.
    public let assignsKey: Bool
    /// How rows are tagged.
    public let entity: Entity?
    public let indexes: [IndexSchema]
    public let references: [ReferenceSchema]
    /// The rules of single rows, in words, each with its column.
    public let checks: [CheckDescription]

    init(
        name: String, columns: [Column], key: [Int], assignsKey: Bool, entity: Entity?, indexes: [IndexSchema],
        references: [ReferenceSchema], checks: [CheckDescription]
    ) {
        self.name = name
        self.columns = columns
        self.key = key
        self.assignsKey = assignsKey
        self.entity = entity
        self.indexes = indexes
        self.references = references
        self.checks = checks
    }

    /// A row's tag: `image` and the key make row 42 `image:42`.
    public struct Entity: Sendable, Hashable {
        public let name: String
        /// The column of the value, as a place in `columns`.
        public let place: Int
    }

    public struct CheckDescription: Sendable, Hashable {
        public let column: String
        public let rule: String
    }

    public func place(of column: String) -> Int? { columns.firstIndex { $0.name == column } }

    /// Under which key, among the counters, it is noted that a tree has had a shortened key (nil: the table's own tree).
    func shortenedKeyMark(_ index: IndexSchema?) -> [UInt8] { Array("\(name).\(index?.name ?? "") shortened".utf8) }

    /// The values of a row's columns; none when the bytes are not a row of this table.
    public func values(of row: [UInt8]) -> [SQLValue] {
        var cells: [RowFormat.Cell] = []
        guard RowFormat.locate(columns.count, in: row.span.bytes, into: &cells) else { return columns.map { _ in .null } }
        return cells.map { RowFormat.value($0, in: row.span.bytes) }
    }

    /// A row's bytes, as its table stores them.
    public func bytes(of values: [SQLValue]) -> [UInt8] {
        var encoder = RowEncoder()
        for value in values { encoder.append(value) }
        return encoder.bytes
    }

    /// A row's primary key, as `TableReader.row` takes it.
    public func key(of values: [SQLValue]) -> [UInt8] { OrderedKey(key.map { values[$0] }).bytes.asKey }

    /// The primary key that some texts name.
    ///
    /// - Throws: `ProjectionError.wrongKey` when they are too few, too many or not of the columns' types.
    func key(parsing texts: [String]) throws -> [UInt8] {
        let wrong = ProjectionError.wrongKey(
            table: name, expected: key.map { "\(columns[$0].name) \(columns[$0].type.rawValue)" }, found: texts)
        guard texts.count == key.count else { throw wrong }
        let values = try zip(key, texts).map { place, text -> SQLValue in
            switch columns[place].type {
            case .integer:
                guard let number = Int64(text) else { throw wrong }
                return .integer(number)
            case .real:
                guard let number = Double(text) else { throw wrong }
                return .real(number)
            case .text, .blob: return .text(text)
            }
        }
        return OrderedKey(values).bytes.asKey
    }

    /// The tag of a row, where the table has an entity and the column is not NULL.
    func tag(of row: [UInt8]) -> Tag? {
        var cells: [RowFormat.Cell] = []
        guard RowFormat.locate(columns.count, in: row.span.bytes, into: &cells) else { return nil }
        return tag(of: row.span.bytes, cells)
    }

    func tag(of row: RawSpan, _ cells: [RowFormat.Cell]) -> Tag? {
        guard let entity, !cells[entity.place].isNull else { return nil }
        return Tag(entity: entity.name, key: RowFormat.value(cells[entity.place], in: row).plainText)
    }

    /// Whether `tag(of:_:)` is this tag, as far as that can be told without making one.
    func isTag(_ tag: Tag, of row: RawSpan, _ cells: [RowFormat.Cell]) -> Bool {
        guard let entity, cells[entity.place].isText else { return false }
        let cell = cells[entity.place]
        return tag.isTag(entity: entity.name, key: row.extracting(cell.offset..<cell.offset + cell.length))
    }

    /// The key in words: `42`, `(3, 7)`.
    public func keyText(of row: [UInt8]) -> String {
        var cells: [RowFormat.Cell] = []
        return RowFormat.locate(columns.count, in: row.span.bytes, into: &cells) ? keyText(of: row.span.bytes, cells) : "?"
    }

    func keyText(of row: RawSpan, _ cells: [RowFormat.Cell]) -> String {
        if key.count == 1 { return RowFormat.value(cells[key[0]], in: row).plainText }
        return "(\(key.map { RowFormat.value(cells[$0], in: row).plainText }.joined(separator: ", ")))"
    }
}

/// An index on a table, or its UNIQUE rule.
// A class, as `TableSchema` is.
public final class IndexSchema: Sendable {
    public let name: String
    public let columns: [IndexColumn]
    public let isUnique: Bool
    /// A partial index holds only the rows where this column has this value.
    public let condition: IndexCondition?

    init(name: String, columns: [IndexColumn], isUnique: Bool, condition: IndexCondition?) {
        self.name = name
        self.columns = columns
        self.isUnique = isUnique
        self.condition = condition
    }

    public struct IndexColumn: Sendable, Hashable {
        public let place: Int
        public let descending: Bool
    }

    public struct IndexCondition: Sendable, Hashable {
        public let place: Int
        public let value: SQLValue
    }

    /// Writes the key of a row's entry, not yet shortened; nil when the row is not in the index.
    ///
    /// The key is the columns, then the primary key; the value is empty then. Where the columns alone identify the row (a unique index
    /// without NULLs), or where all of it is longer than LMDB's limit, the value holds the primary key.
    func writeEntry(of row: RawSpan, _ cells: [RowFormat.Cell], key primaryKey: RawSpan, into ordered: inout OrderedKey) -> EntryKind? {
        if let condition, RowFormat.value(cells[condition.place], in: row) != condition.value { return nil }
        ordered.removeAll()
        var hasNull = false
        for column in columns {
            ordered.append(cells[column.place], in: row, descending: column.descending)
            if cells[column.place].isNull { hasNull = true }
        }
        if isUnique && !hasNull { return .unique }
        ordered.append(contentsOf: primaryKey)
        return .ordinary
    }

    /// Whether two rows with one primary key have the same entry, or both none.
    func isSameEntry(of row: RawSpan, _ cells: [RowFormat.Cell], and other: RawSpan, _ otherCells: [RowFormat.Cell]) -> Bool {
        func isSame(_ place: Int) -> Bool {
            let (one, two) = (cells[place], otherCells[place])
            return one.serialType == two.serialType
                && row.extracting(one.offset..<one.offset + one.length).isEqual(to: other.extracting(two.offset..<two.offset + two.length))
        }
        return columns.allSatisfy { isSame($0.place) } && condition.map { isSame($0.place) } ?? true
    }

    enum EntryKind {
        case ordinary
        /// Another row with this key breaks the rule.
        case unique
    }

    /// The primary key in an entry.
    public func primaryKey(inEntry key: RawSpan, _ value: RawSpan) -> [UInt8]? {
        if value.byteCount > 0 { return value.array }
        return primaryKeyStart(inEntry: key).map { key.extracting($0..<key.byteCount).array }
    }

    /// Where the primary key begins in the key of an entry whose value is empty.
    func primaryKeyStart(inEntry key: RawSpan) -> Int? {
        var offset = 0
        for column in columns {
            guard let end = OrderedKey.end(ofComponentAt: offset, in: key, descending: column.descending) else { return nil }
            offset = end
        }
        return offset < key.byteCount ? offset : nil
    }
}

/// A column that names a row of another table.
public struct ReferenceSchema: Sendable, Hashable {
    public enum DeleteAction: String, Sendable, Hashable {
        /// The rows that name it go with it.
        case cascade = "CASCADE"
        /// It cannot go while rows name it.
        case restrict = "RESTRICT"
        /// The rows that name it stay, and name nothing.
        case setNull = "SET NULL"
    }

    public let place: Int
    public let table: String
    /// The column of that table whose value names the row, UNIQUE by itself; nil: its primary key.
    public let column: String?
    public let onDelete: DeleteAction
}

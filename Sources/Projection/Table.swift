/// A table: its name, its rows' type, its key, rules and indexes.
///
/// ```swift
/// static let table = Table<Image>("image_library", key: "id", assigned: true, elements: [
///     .entity("image"),
///     .unique("file_path"),
///     .check("quality_score", "is between 0.0 and 1.0") { (0...1).contains($0.qualityScore ?? 0) },
///     .index("idx_image_library_char_emotion", "character", "emotion"),
/// ])
/// ```
public final class Table<R: Row>: Sendable {
    public let schema: TableSchema
    let checks: [Check]
    let initialRows: [R]

    struct Check: Sendable {
        let column: String
        let place: Int?
        let rule: String
        let holds: @Sendable (R, Settings) -> Bool
    }

    public var name: String { schema.name }

    /// The place of a column, as `RowView` takes it; nil when there is no such column.
    public func place(of column: String) -> Int? { schema.place(of: column) }

    /// - Parameters:
    ///   - key: the columns of the primary key.
    ///   - assigned: the key is one INTEGER column, and a row inserted with 0 there gets the highest ever used plus 1.
    public init(_ name: String, key: String..., assigned: Bool = false, elements: [TableElement<R>] = []) {
        let columns = ColumnCoder.describe(R.self)
        var checks: [Check] = []
        var rows: [R] = []
        var indexes: [IndexSchema] = []
        var references: [ReferenceSchema] = []
        var entity: TableSchema.Entity?
        func place(_ column: String) -> Int {
            guard let place = columns.firstIndex(where: { $0.name == column }) else {
                // A slip in a declaration, which the tests of every domain run into; never reached from data.
                preconditionFailure("table \(name) has no column \(column)")
            }
            return place
        }
        for element in elements {
            switch element.kind {
            case .check(let column, let rule, let holds):
                checks.append(Check(column: column, place: columns.firstIndex { $0.name == column }, rule: rule, holds: holds))
            case .index(let indexName, let names, let isUnique, let condition):
                indexes.append(
                    IndexSchema(
                        name: indexName ?? "unique_\(name)_" + names.map(\.name).joined(separator: "_"),
                        columns: names.map { .init(place: place($0.name), descending: $0.descending) }, isUnique: isUnique,
                        condition: condition.map { .init(place: place($0.column), value: $0.value) }))
            case .reference(let column, let table, let named, let onDelete):
                precondition(
                    onDelete != .setNull || columns[place(column)].isNullable && !key.contains(column),
                    "\(name).\(column) cannot become NULL")
                references.append(ReferenceSchema(place: place(column), table: table, column: named, onDelete: onDelete))
            case .entity(let name, let column): entity = TableSchema.Entity(name: name, place: place(column ?? key[0]))
            case .row(let row): rows.append(row)
            }
        }
        schema = TableSchema(
            name: name, columns: columns, key: key.map(place), assignsKey: assigned, entity: entity, indexes: indexes,
            references: references, checks: checks.map { .init(column: $0.column, rule: $0.rule) })
        self.checks = checks
        initialRows = rows
    }
}

/// A table of any row type, as a projector lists it.
public protocol AnyTable: AnyObject, Sendable {
    var schema: TableSchema { get }
    /// Puts the rows that are there from the beginning.
    func insertInitialRows(into views: ViewWriter) throws
    /// The rows that are there from the beginning, as they are stored.
    var initialRowBytes: [[UInt8]] { get }
}

extension Table: AnyTable {
    public func insertInitialRows(into views: ViewWriter) throws {
        for row in initialRows { try views.insert(self, row) }
    }

    public var initialRowBytes: [[UInt8]] { initialRows.map { ColumnCoder.encode($0) } }
}

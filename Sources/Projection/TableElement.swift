/// A part of a table's declaration: a rule, an index, the entity.
public struct TableElement<R: Row>: Sendable {
    enum Kind: Sendable {
        case check(column: String, rule: String, holds: @Sendable (R, Settings) -> Bool)
        case index(name: String?, columns: [IndexColumnName], isUnique: Bool, condition: (column: String, value: SQLValue)?)
        case reference(column: String, table: String, named: String?, onDelete: ReferenceSchema.DeleteAction)
        case entity(String, column: String?)
        case row(R)
    }

    let kind: Kind
}

/// A column of an index by name; a plain string is ascending.
public struct IndexColumnName: Sendable, ExpressibleByStringLiteral {
    let name: String
    let descending: Bool

    public init(stringLiteral name: String) {
        self.name = name
        descending = false
    }

    private init(_ name: String, descending: Bool) {
        self.name = name
        self.descending = descending
    }

    public static func descending(_ name: String) -> IndexColumnName { IndexColumnName(name, descending: true) }
}

extension TableElement {
    /// CHECK: a rule that every row of the table keeps. `rule` completes the sentence "`column` …".
    public static func check(
        _ column: String, _ rule: String, _ holds: @escaping @Sendable (R) -> Bool
    ) -> Self {
        Self(kind: .check(column: column, rule: rule) { row, _ in holds(row) })
    }

    /// CHECK against the store's settings.
    public static func check(
        _ column: String, _ rule: String, _ holds: @escaping @Sendable (R, Settings) -> Bool
    ) -> Self {
        Self(kind: .check(column: column, rule: rule, holds: holds))
    }

    /// UNIQUE: no two rows have the same values in these columns; rows with a NULL among them are not compared.
    public static func unique(_ columns: IndexColumnName...) -> Self {
        Self(kind: .index(name: nil, columns: columns, isUnique: true, condition: nil))
    }

    /// An index for queries and for the engine's own look-ups.
    public static func index(_ name: String, _ columns: IndexColumnName...) -> Self {
        Self(kind: .index(name: name, columns: columns, isUnique: false, condition: nil))
    }

    /// A partial index: only rows where `column` has a value.
    public static func index(
        _ name: String, _ columns: IndexColumnName..., where column: String, is value: some ColumnValue
    ) -> Self {
        Self(kind: .index(name: name, columns: columns, isUnique: false, condition: (column, value.sqlValue)))
    }

    /// FOREIGN KEY: a value that is not NULL names a row of `table`, by its primary key or by a column of it that is UNIQUE and never changes.
    public static func references(
        _ column: String, _ table: String, _ named: String? = nil, onDelete: ReferenceSchema.DeleteAction
    ) -> Self {
        Self(kind: .reference(column: column, table: table, named: named, onDelete: onDelete))
    }

    /// Events that change a row of this table are tagged `name:value`, the value being that of a column, the primary key by default.
    public static func entity(_ name: String, of column: String? = nil) -> Self { Self(kind: .entity(name, column: column)) }

    /// A row that is there from the beginning.
    public static func row(_ row: R) -> Self { Self(kind: .row(row)) }
}

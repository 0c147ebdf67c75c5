import Projection

/// A table of an old system: which of Spool's tables it becomes, and what must be known beyond that table's own declaration.
struct LegacyTable: Sendable {
    /// What says that a row is gone.
    enum Removal: Sendable {
        /// An event of the domain: its fields and the columns they come from, and fields that are always the same.
        case event(String, [String: String], constants: [String: String] = [:])
        /// `NOUN.removed` with the primary key's columns.
        case key
        /// The table has its rows for good.
        case never
    }

    let table: any AnyTable
    let projection: String
    let noun: String
    /// Columns with times: the first is when the row's fact happened; a column that an old database lacks takes over its value.
    let times: [String]
    /// The column that says when the row was changed last.
    let changed: String?
    /// Columns that no default can stand for, beside the key and the references.
    let required: Set<String>
    let removal: Removal

    var schema: TableSchema { table.schema }
    var name: String { schema.name }
    /// The type of its rows' events.
    var type: String { "\(noun).imported" }

    init<Source: Importable>(
        _ source: Source.Type, of projector: Projector, times: [String], changed: String? = nil, required: Set<String> = [],
        removal: Removal = .key
    ) {
        table = Source.table
        projection = projector.name
        noun = Source.noun
        self.times = times
        self.changed = changed
        self.required = required
        self.removal = removal
    }

    /// Whether a row means nothing without a column's value.
    func needs(_ place: Int) -> Bool {
        let column = schema.columns[place]
        if schema.key.contains(place) || required.contains(column.name) { return true }
        return !column.isNullable && schema.references.contains { $0.place == place }
    }
}

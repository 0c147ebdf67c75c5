import LMDB

/// A domain: its tables, its views in SQL, and what each of its events does to them.
///
/// ```swift
/// public let trends = Projector("trends", version: 1, tables: [Trend.table, Search.table]) {
///     On(SearchPerformed.self) { event, views in try views.insert(Search.table, Search(event)) }
/// }
/// ```
public struct Projector: Sendable {
    public let name: String
    /// Raised whenever the same events would give other rows: the views are then built anew from the log.
    public let version: Int
    /// The database that its tables take the place of.
    public let replaces: String
    /// Made when they are first needed: a process that appends one event needs those of one domain, and all would take a third of its time.
    private let declared: @Sendable () -> [any AnyTable]
    public let views: [SQLView]
    /// Questions by name.
    public let queries: [NamedQuery]
    public let handlers: [On]

    public init(
        _ name: String, version: Int, replaces: String = "", tables: @autoclosure @escaping @Sendable () -> [any AnyTable],
        views: [SQLView] = [], queries: [NamedQuery] = [],
        @ProjectorBuilder _ handlers: () -> [On]
    ) {
        self.name = name
        self.version = version
        self.replaces = replaces
        declared = tables
        self.views = views
        self.queries = queries
        self.handlers = handlers()
    }

    public var tables: [any AnyTable] { declared() }

    /// The types of events it handles.
    public var types: [String] { handlers.map(\.type) }

    /// Of the tables' layout: a folder with another layout cannot be read.
    var fingerprint: UInt64 {
        var encoder = RowEncoder()
        encoder.append(Int64(version))
        for table in tables { for part in table.schema.parts { encoder.append(part) } }
        return encoder.bytes.hash64
    }
}

/// A view that is a query over tables.
public struct SQLView: Sendable, Hashable {
    public let name: String
    /// What it shows, in a sentence.
    public let summary: String
    /// A SELECT statement.
    public let sql: String

    public init(_ name: String, _ summary: String, sql: String) {
        self.name = name
        self.summary = summary
        self.sql = sql
    }
}

import EventLog

/// A table whose rows can come from another database as they stand.
///
/// ```swift
/// extension Trend: Importable {
///     public static let noun = "trend"
/// }
/// ```
///
/// An old database holds rows, not their history: counters beyond the uses that are recorded, times of changes nobody wrote down, a job that
/// runs without the reports that led there, times spelled in ways of their own. A domain's events cannot say such things, and an event with a
/// further field for each would say them badly. So the row itself is the fact: `NOUN.imported` holds all of it, each column under its own name,
/// and puts exactly that row into the table, under the table's rules. Its history begins there. When the old database has the row in another
/// state later, another `NOUN.imported` says so; when it has it no more, `NOUN.removed` does.
public protocol Importable: Sendable {
    associatedtype TableRow: Row
    /// What a row is in the names of events.
    static var noun: String { get }
    static var table: Table<TableRow> { get }
    /// What a row belongs to, beside itself. Where the table has no entity the first is the event's subject.
    static func tags(of row: TableRow) -> [Tag]
}

extension Importable {
    public static func tags(of row: TableRow) -> [Tag] { [] }
}

/// `NOUN.imported`: a row as another database has it.
public struct Imported<Source: Importable>: Event {
    @inlinable public static var type: String { Source.noun + ".imported" }

    public var row: Source.TableRow

    public init(from decoder: any Decoder) throws {
        row = Source.TableRow()
        let reader = ImportedColumns.Reader(try decoder.container(keyedBy: ImportedColumns.Name.self), places: nil)
        ColumnCoder.read(reader, into: &row)
        if let failure = reader.failure { throw failure }
    }

    public func encode(to encoder: any Encoder) throws {
        let writer = ImportedColumns.Writer(encoder.container(keyedBy: ImportedColumns.Name.self), places: nil)
        ColumnCoder.write(row, to: writer)
        if let failure = writer.failure { throw failure }
    }

    public var subject: Tag? { Source.table.schema.entity == nil ? Source.tags(of: row).first : nil }
    public var tags: [Tag] { Source.tags(of: row) }
}

/// `NOUN.removed`: another database has a row no more. Its fields are the columns of the primary key.
public struct Removed<Source: Importable>: Event {
    @inlinable public static var type: String { Source.noun + ".removed" }

    /// Its primary key alone is filled.
    public var row: Source.TableRow

    public init(from decoder: any Decoder) throws {
        row = Source.TableRow()
        let members = try decoder.container(keyedBy: ImportedColumns.Name.self)
        let reader = ImportedColumns.Reader(members, places: Source.table.schema.key)
        ColumnCoder.read(reader, into: &row)
        if let failure = reader.failure { throw failure }
    }

    public func encode(to encoder: any Encoder) throws {
        let members = encoder.container(keyedBy: ImportedColumns.Name.self)
        let writer = ImportedColumns.Writer(members, places: Source.table.schema.key)
        ColumnCoder.write(row, to: writer)
        if let failure = writer.failure { throw failure }
    }
}

extension On {
    /// Puts an imported row in its place.
    ///
    /// - Parameter apply: what else changes with it: called with the row that was there and the one that is.
    @inlinable
    public static func imported<Source: Importable>(
        _ source: Source.Type,
        then apply: @escaping @Sendable (Source.TableRow?, Source.TableRow, ViewWriter) throws -> Void = { _, _, _ in }
    ) -> On {
        On(Imported<Source>.self) { event, views in
            let before = try views.replace(Source.table, event.row)
            try apply(before, event.row, views)
        }
    }

    /// Takes a row away that another database has no more.
    ///
    /// - Parameter apply: what else changes with it: called with the row that was there.
    @inlinable
    public static func removed<Source: Importable>(
        _ source: Source.Type, then apply: @escaping @Sendable (Source.TableRow, ViewWriter) throws -> Void = { _, _ in }
    ) -> On {
        On(Removed<Source>.self) { event, views in
            try apply(try views.remove(Source.table, like: event.row), views)
        }
    }
}

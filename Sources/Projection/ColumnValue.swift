import EventLog
import JSON

/// What a column holds, in SQLite's terms.
public enum ColumnType: String, Sendable, Hashable {
    case integer = "INTEGER"
    case real = "REAL"
    case text = "TEXT"
    case blob = "BLOB"
}

/// A Swift type that a column can have.
public protocol ColumnValue: Sendable {
    static var columnType: ColumnType { get }
    static var isNullable: Bool { get }
    /// Whether the value is a `BlobHash`, for which a query may show the content.
    static var isBlobHash: Bool { get }
    var sqlValue: SQLValue { get }
    /// nil when the stored value is not of this type.
    init?(sqlValue: SQLValue)
    /// What is wrong with a value from another database that is stored as it stands; nil when nothing is.
    static func problem(with value: SQLValue) -> String?
    /// Writes the value into a row.
    func encode(into row: inout RowEncoder)
    /// The value of a row's cell; nil when the cell holds something else.
    init?(_ cell: RowFormat.Cell, in row: RawSpan)
}

extension ColumnValue {
    public static var isNullable: Bool { false }
    public static var isBlobHash: Bool { false }

    public static func problem(with value: SQLValue) -> String? {
        // A value that would read back as another one is no value of this type: 2 is no Bool.
        if let own = Self(sqlValue: value) { return own.sqlValue == value ? nil : "expected \(expectation), found \(value)" }
        return "expected \(expectation), found \(String("\(value)".prefix(80)))"
    }

    private static var expectation: String {
        if Self.self == Bool.self { return "0 or 1" }
        guard let type = Self.self as? any CaseIterable.Type else { return columnType.rawValue }
        return "one of " + names(of: type).joined(separator: ", ")
    }

    private static func names<Cases: CaseIterable>(of type: Cases.Type) -> [String] {
        type.allCases.compactMap { ($0 as? any ColumnValue)?.sqlValue.plainText }
    }

    public func encode(into row: inout RowEncoder) { row.append(sqlValue) }

    public init?(_ cell: RowFormat.Cell, in row: RawSpan) { self.init(sqlValue: RowFormat.value(cell, in: row)) }
}

extension Int: ColumnValue {
    public static var columnType: ColumnType { .integer }
    public var sqlValue: SQLValue { .integer(Int64(self)) }
    public init?(sqlValue: SQLValue) {
        guard case .integer(let value) = sqlValue else { return nil }
        self = Int(value)
    }

    public func encode(into row: inout RowEncoder) { row.append(Int64(self)) }

    public init?(_ cell: RowFormat.Cell, in row: RawSpan) {
        guard cell.isInteger else { return nil }
        self = Int(RowFormat.integer(cell, in: row))
    }
}

extension Double: ColumnValue {
    public static var columnType: ColumnType { .real }
    public var sqlValue: SQLValue { .real(self) }
    public init?(sqlValue: SQLValue) {
        guard case .real(let value) = sqlValue else { return nil }
        self = value
    }

    public func encode(into row: inout RowEncoder) { row.append(self) }

    public init?(_ cell: RowFormat.Cell, in row: RawSpan) {
        guard cell.isReal else { return nil }
        self = RowFormat.real(cell, in: row)
    }
}

/// 0 or 1.
extension Bool: ColumnValue {
    public static var columnType: ColumnType { .integer }
    public var sqlValue: SQLValue { .integer(self ? 1 : 0) }
    public init?(sqlValue: SQLValue) {
        guard case .integer(let value) = sqlValue else { return nil }
        self = value != 0
    }
}

extension String: ColumnValue {
    public static var columnType: ColumnType { .text }
    public var sqlValue: SQLValue { .text(self) }
    public init?(sqlValue: SQLValue) {
        guard case .text(let text) = sqlValue else { return nil }
        self = text
    }

    public func encode(into row: inout RowEncoder) { row.append(self) }

    public init?(_ cell: RowFormat.Cell, in row: RawSpan) {
        guard cell.isText else { return nil }
        self = RowFormat.text(cell, in: row)
    }
}

/// JSON text.
extension JSONText: ColumnValue {
    public static var columnType: ColumnType { .text }
    public var sqlValue: SQLValue { .text(text) }
    public init?(sqlValue: SQLValue) {
        guard case .text(let text) = sqlValue else { return nil }
        self.init(unchecked: text)
    }
    public static func problem(with value: SQLValue) -> String? {
        guard case .text(let text) = value else { return "expected JSON text, found \(value)" }
        do throws(JSONError) {
            _ = try JSONDocument(parsing: Array(text.utf8), maxDepth: JSONParser.greatestMaxDepth)
            return nil
        } catch {
            return "expected JSON, found '\(text.prefix(60))' (\(error))"
        }
    }
}

extension Optional: ColumnValue where Wrapped: ColumnValue {
    public static var columnType: ColumnType { Wrapped.columnType }
    public static var isNullable: Bool { true }
    public static var isBlobHash: Bool { Wrapped.isBlobHash }
    public var sqlValue: SQLValue { self?.sqlValue ?? .null }
    public init?(sqlValue: SQLValue) {
        if sqlValue == .null {
            self = .none
        } else {
            guard let value = Wrapped(sqlValue: sqlValue) else { return nil }
            self = .some(value)
        }
    }
    public static func problem(with value: SQLValue) -> String? { value == .null ? nil : Wrapped.problem(with: value) }

    @inlinable
    public func encode(into row: inout RowEncoder) {
        if let value = self { value.encode(into: &row) } else { row.appendNull() }
    }

    // Inlined where the type is known, as what calls it.
    @inlinable
    public init?(_ cell: RowFormat.Cell, in row: RawSpan) {
        if cell.isNull {
            self = .none
        } else {
            guard let value = Wrapped(cell, in: row) else { return nil }
            self = .some(value)
        }
    }
}

/// Enumerations of names, such as a status, are text columns.
extension ColumnValue where Self: RawRepresentable, RawValue == String {
    public static var columnType: ColumnType { .text }
    public var sqlValue: SQLValue { .text(rawValue) }
    public init?(sqlValue: SQLValue) {
        guard case .text(let text) = sqlValue else { return nil }
        self.init(rawValue: text)
    }
}

/// A time that prints as `2017-09-13T07:30:00Z`, with a fraction where there is one.
///
/// SQL compares the texts, as it did where the old systems kept them: within one second `…05Z` comes after `…05.5Z`. Who needs those in order
/// says `ORDER BY julianday(created_at)`.
public struct ISOTime: ColumnValue, Hashable, Comparable {
    public let text: String

    public init(_ time: Timestamp) { text = time.iso8601 }
    public init() { text = "" }

    public static func < (a: ISOTime, b: ISOTime) -> Bool { a.text < b.text }

    public static var columnType: ColumnType { .text }
    public var sqlValue: SQLValue { .text(text) }
    public init?(sqlValue: SQLValue) {
        guard case .text(let text) = sqlValue else { return nil }
        self.text = text
    }
    public static func problem(with value: SQLValue) -> String? { Timestamp.problem(with: value) }
}

/// A time in whole Unix seconds.
public struct UnixTime: ColumnValue, Hashable, Comparable {
    public let seconds: Int64

    public init(_ time: Timestamp) { seconds = time.unixSeconds }
    public init() { seconds = 0 }

    public static func < (a: UnixTime, b: UnixTime) -> Bool { a.seconds < b.seconds }

    public static var columnType: ColumnType { .integer }
    public var sqlValue: SQLValue { .integer(seconds) }
    public init?(sqlValue: SQLValue) {
        guard case .integer(let value) = sqlValue else { return nil }
        seconds = value
    }
    public static func problem(with value: SQLValue) -> String? {
        if case .integer(let seconds) = value, Timestamp(unixSeconds: Double(seconds)) != nil { return nil }
        return "expected a time in Unix seconds, found \(value)"
    }
}

extension Timestamp {
    static func problem(with value: SQLValue) -> String? {
        guard case .text(let text) = value else { return "expected a time as text, found \(value)" }
        do throws(ParseError) {
            _ = try Timestamp(parsing: text)
            return nil
        } catch {
            return error.description
        }
    }
}

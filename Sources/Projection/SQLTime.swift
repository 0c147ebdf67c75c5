import EventLog

/// A time that prints as `2017-09-13 07:30:00`, UTC: the `CURRENT_TIMESTAMP` of SQLite.
public struct SQLTime: ColumnValue, Hashable, Comparable {
    // A text of 19 bytes would be an allocation for each of a row's times.
    private enum Content: Hashable {
        case digits(TimeDigits)
        /// A text from another database that is spelled otherwise.
        case other(String)
    }

    private let content: Content

    public init(_ time: Timestamp) { content = .digits(TimeDigits(time)) }
    public init() { content = .other("") }

    private init(text: String) {
        content = TimeDigits(text.utf8.span.bytes).map { .digits($0) } ?? .other(text)
    }

    public var text: String {
        switch content {
        case .digits(let digits): digits.text
        case .other(let text): text
        }
    }

    public static func < (a: SQLTime, b: SQLTime) -> Bool {
        if case .digits(let one) = a.content, case .digits(let other) = b.content { return one < other }
        return a.text < b.text
    }

    public static var columnType: ColumnType { .text }
    public var sqlValue: SQLValue { .text(text) }
    public init?(sqlValue: SQLValue) {
        guard case .text(let text) = sqlValue else { return nil }
        self.init(text: text)
    }
    public static func problem(with value: SQLValue) -> String? { Timestamp.problem(with: value) }

    public func encode(into row: inout RowEncoder) {
        switch content {
        case .digits(let digits): digits.encode(into: &row)
        case .other(let text): row.append(text)
        }
    }

    public init?(_ cell: RowFormat.Cell, in row: RawSpan) {
        guard cell.isText else { return nil }
        if let digits = TimeDigits(row.extracting(cell.offset..<cell.offset + cell.length)) {
            content = .digits(digits)
        } else {
            content = .other(RowFormat.text(cell, in: row))
        }
    }
}

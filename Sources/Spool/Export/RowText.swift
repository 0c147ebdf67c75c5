import JSON
import Projection

/// Rows as text for scripts: integers stay integers, blobs are base64, JSON columns are text.
public enum RowText {
    /// A line of CSV (RFC 4180) with its line feed. NULL is an empty field, an empty text is "".
    public static func csv(_ values: [SQLValue]) -> String {
        values.map { value in
            switch value {
            case .null: ""
            case .text(let text): csvField(text)
            case .blob(let bytes): Base64.encode(bytes)
            default: value.description
            }
        }.joined(separator: ",") + "\n"
    }

    /// The line of the columns' names.
    public static func csvHeader(_ columns: [String]) -> String { columns.map(csvField).joined(separator: ",") + "\n" }

    private static func csvField(_ text: String) -> String {
        let needsQuotes = text.isEmpty || text.utf8.contains { $0 == 0x2C || $0 == 0x22 || $0 == 0x0A || $0 == 0x0D }
        return needsQuotes ? "\"" + text.replacing("\"", with: "\"\"") + "\"" : text
    }

    /// An object with a member for each column.
    public static func json(_ columns: [String], _ values: [SQLValue]) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        for (column, value) in zip(columns, values) {
            writer.key(column)
            writer.value(value)
        }
        writer.endObject()
        return writer.bytes
    }
}

extension JSONWriter {
    /// Integers stay integers, blobs are base64, JSON columns are text. JSON has no infinity: `9e999`, as SQLite writes it, is a number that
    /// every reader of doubles takes for one.
    public mutating func value(_ value: SQLValue) {
        switch value {
        case .null: null()
        case .integer(let number): int(number)
        case .real(let number) where number.isInfinite: raw(number < 0 ? "-9e999" : "9e999")
        case .real(let number): double(number)
        case .text(let text): string(text)
        case .blob(let bytes): string(Base64.encode(bytes))
        }
    }
}

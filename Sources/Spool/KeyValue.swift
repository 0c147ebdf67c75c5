import JSON
import Projection

/// An argument of the form `key=text` or `key:=json`.
///
/// ```swift
/// let (key, value) = try KeyValue.parse("views:=100")
/// ```
public enum KeyValue {
    public enum Value: Sendable, Hashable {
        case text(String)
        case json(JSONText)

        /// As SQL knows it: true and false are 1 and 0, an object or array is its text.
        ///
        /// - Throws: `Malformed` for a number that is none in SQL.
        public func sqlValue() throws -> SQLValue {
            let value: JSONValue
            switch self {
            case .text(let text): return .text(text)
            case .json(let json): value = try JSONDocument(parsing: Array(json.text.utf8)).root
            }
            switch value.kind {
            case .null: return .null
            case .bool: return .integer(value.bool == true ? 1 : 0)
            case .string: return .text(value.string ?? "")
            case .integer, .real:
                if value.kind == .integer, let integer = value.int { return .integer(Int64(integer)) }
                guard let number = value.double else { throw Malformed("\(value.rawText.prefix(40)) is beyond the numbers that SQL has") }
                return .real(number)
            case .object, .array: return .text(value.rawText)
            }
        }
    }

    /// An argument that is not of that form.
    public struct Malformed: CallerError, Hashable, CustomStringConvertible {
        public let description: String
        public var isWrongUse: Bool { true }

        init(_ description: String) { self.description = description }
    }

    /// - Throws: `Malformed`.
    public static func parse(_ argument: String) throws -> (key: String, value: Value) {
        guard let equals = argument.firstIndex(of: "=") else {
            throw Malformed("'\(argument.prefix(80))': expected key=text or key:=json, as in topic='AI art' or views:=100")
        }
        let isJSON = argument[..<equals].hasSuffix(":")
        let key = String(isJSON ? argument[..<equals].dropLast() : argument[..<equals])
        let text = String(argument[argument.index(after: equals)...])
        guard !key.isEmpty else { throw Malformed("'\(argument.prefix(80))': expected a field's name before '='") }
        guard isJSON else { return (key, .text(text)) }
        return (key, try json(text[...], of: key))
    }

    /// What comes behind `:=`.
    ///
    /// - Throws: `Malformed` for what is not JSON.
    public static func json(_ text: Substring, of key: String) throws -> Value {
        do {
            return .json(try JSONText(validating: String(text)))
        } catch {
            throw Malformed("'\(key)': \(text.prefix(80)) is not JSON (\(error)). Behind = it is text.")
        }
    }
}

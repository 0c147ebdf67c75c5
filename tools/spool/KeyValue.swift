import JSON
import Projection

/// An argument of the form `key=text` or `key:=json`.
enum KeyValue {
    enum Value {
        case text(String)
        case json(JSONText)

        /// As SQL knows it: true and false are 1 and 0, an object or array is its text.
        func sqlValue() throws -> SQLValue {
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
                guard let number = value.double else { throw WrongUse("\(value.rawText) is beyond the numbers that SQL has") }
                return .real(number)
            case .object, .array: return .text(value.rawText)
            }
        }
    }

    static func parse(_ argument: String) throws -> (key: String, value: Value) {
        guard let equals = argument.firstIndex(of: "=") else {
            throw WrongUse("'\(argument)': expected key=text or key:=json, as in topic='AI art' or views:=100")
        }
        let isJSON = argument[..<equals].hasSuffix(":")
        let key = String(isJSON ? argument[..<equals].dropLast() : argument[..<equals])
        let text = String(argument[argument.index(after: equals)...])
        guard !key.isEmpty else { throw WrongUse("'\(argument)': expected a field's name before '='") }
        guard isJSON else { return (key, .text(text)) }
        return (key, try json(text[...], of: key))
    }

    /// What comes behind `:=`.
    static func json(_ text: Substring, of key: String) throws -> Value {
        do {
            return .json(try JSONText(validating: String(text)))
        } catch {
            throw WrongUse("'\(key)': \(text) is not JSON (\(error)). Behind = it is text.")
        }
    }
}

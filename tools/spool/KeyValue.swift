import JSON

/// An argument of the form `key=text` or `key:=json`.
enum KeyValue {
    enum Value {
        case text(String)
        case json(JSONText)
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
        do {
            return (key, .json(try JSONText(validating: text)))
        } catch {
            throw WrongUse("field '\(key)': \(text) is not JSON (\(error)). Use \(key)=… for text.")
        }
    }
}

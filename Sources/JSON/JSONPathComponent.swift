/// One step from a container to a value inside it.
enum JSONPathComponent: Equatable {
    case key(String)
    case index(Int)

    var codingKey: JSONCodingKey {
        switch self {
        case .key(let name): JSONCodingKey(stringValue: name)
        case .index(let index): JSONCodingKey(intValue: index)
        }
    }

    /// The components as in `items[3].name`; a name that would be ambiguous is written `["a.b"]`.
    static func render(_ components: [JSONPathComponent]) -> String {
        var path = ""
        for component in components {
            switch component {
            case .index(let index):
                path += "[\(index)]"
            case .key(let name) where isPlain(name):
                path += path.isEmpty ? name : ".\(name)"
            case .key(let name):
                path += "[\(JSONQuoting.quoted(name))]"
            }
        }
        return path
    }

    private static func isPlain(_ name: String) -> Bool {
        guard !name.isEmpty, name.utf8.count <= 2 * JSONQuoting.displayLimit else { return false }
        return name.unicodeScalars.allSatisfy { scalar in
            scalar.properties.isAlphabetic || scalar.properties.numericType != nil || "_-$@:/ +".unicodeScalars.contains(scalar)
        }
    }
}

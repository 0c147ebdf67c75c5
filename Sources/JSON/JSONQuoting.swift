/// Prepares text from outside for display in an error message.
enum JSONQuoting {
    static let displayLimit = 40

    /// The text with control characters escaped, cut after `limit` characters.
    static func escaped(_ text: some StringProtocol, limit: Int = displayLimit) -> String {
        var result = ""
        var scalarCount = 0
        for scalar in text.unicodeScalars {
            // Counted in scalars: one character can combine any number of them.
            if scalarCount == limit {
                return result + "…"
            }
            scalarCount += 1
            append(scalar, to: &result)
        }
        return result
    }

    /// The first `displayLimit` scalars of UTF-8 text, escaped, in double quotes.
    static func quoted(_ text: some StringProtocol) -> String {
        "\"\(escaped(text))\""
    }

    private static func append(_ scalar: Unicode.Scalar, to result: inout String) {
        switch scalar {
        case "\n": result += "\\n"
        case "\r": result += "\\r"
        case "\t": result += "\\t"
        case "\"": result += "\\\""
        case "\\": result += "\\\\"
        default:
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned:
                result += "\\u{\(String(scalar.value, radix: 16))}"
            default:
                result.unicodeScalars.append(scalar)
            }
        }
    }
}

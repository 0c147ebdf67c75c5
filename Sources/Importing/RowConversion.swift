import Projection

/// Values of an old database as a column of Spool's holds them.
enum RowConversion {
    /// nil when it is no such value.
    ///
    /// - Parameter isText: values are texts whatever they mean.
    static func convert(_ value: SQLValue, to column: Column, isText: Bool) -> SQLValue? {
        if value == .null { return .null }
        switch column.type {
        case .integer: return integer(value, isText)
        case .real: return real(value, isText)
        case .text:
            if case .text = value { return value }
            return nil
        case .blob:
            if case .blob = value { return value }
            if isText, case .text(let text) = value { return hexadecimal(text) }
            return nil
        }
    }

    /// Whether two values are one in SQL's sense: 2 is 2.0.
    static func isSame(_ old: SQLValue, _ new: SQLValue) -> Bool {
        switch (old, new) {
        case (.integer(let old), .real(let new)): Double(exactly: old) == new
        case (.real(let old), .integer(let new)): Double(exactly: new) == old
        default: old == new
        }
    }

    private static func integer(_ value: SQLValue, _ isText: Bool) -> SQLValue? {
        switch value {
        case .integer: return value
        case .real(let number): return Int64(exactly: number).map { .integer($0) }
        case .text(let text) where isText:
            if let number = Int64(text) { return .integer(number) }
            return switch text {
            case "t", "true": .integer(1)
            case "f", "false": .integer(0)
            default: nil
            }
        default: return nil
        }
    }

    private static func real(_ value: SQLValue, _ isText: Bool) -> SQLValue? {
        switch value {
        case .real(let number): return number.isFinite ? value : nil
        case .integer(let number): return Double(exactly: number).map { .real($0) }
        case .text(let text) where isText:
            guard let number = Double(text), number.isFinite else { return nil }
            return .real(number)
        default: return nil
        }
    }

    /// PostgreSQL's `\x00ff`.
    private static func hexadecimal(_ text: String) -> SQLValue? {
        guard text.hasPrefix("\\x") else { return nil }
        let digits = Array(text.utf8.dropFirst(2))
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 2)
        for place in stride(from: 0, to: digits.count, by: 2) {
            guard let byte = UInt8(String(decoding: digits[place..<place + 2], as: UTF8.self), radix: 16) else { return nil }
            bytes.append(byte)
        }
        return .blob(bytes)
    }
}

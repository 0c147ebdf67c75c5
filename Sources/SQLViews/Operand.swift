import Projection

/// What a value means when a column of some type is compared with it.
///
/// SQLite applies the column's affinity before it compares. This says the outcome in terms of what such a column can hold, so that keys can be
/// made of it; it may stand for more than the comparison does, never for less, since SQLite checks every row again.
enum Operand {
    /// NULL: no comparison but IS holds.
    case null
    /// Equal to exactly this value of the column's own type.
    case exact(SQLValue)
    /// Equal to nothing; these are the nearest values below and above it that the column can hold.
    case between(SQLValue, SQLValue)
    /// Above everything that the column can hold.
    case aboveAll
    /// Below everything that the column can hold, but NULL.
    case belowAll
    /// Cannot be said: any row may match.
    case unknown

    init(_ argument: Argument, comparedWith type: ColumnType) {
        switch type {
        case .integer: self = Self.integer(argument.numericContent)
        case .real: self = Self.real(argument.numericContent)
        case .text: self = Self.text(argument.content)
        case .blob: self = Self.blob(argument.content)
        }
    }

    private static func integer(_ content: Argument.Content) -> Operand {
        switch content {
        case .value(.null): return .null
        case .value(.integer(let value)): return .exact(.integer(value))
        case .value(.real(let value)):
            if value >= 0x1p63 { return .aboveAll }
            if value < -0x1p63 { return .belowAll }
            let floor = Int64(value.rounded(.down))
            if Double(floor) == value { return .exact(.integer(floor)) }
            return .between(.integer(floor), .integer(Int64(value.rounded(.up))))
        case .value(.text), .value(.blob), .malformedText: return .aboveAll
        }
    }

    private static func real(_ content: Argument.Content) -> Operand {
        switch content {
        case .value(.null): return .null
        case .value(.real(let value)): return .exact(.real(value))
        case .value(.integer(let value)):
            let nearest = Double(value)
            if Int64(exactly: nearest) == value { return .exact(.real(nearest)) }
            // Beyond Int64 only by rounding up.
            let isBelow = Int64(exactly: nearest).map { $0 < value } ?? false
            return .between(.real(isBelow ? nearest : nearest.nextDown), .real(isBelow ? nearest.nextUp : nearest))
        case .value(.text), .value(.blob), .malformedText: return .aboveAll
        }
    }

    private static func text(_ content: Argument.Content) -> Operand {
        switch content {
        case .value(.null): .null
        case .value(.text(let text)): .exact(.text(text))
        // Whether '05' = 5 depends on what the number is: a literal becomes text, a column of numbers makes the text a number.
        case .value(.integer), .value(.real), .malformedText: .unknown
        case .value(.blob): .aboveAll
        }
    }

    private static func blob(_ content: Argument.Content) -> Operand {
        switch content {
        case .value(.null): .null
        case .value(.blob(let bytes)): .exact(.blob(bytes))
        case .value, .malformedText: .belowAll
        }
    }
}

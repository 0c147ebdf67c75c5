import EventLog
import Projection

/// A plan with its values: which positions to visit.
struct EventSearch {
    private(set) var isEmpty = false
    private(set) var low: Position = 1
    private(set) var high: Position
    private(set) var tag: String?
    private(set) var subject: String?
    private(set) var type: String?
    private(set) var id: String?
    private(set) var source: String?

    init(_ plan: EventPlan, _ arguments: ArgumentList, _ log: LogSnapshot) throws {
        high = log.head
        for (place, term) in plan.terms.enumerated() {
            guard let argument = arguments[place] else { continue }
            switch term.column {
            case .position: narrow(term.comparison, Operand(argument, comparedWith: .integer))
            case .recordedTime: try narrow(term.comparison, recordedTime: Operand(argument, comparedWith: .text), log)
            case .tag:
                tag = text(argument)
                // A tag has a colon in it: no number is one.
                if tag == nil { isEmpty = true }
            case .subject: subject = text(argument)
            case .type: type = text(argument)
            case .id: id = text(argument)
            case .source: source = text(argument)
            default: break
            }
        }
        if low > high { isEmpty = true }
    }

    /// The text that the column must equal; nil when that cannot be said. Nothing equals NULL in a column that is never NULL.
    private mutating func text(_ argument: Argument) -> String? {
        switch Operand(argument, comparedWith: .text) {
        case .exact(.text(let text)): return text
        case .unknown: return nil
        default:
            isEmpty = true
            return nil
        }
    }

    private mutating func narrow(_ comparison: IndexQuestion.Comparison, _ operand: Operand) {
        let isUpper = comparison == .less || comparison == .lessOrEqual
        switch operand {
        case .exact(.integer(let value)):
            switch comparison {
            case .equal, .isSame:
                low(value)
                high(value)
            case .greaterOrEqual: low(value)
            // Past the ends of Int64 there are no positions.
            case .greater: if value == .max { isEmpty = true } else { low(value + 1) }
            case .lessOrEqual: high(value)
            case .less: if value == .min { isEmpty = true } else { high(value - 1) }
            default: break
            }
        case .between(.integer(let floor), .integer(let ceiling)):
            switch comparison {
            case .equal, .isSame: isEmpty = true
            default: isUpper ? high(floor) : low(ceiling)
            }
        case .aboveAll: if !isUpper { isEmpty = true }
        case .belowAll: if isUpper || comparison == .equal || comparison == .isSame { isEmpty = true }
        case .unknown: break
        default: isEmpty = true
        }
    }

    private mutating func low(_ value: Int64) {
        if value > 0 { low = max(low, Position(value)) }
    }

    private mutating func high(_ value: Int64) {
        if value < 1 { isEmpty = true } else { high = min(high, Position(value)) }
    }

    /// Recorded time never goes backwards: its bounds are positions.
    private mutating func narrow(_ comparison: IndexQuestion.Comparison, recordedTime operand: Operand, _ log: LogSnapshot) throws {
        guard case .exact(.text(let text)) = operand else {
            if case .null = operand { isEmpty = true }
            return
        }
        guard let bound = TimeBound(text) else { return }
        switch comparison {
        case .less, .lessOrEqual, .equal, .isSame:
            high = min(high, try EventLog.firstPosition(recordedAtOrAfter: bound.end, in: log.log) - 1)
        default: break
        }
        switch comparison {
        case .greater, .greaterOrEqual, .equal, .isSame:
            low = max(low, try EventLog.firstPosition(recordedAtOrAfter: bound.start, in: log.log))
        default: break
        }
    }
}

import LMDB
import Projection

/// A plan with its values: which keys to visit.
struct TableSearch {
    /// No row can match.
    private(set) var isEmpty = false
    private(set) var range = KeyRange()
    /// The whole key of the one row or unique entry, when all its columns are given.
    private(set) var exactKey: [UInt8]?
    /// A text was compared with a number: the equalities do not give one value each, and rows come in another order than planned.
    private(set) var isWidened = false

    /// A column of the path.
    private struct PathColumn {
        let type: ColumnType
        let descending: Bool
    }

    init(_ plan: TablePlan, _ schema: TableSchema, _ arguments: ArgumentList) {
        let columns: [PathColumn]
        let isUnique: Bool
        switch plan.path {
        case .primaryKey:
            columns = schema.key.map { PathColumn(type: schema.columns[$0].type, descending: false) }
            isUnique = true
        case .index(let place):
            let index = schema.indexes[place]
            columns = index.columns.map { PathColumn(type: schema.columns[$0.place].type, descending: $0.descending) }
            isUnique = index.isUnique
        }
        var next = 0
        func operand(_ term: TablePlan.Term, _ type: ColumnType) -> Operand {
            guard term.comparison.hasValue else { return .null }
            defer { next += 1 }
            return arguments[next].map { Operand($0, comparedWith: type) } ?? .unknown
        }
        var components = OrderedKey()
        var hasNull = false
        for (term, column) in zip(plan.equalities, columns) {
            switch operand(term, column.type) {
            case .exact(let value): components.append(value, descending: column.descending)
            case .null where term.comparison != .equal:
                components.append(.null, descending: column.descending)
                hasNull = true
            case .null, .between, .aboveAll, .belowAll:
                isEmpty = true
                return
            case .unknown:
                isWidened = true
                range = KeyRange(components: components.bytes)
                return
            }
        }
        if isUnique, !hasNull, plan.equalities.count == columns.count {
            exactKey = components.bytes.asKey
            return
        }
        range = KeyRange(components: components.bytes)
        guard !plan.ranges.isEmpty, plan.equalities.count < columns.count else { return }
        let column = columns[plan.equalities.count]
        range.withoutNull(after: components.bytes, descending: column.descending)
        for term in plan.ranges {
            switch term.comparison {
            case .like, .glob:
                defer { next += 1 }
                narrow(components, column, pattern: arguments[next]?.patternText, ignoringCase: term.comparison == .like)
            case .isNotNull: break
            default: narrow(components, column, term.comparison, operand(term, column.type))
            }
        }
        if range.isEmpty { isEmpty = true }
    }

    private mutating func narrow(
        _ components: OrderedKey, _ column: PathColumn, _ comparison: IndexQuestion.Comparison, _ operand: Operand
    ) {
        let isUpper = comparison == .less || comparison == .lessOrEqual
        func key(_ value: SQLValue) -> [UInt8] {
            var key = components
            key.append(value, descending: column.descending)
            return key.bytes
        }
        switch operand {
        case .null: isEmpty = true
        case .unknown: break
        case .aboveAll: if !isUpper { isEmpty = true }
        case .belowAll: if isUpper { isEmpty = true }
        case .between(let low, let high):
            if isUpper == column.descending { range.from(key(isUpper ? low : high)) } else { range.through(key(isUpper ? low : high)) }
        case .exact(let value):
            let key = key(value)
            switch (comparison, column.descending) {
            case (.greaterOrEqual, false), (.lessOrEqual, true): range.from(key)
            case (.greater, false), (.less, true): range.after(key)
            case (.lessOrEqual, false), (.greaterOrEqual, true): range.through(key)
            default: range.before(key, descending: column.descending)
            }
        }
    }

    private mutating func narrow(_ components: OrderedKey, _ column: PathColumn, pattern: String?, ignoringCase: Bool) {
        guard let pattern = pattern.map({ TextPattern($0, ignoringCase: ignoringCase) }), !pattern.isEmpty else { return }
        func key(_ text: String) -> [UInt8] {
            var key = components
            key.appendTextPrefix(text, descending: column.descending)
            return key.bytes
        }
        range.from(key(column.descending ? pattern.highest : pattern.lowest))
        range.through(textPrefix: key(column.descending ? pattern.lowest : pattern.highest))
    }
}

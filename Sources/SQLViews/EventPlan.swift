/// How to find events.
struct EventPlan: Hashable {
    /// What gives the positions to look at.
    enum Path: Hashable {
        case log, tag, subject, type, id
    }

    struct Term: Hashable {
        let column: EventColumn
        let comparison: IndexQuestion.Comparison
    }

    let path: Path
    /// Each with the argument at the same place.
    let terms: [Term]
    let isBackward: Bool

    /// For EXPLAIN QUERY PLAN: `tag index(tag=? AND position>?)`.
    var text: String {
        let name =
            switch path {
            case .log: "log"
            case .tag, .subject: "tag index"
            case .type: "type index"
            case .id: "id index"
            }
        let direction = isBackward ? " backward" : ""
        if terms.isEmpty { return "full scan" + direction }
        return "\(name)(\(terms.map { "\($0.column.name)\($0.comparison.symbol)?" }.joined(separator: " AND ")))" + direction
    }
}

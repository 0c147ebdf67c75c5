import Projection

/// How to find a table's rows: along which tree, and which comparisons narrow it.
struct TablePlan: Hashable {
    enum Path: Hashable {
        /// The rows themselves, in the order of the primary key.
        case primaryKey
        case index(Int)
    }

    /// A comparison whose value, if it has one, is the argument at the same place among those with values.
    struct Term: Hashable {
        let column: Int
        let comparison: IndexQuestion.Comparison
    }

    let path: Path
    /// For the first columns of the path, one each.
    let equalities: [Term]
    /// All for the column after those.
    let ranges: [Term]
    /// Rows come in the order that the statement asks for.
    var isOrdered: Bool
    var isBackward: Bool
    /// Every column that the statement reads is in the index's entries.
    let isCovering: Bool

    var isFullScan: Bool { path == .primaryKey && equalities.isEmpty && ranges.isEmpty }

    /// For EXPLAIN QUERY PLAN: `idx_trending_topics_source(source=?)`.
    func text(_ schema: TableSchema) -> String {
        let direction = isBackward ? " backward" : ""
        if isFullScan { return "full scan" + direction }
        let name: String
        switch path {
        case .primaryKey: name = "PRIMARY KEY"
        case .index(let place): name = schema.indexes[place].name
        }
        let terms = (equalities + ranges).map { term in
            schema.columns[term.column].name + term.comparison.symbol + (term.comparison.hasValue ? "?" : "")
        }
        return "\(name)(\(terms.joined(separator: " AND ")))\(direction)\(isCovering ? " covering" : "")"
    }
}

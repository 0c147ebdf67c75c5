import EventLog
import Glibc
import Projection

/// The log as a table. `SELECT * FROM events WHERE tag = 'image:42'`, or `events('image:42')`, is the history of an entity.
final class EventsTable: VirtualTable {
    static let name = "events"

    private unowned let state: QueryState
    private var plans: [EventPlan] = []

    var name: String { Self.name }

    init(_ state: QueryState) { self.state = state }

    func forgetPlans() { plans = [] }

    var declaration: String { "CREATE TABLE x(\(EventColumn.allCases.map(\.declaration).joined(separator: ", ")))" }

    func plan(_ number: Int) -> EventPlan? { plans.indices.contains(number) ? plans[number] : nil }

    func open() throws -> any VirtualCursor {
        guard let log = state.log else { throw ProjectionError.notSettled }
        return EventsCursor(self, log)
    }

    // MARK: Planning

    /// A constraint on a column by name.
    private struct Usable {
        let column: EventColumn
        let raw: IndexQuestion.Constraint
    }

    func plan(_ question: IndexQuestion) throws -> Bool {
        // Without the tag there is nothing to compare: another order of joining has to give it.
        if question.unusableConstraints().contains(where: { $0.column == EventColumn.tag.rawValue && Self.isEquality($0) }) { return false }
        let usable = question.usableConstraints().compactMap { raw in
            EventColumn(rawValue: max(0, raw.column)).map { Usable(column: $0, raw: raw) }
        }
        let head = Double(max(1, state.snapshot?.position ?? 1))
        var (path, chosen, rows) = try path(usable, question, head: head)
        for usable in usable where usable.column == .position || usable.column == .recordedTime {
            switch usable.raw.comparison {
            case .equal, .isSame: rows = min(rows, usable.column == .position ? 1 : 10)
            case .less, .lessOrEqual, .greater, .greaterOrEqual: rows /= 4
            default: continue
            }
            chosen.append(usable)
        }
        // Everything comes by position, and no two events share one.
        let isOrdered = question.order.first.map { $0.column <= 0 } ?? false
        let plan = EventPlan(
            path: path, terms: chosen.map { .init(column: $0.column, comparison: $0.raw.comparison) },
            isBackward: isOrdered && question.order[0].descending)
        question.pass(chosen.map(\.raw))
        var cost = 5 + rows * (path == .log ? 2 : 3)
        // The column `tag` cannot be read unless a tag is asked for.
        if path != .tag, question.usesColumn(EventColumn.tag.rawValue) { cost += 1e12 }
        let isUnique = chosen.contains { $0.column == .position && $0.raw.comparison == .equal }
        question.answer(plan: number(of: plan), plan.text, rows: rows, cost: cost, isOrdered: isOrdered, isUnique: isUnique)
        return true
    }

    private static func isEquality(_ constraint: IndexQuestion.Constraint) -> Bool {
        constraint.comparison == .equal || constraint.comparison == .isSame
    }

    private func path(
        _ usable: [Usable], _ question: IndexQuestion, head: Double
    ) throws -> (EventPlan.Path, [Usable], rows: Double) {
        func equality(_ column: EventColumn) -> Usable? {
            usable.first { $0.column == column && Self.isEquality($0.raw) }
        }
        func text(_ usable: Usable) -> String? { question.withLiteral(usable.raw) { $0.patternText } ?? nil }
        let index = state.log?.index
        func tagged(_ usable: Usable) throws -> Double {
            guard let index, let tag = text(usable), !tag.isEmpty else { return min(head, 20) }
            return Double(try index.count(ofTag: tag))
        }
        if let tag = equality(.tag) { return (.tag, [tag], try tagged(tag)) }
        if let id = equality(.id) { return (.id, [id] + (equality(.source).map { [$0] } ?? []), 1) }
        var best: (EventPlan.Path, [Usable], rows: Double) = (.log, [], head)
        if let subject = equality(.subject) { best = (.subject, [subject], try tagged(subject)) }
        if let type = equality(.type) {
            var rows = max(1, head / 10)
            if let index, let type = text(type), type.utf8.count <= 200 { rows = Double(try index.summary(ofType: type)?.count ?? 0) }
            if rows < best.rows { best = (.type, [type], rows) }
        }
        return best
    }

    private func number(of plan: EventPlan) -> Int {
        if let place = plans.firstIndex(of: plan) { return place }
        plans.append(plan)
        return plans.count - 1
    }
}

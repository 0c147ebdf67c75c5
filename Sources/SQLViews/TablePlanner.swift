import Glibc
import LMDB
import Projection

/// Chooses how to find a table's rows for one question of SQLite's.
struct TablePlanner {
    private let table: ProjectedTable
    private let question: IndexQuestion
    private let constraints: [IndexQuestion.Constraint]
    private let order: [IndexQuestion.OrderTerm]
    private var schema: TableSchema { table.schema }

    /// A path through the table, and what it costs in rows read.
    private struct Candidate {
        var plan: TablePlan
        var passed: [IndexQuestion.Constraint]
        let rows: Double
        let cost: Double
        let isUnique: Bool

        /// With the sorting that SQLite has to do where the order is not given.
        func wholeCost(isSorted: Bool) -> Double { plan.isOrdered || !isSorted ? cost : cost + rows * log2(rows + 2) * 2 }
    }

    /// A column of a path.
    private struct PathColumn {
        let place: Int
        let descending: Bool
    }

    init(_ table: ProjectedTable, _ question: IndexQuestion) {
        self.table = table
        self.question = question
        let rowID = table.rowIDColumn
        constraints = question.usableConstraints().compactMap { constraint in
            if constraint.column >= 0 { return constraint }
            return rowID.map { .init(place: constraint.place, column: $0, comparison: constraint.comparison) }
        }
        order = question.order.map { .init(column: $0.column < 0 ? rowID ?? -1 : $0.column, descending: $0.descending) }
    }

    func answer() throws {
        guard let reader = try table.reader() else {
            // Only the tables' names are wanted: any answer will do.
            return question.answer(plan: 0, "", rows: 1000, cost: 1000, isOrdered: false, isUnique: false)
        }
        var best = try candidate(.primaryKey, reader)
        for place in schema.indexes.indices where isUsable(schema.indexes[place]) {
            let other = try candidate(.index(place), reader)
            let isNarrowing = !other.plan.equalities.isEmpty || !other.plan.ranges.isEmpty || schema.indexes[place].condition != nil
            guard isNarrowing || other.plan.isOrdered || other.plan.isCovering else { continue }
            if other.wholeCost(isSorted: !order.isEmpty) < best.wholeCost(isSorted: !order.isEmpty) { best = other }
        }
        question.pass(best.passed)
        question.answer(
            plan: table.number(of: best.plan), best.plan.text(schema), rows: best.rows, cost: best.cost,
            isOrdered: best.plan.isOrdered && !order.isEmpty, isUnique: best.isUnique)
    }

    /// A partial index holds exactly the rows that the statement asks for when it compares with the very value of the index's condition.
    private func isUsable(_ index: IndexSchema) -> Bool {
        guard let condition = index.condition else { return true }
        let type = schema.columns[condition.place].type
        return constraints.contains { constraint in
            guard constraint.column == condition.place, constraint.comparison == .equal || constraint.comparison == .isSame else {
                return false
            }
            return question.withLiteral(constraint) { literal in
                guard case .exact(let value) = Operand(literal, comparedWith: type) else { return false }
                return value == condition.value
            } ?? false
        }
    }

    private func columns(_ path: TablePlan.Path) -> [PathColumn] {
        switch path {
        case .primaryKey: schema.key.map { PathColumn(place: $0, descending: false) }
        case .index(let place): schema.indexes[place].columns.map { PathColumn(place: $0.place, descending: $0.descending) }
        }
    }

    private func candidate(_ path: TablePlan.Path, _ reader: TableReader) throws -> Candidate {
        let columns = columns(path)
        var passed: [IndexQuestion.Constraint] = []
        for column in columns {
            guard let equality = equality(on: column.place) else { break }
            passed.append(equality)
        }
        let equalities = passed.map { TablePlan.Term(column: $0.column, comparison: $0.comparison) }
        if passed.count < columns.count { passed += ranges(on: columns[passed.count].place) }
        let ranges = passed.dropFirst(equalities.count).map { TablePlan.Term(column: $0.column, comparison: $0.comparison) }

        var plan = TablePlan(
            path: path, equalities: equalities, ranges: ranges, isOrdered: false, isBackward: false, isCovering: isCovering(path))
        let (isOrdered, isBackward) = try direction(path, columns, equalities, reader)
        plan.isOrdered = isOrdered
        plan.isBackward = isBackward

        let isWhole = isUnique(path) && equalities.count == columns.count && equalities.allSatisfy { $0.comparison == .equal }
        let rows = isWhole ? 1 : try estimate(plan, reader)
        // A number can equal several texts, '5' and '05': only of other types is it certain that one row matches at most.
        let isUnique = isWhole && columns.allSatisfy { schema.columns[$0.place].type != .text }
        let isDirect = path == .primaryKey || plan.isCovering
        return Candidate(
            plan: plan, passed: passed.filter(\.comparison.hasValue), rows: rows,
            cost: (isWhole ? 1 : 2 + log2(rows + 2)) + rows * (isDirect ? 1 : 1.9), isUnique: isUnique)
    }

    private func equality(on column: Int) -> IndexQuestion.Constraint? {
        constraints.first { $0.column == column && ($0.comparison == .equal || $0.comparison == .isSame || $0.comparison == .isNull) }
    }

    private func ranges(on column: Int) -> [IndexQuestion.Constraint] {
        constraints.filter { constraint in
            guard constraint.column == column else { return false }
            switch constraint.comparison {
            case .less, .lessOrEqual, .greater, .greaterOrEqual, .isNotNull: return true
            case .like, .glob:
                // LIKE on numbers compares their text, which is in another order.
                guard schema.columns[column].type == .text else { return false }
                let isLike = constraint.comparison == .like
                return question.withLiteral(constraint) { literal in
                    !(literal.patternText.map { TextPattern($0, ignoringCase: isLike).isEmpty } ?? true)
                } ?? true
            case .equal, .isSame, .isNull, .other: return false
            }
        }
    }

    private func isUnique(_ path: TablePlan.Path) -> Bool {
        switch path {
        case .primaryKey: true
        case .index(let place): schema.indexes[place].isUnique
        }
    }

    private func isCovering(_ path: TablePlan.Path) -> Bool {
        guard case .index(let place) = path else { return false }
        let held = Set(schema.indexes[place].columns.map(\.place) + schema.key)
        return schema.columns.indices.allSatisfy { held.contains($0) || !question.usesColumn($0) }
    }

    // MARK: Order

    /// Whether the path gives the order asked for, and from which end.
    private func direction(
        _ path: TablePlan.Path, _ columns: [PathColumn], _ equalities: [TablePlan.Term], _ reader: TableReader
    ) throws -> (isOrdered: Bool, isBackward: Bool) {
        guard !order.isEmpty else { return (false, false) }
        var sequence = columns
        if case .index(let place) = path {
            guard try table.isOrdered(place, in: reader) else { return (false, false) }
            // Where a descending text ends the key, nothing follows its end, and a text that goes on with NUL is out of order.
            if schema.indexes[place].isUnique, let last = columns.last, last.descending, schema.columns[last.place].type == .text {
                return (false, false)
            }
            // Entries with equal columns follow each other by primary key.
            sequence += schema.key.map { PathColumn(place: $0, descending: false) }
        } else if try !table.isOrdered(nil, in: reader) {
            return (false, false)
        }
        // A text compared with a number can be several texts: its order counts.
        let fixed = Set(equalities.filter { $0.comparison == .isNull || schema.columns[$0.column].type != .text }.map(\.column))
        var next = equalities.count
        var backward: Bool?
        for term in order {
            if fixed.contains(term.column) { continue }
            // A column of the key may stand in the index too.
            while next < sequence.count,
                fixed.contains(sequence[next].place)
                    || sequence[equalities.count..<next].contains(where: { $0.place == sequence[next].place })
            {
                next += 1
            }
            if next == sequence.count {
                // Past the primary key there is nothing left to order, if all the rest is one value.
                if fixed.count == Set(equalities.map(\.column)).count { break }
                return (false, false)
            }
            guard sequence[next].place == term.column else { return (false, false) }
            let isReverse = term.descending != sequence[next].descending
            if let backward, backward != isReverse { return (false, false) }
            backward = isReverse
            next += 1
        }
        return (true, backward ?? false)
    }

    // MARK: Estimates

    private func estimate(_ plan: TablePlan, _ reader: TableReader) throws -> Double {
        let count: Int
        switch plan.path {
        case .primaryKey: count = try reader.count()
        case .index(let place): count = try reader.transaction.count(reader.indexTree(place))
        }
        // A small table may grow: it is judged as if it had a thousand rows, so that no index is too good for it.
        var rows = Double(max(1, count)) * max(1, 1000 / Double(max(1, try reader.count())))
        for place in plan.equalities.indices {
            if place > 0 {
                rows /= 5
            } else if case .index(let index) = plan.path, let values = try table.firstValueCount(ofIndex: index, in: reader) {
                rows /= Double(max(2, values))
            } else {
                rows = min(rows, max(1, min(10, rows / 16)))
            }
        }
        for term in plan.ranges {
            switch term.comparison {
            case .isNotNull: rows *= 0.9
            case .like, .glob: rows /= 10
            default: rows /= 4
            }
        }
        return max(1, rows)
    }
}

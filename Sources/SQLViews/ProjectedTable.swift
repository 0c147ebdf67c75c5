import LMDB
import Projection

/// A declared table, as SQLite sees it.
final class ProjectedTable: VirtualTable {
    let schema: TableSchema
    private let projection: String
    private unowned let state: QueryState
    private var plans: [TablePlan] = []
    private var openReader: TableReader?
    /// By index: how many values its first column has, as far as was looked.
    private var firstValueCounts: [Int: Int?] = [:]

    var name: String { schema.name }

    init(_ schema: TableSchema, of projection: String, _ state: QueryState) {
        self.schema = schema
        self.projection = projection
        self.state = state
        state.atEnd { [unowned self] in
            openReader = nil
            firstValueCounts = [:]
        }
    }

    /// The key's column where the key is the row id too: one integer.
    var rowIDColumn: Int? {
        guard schema.key.count == 1, let place = schema.key.first else { return nil }
        let column = schema.columns[place]
        return column.type == .integer && !column.isNullable ? place : nil
    }

    var declaration: String {
        let key = schema.key.map { quoted(schema.columns[$0].name) }.joined(separator: ", ")
        // Where no integer identifies a row, the key does: SQLite then never asks for a row id. It wants such a key without NULLs.
        let hasRowID = rowIDColumn != nil || schema.key.contains { schema.columns[$0].isNullable }
        let columns = schema.columns.map { "\(quoted($0.name)) \($0.type.rawValue)\($0.isNullable ? "" : " NOT NULL")" }
        return "CREATE TABLE x(\((columns + ["PRIMARY KEY(\(key))"]).joined(separator: ", ")))\(hasRowID ? "" : " WITHOUT ROWID")"
    }

    /// The table in the statement's snapshot; nil while the statement is only looked at.
    func reader() throws -> TableReader? {
        if let openReader { return openReader }
        let reader = try state.snapshot?.projection(projection).table(name)
        openReader = reader
        return reader
    }

    func plan(_ question: IndexQuestion) throws -> Bool {
        try TablePlanner(self, question).answer()
        return true
    }

    func open() throws -> any VirtualCursor {
        guard let reader = try reader() else { throw ProjectionError.notSettled }
        return TableCursor(self, reader, blobs: state.blobs)
    }

    func forgetPlans() { plans = [] }

    /// Whether an index (nil: the primary key) is wholly in order, which the statement then relies on.
    func isOrdered(_ index: Int?, in reader: TableReader) throws -> Bool {
        guard try reader.isOrdered(index.map { schema.indexes[$0] }) else { return false }
        state.trustedOrders.insert(TrustedOrder(projection: projection, table: name, index: index))
        return true
    }

    /// The number under which cursors find a plan again.
    func number(of plan: TablePlan) -> Int {
        if let place = plans.firstIndex(of: plan) { return place }
        plans.append(plan)
        return plans.count - 1
    }

    func plan(_ number: Int) -> TablePlan? { plans.indices.contains(number) ? plans[number] : nil }

    /// How many values the first column of an index has; nil when they are more than a few.
    func firstValueCount(ofIndex place: Int, in reader: TableReader) throws -> Int? {
        if let known = firstValueCounts[place] { return known }
        let cursor = try reader.transaction.cursor(reader.indexTree(place))
        let descending = schema.indexes[place].columns.first?.descending ?? false
        var count = 0
        var found = try cursor.move(.first)
        while found, count < 17 {
            count += 1
            guard let end = OrderedKey.end(ofComponentAt: 0, in: cursor.key, descending: descending) else {
                count = 17
                break
            }
            var range = KeyRange()
            range.after(cursor.key.extracting(0..<min(end, cursor.key.byteCount)).array)
            found = try cursor.seek(range.start)
            // A value too long to be skipped whole.
            if end > 480 {
                count = 17
                break
            }
        }
        let result = count < 17 ? count : nil
        firstValueCounts[place] = .some(result)
        return result
    }
}

/// A name as SQL takes it, whatever it is made of.
func quoted(_ name: String) -> String { "\"\(name.replacing("\"", with: "\"\""))\"" }

import CSQLite
import Projection

/// SQLite's question how to find rows, and the answer to it: `sqlite3_index_info`, with its arrays checked.
struct IndexQuestion {
    /// A comparison of a column with a value that is known when the plan runs.
    struct Constraint {
        let place: Int
        /// −1 is the row id.
        let column: Int
        let comparison: Comparison
    }

    enum Comparison {
        case equal, isSame, less, lessOrEqual, greater, greaterOrEqual, like, glob, isNull, isNotNull
        /// One that no index helps with.
        case other

        init(_ code: UInt8) {
            switch Int32(code) {
            case SQLITE_INDEX_CONSTRAINT_EQ: self = .equal
            case SQLITE_INDEX_CONSTRAINT_IS: self = .isSame
            case SQLITE_INDEX_CONSTRAINT_LT: self = .less
            case SQLITE_INDEX_CONSTRAINT_LE: self = .lessOrEqual
            case SQLITE_INDEX_CONSTRAINT_GT: self = .greater
            case SQLITE_INDEX_CONSTRAINT_GE: self = .greaterOrEqual
            case SQLITE_INDEX_CONSTRAINT_LIKE: self = .like
            case SQLITE_INDEX_CONSTRAINT_GLOB: self = .glob
            case SQLITE_INDEX_CONSTRAINT_ISNULL: self = .isNull
            case SQLITE_INDEX_CONSTRAINT_ISNOTNULL: self = .isNotNull
            default: self = .other
            }
        }

        /// As the plan prints it.
        var symbol: String {
            switch self {
            case .equal: "="
            case .isSame: " IS "
            case .less: "<"
            case .lessOrEqual: "<="
            case .greater: ">"
            case .greaterOrEqual: ">="
            case .like: " LIKE "
            case .glob: " GLOB "
            case .isNull: " IS NULL"
            case .isNotNull: " IS NOT NULL"
            case .other: "?"
            }
        }

        /// Whether there is a value to compare with.
        var hasValue: Bool {
            switch self {
            case .isNull, .isNotNull, .other: false
            default: true
            }
        }
    }

    struct OrderTerm {
        let column: Int
        let descending: Bool
    }

    private let info: UnsafeMutablePointer<sqlite3_index_info>

    init(_ info: UnsafeMutablePointer<sqlite3_index_info>) { self.info = info }

    /// The constraints that may be used, in the statement's order.
    func usableConstraints() -> [Constraint] { constraints { $0.usable != 0 } }

    /// Those on values that another table, read later in this order of joining, would have to give.
    func unusableConstraints() -> [Constraint] { constraints { $0.usable == 0 } }

    private func constraints(_ isWanted: (sqlite3_index_constraint) -> Bool) -> [Constraint] {
        UnsafeBufferPointer(start: info.pointee.aConstraint, count: Int(info.pointee.nConstraint)).enumerated().compactMap { place, raw in
            guard isWanted(raw) else { return nil }
            let comparison = Comparison(raw.op)
            switch comparison {
            case .other: return nil
            case .equal, .isSame, .less, .lessOrEqual, .greater, .greaterOrEqual:
                // Keys are in the order of their bytes and in no other.
                guard let collation = sqlite3_vtab_collation(info, Int32(place)), String(cString: collation).uppercased() == "BINARY"
                else { return nil }
            case .like, .glob, .isNull, .isNotNull: break
            }
            return Constraint(place: place, column: Int(raw.iColumn), comparison: comparison)
        }
    }

    var order: [OrderTerm] {
        UnsafeBufferPointer(start: info.pointee.aOrderBy, count: Int(info.pointee.nOrderBy)).map {
            OrderTerm(column: Int($0.iColumn), descending: $0.desc != 0)
        }
    }

    /// Whether the statement reads a column. The last bit stands for all columns from the 64th on.
    func usesColumn(_ place: Int) -> Bool { info.pointee.colUsed & (1 << UInt64(min(place, 63))) != 0 }

    /// The value that a constraint compares with, where it is written in the statement.
    func withLiteral<R>(_ constraint: Constraint, _ body: (Argument) -> R) -> R? {
        var value: OpaquePointer?
        guard constraint.comparison.hasValue, sqlite3_vtab_rhs_value(info, Int32(constraint.place), &value) == SQLITE_OK, let value
        else { return nil }
        return body(Argument(value))
    }

    // MARK: The answer

    /// Passes the constraints' values to the cursor, in this order. SQLite still checks every row, so that finding a few rows more does no harm.
    func pass(_ constraints: [Constraint]) {
        for (argument, constraint) in constraints.enumerated() where constraint.place < Int(info.pointee.nConstraint) {
            info.pointee.aConstraintUsage[constraint.place].argvIndex = Int32(argument + 1)
            info.pointee.aConstraintUsage[constraint.place].omit = 0
        }
    }

    /// - Parameters:
    ///   - plan: what the cursor's `filter` is called with.
    ///   - text: how EXPLAIN QUERY PLAN shows it.
    ///   - isOrdered: rows come in the order asked for.
    ///   - isUnique: there is at most one row.
    func answer(plan: Int, _ text: String, rows: Double, cost: Double, isOrdered: Bool, isUnique: Bool) {
        info.pointee.idxNum = Int32(plan)
        if let copy = Self.copy(text) {
            info.pointee.idxStr = copy
            info.pointee.needToFreeIdxStr = 1
        }
        info.pointee.estimatedRows = Int64(max(1, min(rows, 1e15)))
        info.pointee.estimatedCost = max(1, cost)
        info.pointee.orderByConsumed = isOrdered ? 1 : 0
        if isUnique { info.pointee.idxFlags |= SQLITE_INDEX_SCAN_UNIQUE }
    }

    /// In memory that SQLite frees.
    private static func copy(_ text: String) -> UnsafeMutablePointer<CChar>? {
        let bytes = Array(text.utf8)
        guard let memory = sqlite3_malloc64(UInt64(bytes.count + 1)) else { return nil }
        memory.copyMemory(from: bytes, byteCount: bytes.count)
        memory.storeBytes(of: 0, toByteOffset: bytes.count, as: UInt8.self)
        return memory.assumingMemoryBound(to: CChar.self)
    }
}

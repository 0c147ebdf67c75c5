import EventLog
import Projection

/// The rows of a query, one at a time, for as long as the closure that it was given to runs.
public final class QueryResult {
    /// The names of the columns. Two may have the same name.
    public let columns: [String]
    /// Every event up to here is in what the query sees, and none after it.
    public let position: Position
    /// Whether rows were left out because of `QueryOptions.maximumRows`.
    public private(set) var isCut = false

    private let statement: Statement
    private let state: QueryState
    private let maximumRows: Int
    private var rowCount = 0
    private var hasRow = false
    private var isClosed = false

    init(_ statement: Statement, _ state: QueryState, position: Position, maximumRows: Int?) {
        self.statement = statement
        self.state = state
        self.position = position
        self.maximumRows = maximumRows ?? .max
        columns = statement.columnNames
    }

    /// How many rows of tables were looked at so far: what indexes are there to keep small.
    public var rowsVisited: Int { state.rowsVisited }

    /// Moves to the next row; false after the last.
    ///
    /// - Throws: `QueryError` when the query cannot go on or the time limit is reached, and what reading the store throws.
    public func next() throws -> Bool {
        guard !isClosed else { throw QueryError(.failed, "the result of a query cannot be used after its closure has returned") }
        state.clock?.run()
        defer { state.clock?.stand() }
        hasRow = try statement.step()
        if hasRow, rowCount >= maximumRows {
            isCut = true
            hasRow = false
            isClosed = true
        }
        if hasRow { rowCount += 1 }
        return hasRow
    }

    /// The value of a column of the current row; NULL where there is none.
    public func value(_ column: Int) -> SQLValue { hasRow ? statement.value(column) : .null }

    /// The value of a column of the current row, in place, without making a value of it; NULL where there is none.
    ///
    /// ```swift
    /// if case .text(let utf8) = result.view(0) { count += utf8.byteCount }
    /// ```
    @_lifetime(borrow self)
    public func view(_ column: Int) -> ValueView {
        guard hasRow else { return .null }
        let statement = statement
        return _overrideLifetime(statement.view(column), borrowing: self)
    }

    /// Visits the values of the current row, in place and one a column; none where there is no row.
    ///
    /// ```swift
    /// while try result.next() {
    ///     result.forEachValue { column, value in if case .text(let utf8) = value { lengths[column] += utf8.byteCount } }
    /// }
    /// ```
    public func forEachValue<E: Error>(_ body: (_ column: Int, _ value: borrowing ValueView) throws(E) -> Void) throws(E) {
        guard hasRow else { return }
        try statement.forEachValue(columns.count, body)
    }

    /// The values of the current row.
    public var row: [SQLValue] { columns.indices.map { value($0) } }

    /// Gives `body` the bytes of a text or blob in place, without making a value of them; nil for other values.
    ///
    /// ```swift
    /// result.withBytes(0) { output.append(contentsOf: $0) }
    /// ```
    public func withBytes<R>(_ column: Int, _ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R? {
        hasRow ? try statement.withBytes(column, body) : nil
    }

    func close() {
        isClosed = true
        hasRow = false
        statement.end()
    }
}

import EventLog
import Projection

/// Limits of a query, and its named parameters.
public struct QueryOptions: Sendable {
    /// The query is stopped when it takes longer, not counting what is done with its rows. Nil: no limit.
    public var timeLimit: Duration?
    /// Called on another thread when a query does not stop though its time is up: SQLite cannot interrupt a function such as `instr` on
    /// two long texts, so all that is left is to end the process.
    public var overrun: (@Sendable () -> Void)?
    /// No more rows are given out; `QueryResult.isCut` tells whether there were more. Nil: no limit.
    public var maximumRows: Int?
    /// Values of `:name`, `@name` and `$name`, by the name without its sign.
    public var named: [String: SQLValue]
    /// The moment that the query is about: tables and events are seen as they were then. Nil: now.
    public var asOf: AsOf?

    public init(timeLimit: Duration? = nil, maximumRows: Int? = nil, named: [String: SQLValue] = [:], asOf: AsOf? = nil) {
        self.timeLimit = timeLimit
        self.maximumRows = maximumRows
        self.named = named
        self.asOf = asOf
    }
}

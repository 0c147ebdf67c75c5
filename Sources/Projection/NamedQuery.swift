/// A question with a name: `spool query --name job job_123`.
public struct NamedQuery: Sendable, Hashable {
    public let name: String
    /// What it answers, in a sentence.
    public let summary: String
    /// What the `?` of the statement stand for, in order.
    public let parameters: [String]
    /// A SELECT statement.
    public let sql: String

    public init(_ name: String, _ parameters: String..., summary: String, sql: String) {
        self.name = name
        self.parameters = parameters
        self.summary = summary
        self.sql = sql
    }
}

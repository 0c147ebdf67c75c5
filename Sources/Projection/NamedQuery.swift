/// A question with a name: `spool query --name job job_123`.
public struct NamedQuery: Sendable, Hashable {
    /// What a `?` of the statement stands for.
    public struct Parameter: Sendable, Hashable, ExpressibleByStringLiteral {
        public enum Kind: Sendable, Hashable {
            case text
            /// How many rows, at most.
            case count
            /// A time or a day, as the columns have them.
            case time
        }

        public let name: String
        public let kind: Kind

        private init(_ name: String, _ kind: Kind) {
            self.name = name
            self.kind = kind
        }

        public init(stringLiteral name: String) { self.init(name, .text) }

        public static func count(_ name: String) -> Self { Self(name, .count) }
        public static func time(_ name: String) -> Self { Self(name, .time) }
    }

    public let name: String
    /// What it answers, in a sentence.
    public let summary: String
    /// What the `?` of the statement stand for, in order.
    public let parameters: [Parameter]
    /// A SELECT statement.
    public let sql: String

    public init(_ name: String, _ parameters: Parameter..., summary: String, sql: String) {
        self.name = name
        self.parameters = parameters
        self.summary = summary
        self.sql = sql
    }
}

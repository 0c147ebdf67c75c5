import EventLog

/// A fact that breaks a rule: which rule, which row, which field.
public struct RuleViolation: Refusal, Hashable, CustomStringConvertible {
    public enum Rule: Sendable, Hashable {
        case check, unique, foreignKey, restrict, notFound, conflict
        case custom(String)

        public var name: String {
            switch self {
            case .check: "CHECK"
            case .unique: "UNIQUE"
            case .foreignKey: "FOREIGN KEY"
            case .restrict: "RESTRICT"
            case .notFound: "NOT FOUND"
            case .conflict: "CONFLICT"
            case .custom(let name): name
            }
        }
    }

    public let rule: Rule
    public let table: String
    /// The primary key of the row, or what of it is known.
    public let row: String
    public let field: String
    public let message: String

    public init(_ rule: Rule, table: String, row: String, field: String, _ message: String) {
        self.rule = rule
        self.table = table
        self.row = row
        self.field = field
        self.message = message
    }

    public var description: String { "\(rule.name) rule of \(table).\(field), row \(row): \(message)" }
}

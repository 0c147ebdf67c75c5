import EventLog

/// A projection that cannot go on, through no fault of a fact's.
public enum ProjectionError: CallerError, Sendable, Hashable, CustomStringConvertible {
    /// The stored bytes do not fit the table's columns.
    case damagedRow(table: String)
    /// A projector uses a table that it does not list.
    case unknownTable(String)
    /// A projector looks rows up by columns that no index begins with.
    case noIndex(table: String, columns: [String])
    case unknownProjection(String, known: [String])
    case wrongKey(table: String, expected: [String], found: [String])
    /// There is nothing to roll back to.
    case noFormer(String)
    /// The projections could not be brought to one position.
    case notSettled

    public var isWrongUse: Bool {
        switch self {
        case .unknownTable, .unknownProjection, .wrongKey, .noFormer: true
        default: false
        }
    }

    public var description: String {
        switch self {
        case .damagedRow(let table):
            "view \(table) has a row that does not fit its columns. Run `spool rebuild`; views are made again from the log."
        case .unknownTable(let table): "there is no table '\(table)'. `spool views` lists them."
        case .noIndex(let table, let columns): "no index of \(table) begins with \(columns.joined(separator: ", "))"
        case .wrongKey(let table, let expected, let found):
            "the primary key of \(table) is \(expected.joined(separator: ", ")); found \(found.map { "'\($0)'" }.joined(separator: ", "))"
        case .noFormer(let name):
            "\(name) has no former tables to go back to: none were kept since it was built, or they were pruned. `spool rebuild \(name)` "
                + "builds it from the log."
        case .notSettled: "the projections could not be brought to one position. Run `spool status`."
        case .unknownProjection(let name, let known): "there is no projection '\(name)'. There are \(known.joined(separator: ", "))."
        }
    }
}

import EventLog

/// Why an export was not made. Nothing of it is left.
public enum ExportError: CallerError, Sendable, Hashable, CustomStringConvertible {
    case unknownTable(String, nearest: String?)
    /// A view has no rows of its own.
    case isView(String)
    /// The log goes by itself.
    case eventsAmongTables
    /// A format that has one table, or a folder with a file for each.
    case notAFile(path: String)
    case targetNotEmpty(path: String)
    /// An event that its JSON form cannot say.
    case notExpressible(Position, reason: String)
    case notMade(path: String, reason: String)

    public var isWrongUse: Bool {
        switch self {
        case .notExpressible, .notMade: false
        default: true
        }
    }

    public var description: String {
        switch self {
        case .unknownTable(let name, let nearest):
            "there is no table '\(name)'.\(nearest.map { " Did you mean \($0)?" } ?? "") `spool views` lists them; `events` is the log."
        case .isView(let name):
            "'\(name)' is a view, and tables are exported: `spool query 'SELECT * FROM \(name)' --format csv` or ndjson writes its rows; "
                + "the sqlite format has the views, too."
        case .eventsAmongTables: "the log is exported by itself: `spool export events FILE`."
        case .notAFile(let path): "\(path) is there already, and is no file that could be replaced: name another."
        case .targetNotEmpty(let path):
            "\(path) is there already: several tables in this format go into a new or empty folder, with a file for each."
        case .notExpressible(let position, let reason):
            "the event at position \(position) cannot be taken back from JSON as it is: \(reason). Use `spool backup`, which keeps its bytes."
        case .notMade(let path, let reason): "\(path) was not made, and nothing of it is left: \(reason)"
        }
    }
}

import JSON

/// Why an export was not made. Nothing of it is left.
public enum ExportError: Error, Sendable, Hashable, CustomStringConvertible {
    case unknownTable(String, nearest: String?)
    /// The log goes by itself.
    case eventsAmongTables
    /// A format that has one table, or a folder with a file for each.
    case notAFile(path: String)
    case targetNotEmpty(path: String)
    /// Among the store's own files.
    case insideStore(path: String)
    /// An event that its JSON form cannot say.
    case notExpressible(Position, reason: String)
    case notMade(path: String, reason: String)

    /// Refuses a target, as `StagingFolder.resolved` gives it, that would take the place of something in the store.
    static func checkOutside(_ store: Store, _ target: String, path: String) throws {
        let folder = try StagingFolder.resolved(store.path)
        if target == folder || target.hasPrefix(folder + "/") { throw ExportError.insideStore(path: path) }
    }

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
        case .eventsAmongTables: "the log is exported by itself: `spool export events FILE`."
        case .notAFile(let path): "\(path) is a folder; name a file."
        case .insideStore(let path): "\(path) is among the store's own files; name a place outside it."
        case .targetNotEmpty(let path):
            "\(path) is there already: several tables in this format go into a new or empty folder, with a file for each."
        case .notExpressible(let position, let reason):
            "the event at position \(position) cannot be taken back from JSON as it is: \(reason). Use `spool backup`, which keeps its bytes."
        case .notMade(let path, let reason): "\(path) was not made, and nothing of it is left: \(reason)"
        }
    }
}

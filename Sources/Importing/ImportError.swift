import EventLog

/// An old database that cannot be read.
public enum ImportError: Refusal, CallerError, Hashable, CustomStringConvertible {
    case missing(path: String)
    case notADatabase(path: String)
    case noTables(path: String, system: String, expected: [String], found: [String])
    case sameTable(String, paths: [String])
    case locked(path: String)
    case failed(path: String, table: String?, reason: String)
    case connection(String)

    public var isWrongUse: Bool {
        if case .missing = self { true } else { false }
    }

    public var description: String {
        switch self {
        case .missing(let path):
            "there is no \(path). Expected an SQLite file, a folder with the tables' CSV exports or a PostgreSQL connection string."
        case .notADatabase(let path): "\(path) is not an SQLite database, nor a folder with CSV exports."
        case .noTables(let path, let system, let expected, let found):
            "\(path) has no table of \(system). Expected some of \(expected.joined(separator: ", ")); found "
                + (found.isEmpty ? "no tables." : "\(found.sorted().prefix(12).joined(separator: ", ")).")
        case .sameTable(let table, let paths): "table \(table) is in \(paths.joined(separator: " and in ")): give one of them."
        case .locked(let path): "\(path) is locked by a program that writes to it. Wait until it is done, and try again."
        case .failed(let path, let table, let reason): "\(path)\(table.map { ", table \($0)" } ?? ""): \(reason)"
        case .connection(let reason): "cannot read from PostgreSQL: \(reason)"
        }
    }
}

/// Why one row is not taken.
struct BadRow: Error, CustomStringConvertible {
    let reason: String
    var description: String { reason }
}

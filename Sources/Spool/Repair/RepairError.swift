import EventLog

/// Why a store cannot be repaired.
public enum RepairError: CallerError, Sendable, Hashable, CustomStringConvertible {
    case noLog(path: String)
    case targetNotEmpty(path: String)
    case notMade(path: String, reason: String)

    public var isWrongUse: Bool { if case .targetNotEmpty = self { true } else { false } }

    public var description: String {
        switch self {
        case .noLog(let path): "there is no log in \(path): expected \(path)/log/data.mdb. Restore the store from a backup."
        case .targetNotEmpty(let path): "\(path) is there already: choose a new or empty folder for the repaired store."
        case .notMade(let path, let reason): "the repaired store was not made in \(path): \(reason)"
        }
    }
}

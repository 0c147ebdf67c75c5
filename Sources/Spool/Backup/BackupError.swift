import EventLog

/// Why a backup could not be made, checked or restored.
public enum BackupError: CallerError, Sendable, Hashable, CustomStringConvertible {
    /// The folder is no backup; `newest` is one within it.
    case notABackup(path: String, newest: String?)
    case unknownFormat(path: String, found: Int)
    /// What is wrong, and where.
    case damaged(BackupProblem)
    case targetNotEmpty(path: String)
    case otherStore(path: String, expected: String, found: String)
    case otherHistory(path: String, position: Position)
    /// `other` is a backup in its place that is not it.
    case missingParent(path: String, name: String, other: String?)
    case beyondEnd(asked: String, path: String, last: Position)
    /// The store's own record or blob cannot be read.
    case damagedStore(reason: String)
    /// It was not made, and nothing of it was left behind.
    case notMade(what: String, path: String, reason: String)

    public var isWrongUse: Bool {
        switch self {
        case .notABackup, .targetNotEmpty, .beyondEnd: true
        default: false
        }
    }

    public var description: String {
        switch self {
        case .notABackup(let path, let newest):
            "\(path) is not a backup: it has no backup.json."
                + (newest.map { " It holds backups: the newest is \($0)." } ?? " Name a folder that `spool backup` made.")
        case .unknownFormat(let path, let found):
            "the backup \(path) has format \(found); this version of spool reads format \(BackupInfo.currentFormat). Update spool."
        case .damaged(let problem): "\(problem). Nothing was restored from it; take another backup."
        case .targetNotEmpty(let path): "\(path) is there already and not empty: choose a new or empty folder."
        case .otherStore(let path, let expected, let found):
            "the backup \(path) is of store \(found), expected one of store \(expected)."
        case .otherHistory(let path, let position):
            "the backup \(path) ends with another event at position \(position) than this store has there: the store was restored or replaced "
                + "since. Make a full backup."
        case .missingParent(let path, let name, let other):
            "the backup \(path) is incremental, and the earlier one that it goes on from, \(name), was not found"
                + (other.map { ": \($0) is another one, or was changed since. " } ?? ". ")
                + "Put it back beside it, or say where it is with --base."
        case .beyondEnd(let asked, let path, let last):
            "the backup \(path) ends at position \(last), before \(asked). Restore all of it, or from a later backup."
        case .damagedStore(let reason):
            "\(reason). No backup was made. Run `spool verify` and `spool blob check`; earlier backups are as they were."
        case .notMade(let what, let path, let reason): "\(what) \(path) was not made, and nothing of it is left: \(reason)"
        }
    }
}

/// Something wrong with a backup: in which file, where, what.
public struct BackupProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// The backup's folder.
    public let backup: String
    /// The file within it; nil where it is about the whole.
    public let file: String?
    /// Bytes from the file's beginning, where that is known.
    public let offset: Int?
    /// What was expected and what was found.
    public let reason: String

    init(_ backup: String, _ file: String? = nil, offset: Int? = nil, _ reason: String) {
        self.backup = backup
        self.file = file
        self.offset = offset
        self.reason = reason
    }

    public var description: String {
        let place = file.map { "\(backup)/\($0)" } ?? backup
        return "\(place)\(offset.map { ", byte \($0)" } ?? ""): \(reason)"
    }
}

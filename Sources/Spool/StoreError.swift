/// A store that cannot be opened or made.
public enum StoreError: Error, Sendable, Hashable, CustomStringConvertible {
    case missing(path: String)
    case notEmpty(path: String)
    case unknownFormat(path: String, found: Int)
    case isBackup(path: String)
    case broken(path: String, reason: String)
    case noLog(path: String)

    public var description: String {
        switch self {
        case .missing(let path): "there is no store in \(path). Make one with `spool init --store \(path)`."
        case .notEmpty(let path): "\(path) holds other files and no store.json: choose a new or empty folder."
        case .unknownFormat(let path, let found):
            "the store in \(path) has format \(found); this version of spool reads format \(StoreInfo.currentFormat). "
                + (found > StoreInfo.currentFormat ? "Update spool." : "No version of spool has written that: check \(path)/store.json.")
        case .isBackup(let path):
            "\(path) is a backup, not a store. Check it with `spool verify \(path)`; make a store of it with `spool restore \(path) --to FOLDER`."
        case .broken(let path, let reason):
            "\(path)/store.json cannot be read: \(reason). The log beside it is not affected: take the file from a "
                + "backup, or make a store with the default settings by `spool repair --to FOLDER`."
        case .noLog(let path):
            "\(path)/log/data.mdb is missing or empty, and there are views made from a log. Restore the store from a backup; if an empty log is "
                + "meant, remove \(path)/views too."
        }
    }
}

/// A store that cannot be opened or made.
public enum StoreError: Error, Sendable, Hashable, CustomStringConvertible {
    case missing(path: String)
    case notEmpty(path: String)
    case unknownFormat(path: String, found: Int)
    case isBackup(path: String)
    case broken(path: String, reason: String)

    public var description: String {
        switch self {
        case .missing(let path): "there is no store in \(path). Make one with `spool init --store \(path)`."
        case .notEmpty(let path): "\(path) holds other files and no store.json: choose a new or empty folder."
        case .unknownFormat(let path, let found):
            "the store in \(path) has format \(found); this version of spool reads format \(StoreInfo.currentFormat). Update spool."
        case .isBackup(let path):
            "\(path) is a backup, not a store. Check it with `spool verify \(path)`; make a store of it with `spool restore \(path) --to FOLDER`."
        case .broken(let path, let reason):
            "\(path)/store.json cannot be read: \(reason). Restore the file from a backup; the log beside it is not affected."
        }
    }
}

import EventLog

/// A store that cannot be opened or made.
public enum StoreError: CallerError, Sendable, Hashable, CustomStringConvertible {
    case missing(path: String)
    /// A log without the settings beside it.
    case noSettings(path: String)
    case notAFolder(path: String)
    case notEmpty(path: String)
    case unknownFormat(path: String, found: Int)
    case isBackup(path: String)
    case broken(path: String, reason: String)
    /// A target among a store's own files.
    case insideStore(path: String, store: String)
    /// Another process has the store open; 0 stands for one whose number cannot be told.
    case inUse(path: String, process: Int32)
    case noLog(path: String)

    /// Refuses a target that would lie in a store, or take the place of something in it, whether it is there yet or not.
    public static func checkOutside(_ path: String) throws(StoreError) {
        var place = Backup.withoutTrailingSlash(path)
        while StagingFolder.real(place) == nil, Folder.parent(of: place) != place { place = Folder.parent(of: place) }
        guard var folder = StagingFolder.real(place) else { return }
        // A store itself is refused for not being empty.
        if isStore(folder), StagingFolder.real(path) == folder { folder = Folder.parent(of: folder) }
        while folder != "/" {
            if isStore(folder), !Backup.exists(at: folder) { throw .insideStore(path: path, store: folder) }
            folder = Folder.parent(of: folder)
        }
    }

    /// One whose settings are lost still has its log.
    private static func isStore(_ folder: String) -> Bool { Store.exists(at: folder) || File.exists("\(folder)/log/data.mdb") }

    public var isWrongUse: Bool {
        if case .insideStore = self { true } else { false }
    }

    public var description: String {
        switch self {
        case .missing(let path): "there is no store in \(path). Make one with `spool init --store \(path)`."
        case .noSettings(let path):
            "\(path) has a log and no store.json. Take the file from a backup, or make a store with the default settings by "
                + "`spool repair --store \(path) --to FOLDER`."
        case .notAFolder(let path): "\(path) is a file, and a store is a folder: name another with --store or SPOOL_STORE."
        case .notEmpty(let path): "\(path) holds other files and no store.json: choose a new or empty folder."
        case .unknownFormat(let path, let found):
            "the store in \(path) has format \(found); this version of spool reads format \(StoreInfo.currentFormat). "
                + (found > StoreInfo.currentFormat ? "Update spool." : "No version of spool has written that: check \(path)/store.json.")
        case .isBackup(let path):
            "\(path) is a backup, not a store. Check it with `spool verify \(path)`; make a store of it with `spool restore \(path) --to FOLDER`."
        case .insideStore(let path, let store): "\(path) is among the store's own files, in \(store); name a place outside it."
        case .inUse(let path, let process):
            "\(process == 0 ? "another process" : "process \(process)") has the store in \(path) open. End it first; nothing was changed."
        case .broken(let path, let reason):
            "\(path)/store.json cannot be read: \(reason). The log beside it is not affected: take the file from a "
                + "backup, or make a store with the default settings by `spool repair --to FOLDER`."
        case .noLog(let path):
            "\(path)/log/data.mdb is missing or empty, and there are views made from a log. Restore the store from a backup; if an empty log is "
                + "meant, remove \(path)/views too."
        }
    }
}

import EventLog
import Glibc
import Spool

/// A store to try things in: a copy of another one's log and settings, without its blobs, removed afterwards.
enum ScratchStore {
    static func with<R>(copyOf store: Store, _ body: (Store) throws -> R) throws -> R {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        let path = "\(parent)/spool-dry-run-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        try Folder.make("\(path)/log")
        defer { try? Folder.remove(path) }
        try File.copy("\(store.path)/store.json", to: "\(path)/store.json")
        // Nobody commits while the log's lock is held, so that the copy is whole.
        try store.log.storage.write { log in
            if try log.head() > 0 { try File.copy("\(store.path)/log/data.mdb", to: "\(path)/log/data.mdb") }
        }
        return try body(Store(at: path))
    }
}

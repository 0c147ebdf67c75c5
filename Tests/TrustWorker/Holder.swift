import EventLog
import Glibc
import LMDB
import Spool

/// A process that has something and is stopped while it has it.
enum Holder {
    /// Begins a transaction on a part of a store, says so, and stops. Woken, it ends the transaction.
    static func hold(_ arguments: inout Arguments) throws {
        let folder = try arguments.next("the environment's folder")
        let what = try arguments.next("write or read")
        let environment = try Environment(at: folder, trees: [], durability: folder.hasSuffix("log") ? .durable : .operatingSystem)
        let transaction = try what == "write" ? environment.beginWrite() : environment.beginRead()
        defer { transaction.end() }
        write(1, "held\n", 5)
        raise(SIGSTOP)
    }

    /// Appends searches to the log alone: what a writer leaves that was stopped before it came to the index and the views.
    static func runAhead(_ arguments: inout Arguments) throws {
        let store = try arguments.next("the store")
        let elsewhere = try arguments.next("a folder for its own index")
        let count: Int = try arguments.number("events")
        let storage = try LMDBStorage(at: "\(store)/log")
        let log = EventLog(storage, index: EventIndex(at: "\(elsewhere)/index", of: storage))
        try log.append(
            (0..<count).map { number in
                CloudEvent(
                    id: "ahead.\(number)", source: "trust", type: "search.performed", subject: "search:a\(number)",
                    data: Array(#"{"query":"ahead \#(number)","source":"s"}"#.utf8))
            })
    }
}

import ArgumentParser
import Glibc
import Spool

/// Where the store is.
struct StoreOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("The store's folder (default: $SPOOL_STORE, else ./spool).", valueName: "folder"))
    var store: String?

    @Option(name: .long, help: "How long to wait for another process that is writing, in seconds.")
    var wait = 60.0

    func validate() throws {
        guard (0...1e9).contains(wait) else { throw ValidationError("--wait takes a number of seconds from 0.") }
        Waiting.seconds = wait
    }

    var path: String { get throws { try Self.path(store) } }

    /// Where the store is when the command line says `--store` or nothing.
    static func path(_ store: String?) throws -> String {
        let path = store ?? getenv("SPOOL_STORE").map { String(cString: $0) } ?? "./spool"
        guard !path.isEmpty else {
            let name = store == nil ? "SPOOL_STORE" : "--store"
            throw WrongUse("\(name) is empty: expected the store's folder. Without it ./spool is meant.")
        }
        return path
    }

    func open() throws -> Store { try Store(at: path) }
}

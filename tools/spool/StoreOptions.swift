import ArgumentParser
import Glibc
import Spool

/// Where the store is.
struct StoreOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("The store's folder (default: $SPOOL_STORE, else ./spool).", valueName: "folder"))
    var store: String?

    var path: String { store ?? getenv("SPOOL_STORE").map { String(cString: $0) } ?? "./spool" }

    func open() throws -> Store { try Store(at: path) }
}

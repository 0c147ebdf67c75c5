import TestSupport

extension Command {
    /// The worker built beside these tests.
    static var worker: Command {
        let spool = Command.spool(store: "").path
        return Command(spool.dropLast("spool".count) + "TrustWorker")
    }
}

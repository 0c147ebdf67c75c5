import EventLog

/// How long a verb waits for other writers, and what it says meanwhile.
enum Waiting {
    /// From the command line, which is parsed before anything runs.
    nonisolated(unsafe) static var seconds = 60.0

    static var policy: LockWait {
        LockWait(limit: .seconds(seconds)) { Failure.complain("waiting for the write lock: held by \($0)") }
    }
}

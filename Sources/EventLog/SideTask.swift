import Dispatch

/// Work that two cores share.
enum SideTask {
    /// Runs `body` here while a participant writes its changes on another thread; returns when both are done.
    ///
    /// That the participant could not write is no failure: it will catch up from the log.
    static func run<R>(alongside participant: (any AppendParticipant)?, _ body: () throws -> R) throws -> R {
        guard let participant else { return try body() }
        // Nobody here touches the participant until the other thread is done with it.
        nonisolated(unsafe) let task = participant
        let group = DispatchGroup()
        DispatchQueue.global(qos: .userInitiated).async(group: group) { try? task.flush() }
        defer { group.wait() }
        return try body()
    }
}

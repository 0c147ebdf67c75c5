extension EventLog {
    /// Opens a snapshot with a current index; the caller ends it.
    public func beginRead() throws -> LogSnapshot {
        let log = try storage.beginRead()
        do {
            // It is the log that limits what is shown: the index may have moved on.
            let head = try log.head()
            while true {
                let reader = try index.beginRead()
                if try reader.checkpoint().position >= head { return LogSnapshot(log, reader, head: head) }
                reader.end()
                guard try index.tryToCatchUp(with: log) else { return LogSnapshot(log, try index.beginReadBeside(log), head: head) }
            }
        } catch {
            log.end()
            throw error
        }
    }

    /// Runs `body` on a snapshot.
    public func read<R>(_ body: (LogSnapshot) throws -> R) throws -> R {
        let snapshot = try beginRead()
        defer { snapshot.end() }
        return try body(snapshot)
    }

    /// Visits the events that match, until `body` returns false.
    ///
    /// ```swift
    /// try log.forEach(EventFilter(tags: ["image:42"])) { event in print(event.position, event.type); return true }
    /// ```
    public func forEach(_ filter: EventFilter, _ body: (borrowing RecordView) throws -> Bool) throws {
        try read { try $0.forEach(filter, body) }
    }
}

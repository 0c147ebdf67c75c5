import EventLog

extension Engine {
    /// Opens a snapshot of the named projections as they were at an earlier moment; the caller ends it.
    ///
    /// Their tables are folded from the nearest checkpoint, which is then kept for the next question; live tables are not touched.
    ///
    /// ```swift
    /// let snapshot = try engine.snapshot(of: ["trends"], asOf: .position(1200))
    /// defer { snapshot.end() }
    /// ```
    ///
    /// - Throws: `AsOf.NotYet` for a position that the log has not come to.
    public func snapshot(of names: Set<String>, asOf moment: AsOf) throws -> StoreSnapshot {
        let wanted = try names.sorted().map { try projection($0) }
        let log = try self.log.beginRead()
        var readers: [ProjectionReader] = []
        do {
            let position = try moment.position(in: log.log)
            if wanted.count > 1 {
                // Side by side; what is built is kept, and found below.
                try sideBySide(wanted) { projection in
                    let log = try self.log.beginRead()
                    defer { log.end() }
                    try PastCheckpoints(projection).beginRead(at: position, in: log).end()
                }
            }
            for projection in wanted {
                readers.append(try PastCheckpoints(projection).beginRead(at: position, in: log))
            }
            return StoreSnapshot(LogSnapshot(log.log, log.index, head: position), readers)
        } catch {
            for reader in readers { reader.end() }
            log.end()
            throw error
        }
    }
}

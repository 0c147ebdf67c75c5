extension EventLog {
    /// Stores requests under one durable commit, each whole or not at all.
    ///
    /// A refused request leaves no trace and does not touch the others. An event whose (source, id) is in the log gets its first receipt.
    ///
    /// - Parameters:
    ///   - requests: at least one event each.
    ///   - participant: interprets the events first and may refuse them.
    ///   - stopsAtRefusal: requests after a refused one are not tried; the ones before it are stored.
    /// - Returns: for each request tried its receipts, or why it was refused.
    /// - Throws: when the store itself fails; nothing was stored then, unless the error says that it is undecided (`LMDBError.isUndecided`).
    public func append(
        _ requests: [AppendRequest], joining participant: (any AppendParticipant)? = nil, stopsAtRefusal: Bool = false
    ) throws -> [AppendResult] {
        try storage.write { log in
            try withStage(on: log, joining: participant) { session, stage in
                var results: [AppendResult] = []
                for request in requests {
                    results.append(stage.add(request))
                    if stopsAtRefusal, case .failure? = results.last { break }
                }
                if let failure = stage.storeFailure { throw failure }
                guard let checkpoint = try log.append(stage.take()) else { return results }
                try session.commit(checkpoint) { try log.commit() }
                // The events are on disk: from here on nothing may fail the append. What is behind catches up from the log.
                participant?.commit(checkpoint, isBurst: session.isBurst)
                return results
            }
        }
    }

    /// Gives `body` what an append is staged in; what was staged and not stored is taken back at the end.
    func withStage<R>(
        on log: any LogReader, joining participant: (any AppendParticipant)?,
        _ body: (IndexSession, inout AppendStage) throws -> R
    ) throws -> R {
        let session = try IndexSession(self, log)
        defer {
            session.end()
            participant?.end()
        }
        try participant?.begin(log)
        var stage = try AppendStage(log: log, index: session.changes, participant: participant, now: clock())
        return try body(session, &stage)
    }

    /// Stores events together; one of them refused refuses all.
    @discardableResult
    public func append(_ events: [CloudEvent], expected: ExpectedVersion = .any) throws -> [Receipt] {
        try append([AppendRequest(events, expected: expected)])[0].get()
    }
}

/// Takes part in appends: interprets the events before they are stored, and may refuse them.
///
/// The log calls `begin` once under its write lock, then for each request `apply` per event and either `keep` or `undo`; last `commit` (after the
/// log is on disk), and `end` in any case.
public protocol AppendParticipant: AnyObject {
    /// Gets ready for events that come after this log's head.
    ///
    /// - Parameter log: can be read until `end`.
    func begin(_ log: any LogReader) throws
    /// Works out what the event changes; adds its tags, subject and rows. A `Refusal` refuses the request, any other error ends the append.
    func apply(_ event: StagedEvent) throws
    /// The request's events will be stored.
    func keep()
    /// Takes back what the request's events changed.
    func undo() throws
    /// The log has the events up to this checkpoint on disk.
    ///
    /// - Parameter isBurst: the next append is near; what this one changed may stay in memory till then.
    func commit(_ checkpoint: Checkpoint, isBurst: Bool)
    /// Lets go of locks; what was not committed is gone.
    func end()
}

/// An event's data, decoded ahead of its turn: by another thread, while the events before it are being stored.
public protocol PreparedData: AnyObject, Sendable {}

/// Where a run of appends has its requests from, and who is given their results.
///
/// Requests are staged while the commit before waits for the disk: see `EventLog.append(from:joining:stopsAtRefusal:)`.
public protocol AppendSource: AnyObject {
    /// What the run does next; asked again and again, on one thread.
    ///
    /// - Parameter staged: how many requests were staged since the last `.commit`.
    func next(staged: Int) -> AppendStep
    /// The results of the next requests that were staged, in order: what was accepted is on disk. Called on any thread, one call at a time.
    func finish(_ results: [AppendResult])
}

/// The receipts of a request's events, or why it was refused.
public typealias AppendResult = Result<[Receipt], any Error>

/// What a run of appends does next.
public enum AppendStep: Sendable {
    case stage(ArraySlice<AppendRequest>)
    /// Put what is staged on disk, once what was staged before is there.
    case commit
    /// Commit and be done.
    case end
}

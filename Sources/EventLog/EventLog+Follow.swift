extension EventLog {
    /// Visits events from a position on, and then each new one as it is stored by any process, until the task is cancelled
    /// or the filter's last position was visited.
    ///
    /// Nothing is held open while it waits. New events are noticed within `interval`.
    ///
    /// - Parameters:
    ///   - filter: which; its positions are where to begin and end, its order and limit do not count.
    ///   - interval: how often to look.
    ///   - body: gets each event; false ends the following.
    public func follow(
        _ filter: EventFilter, interval: Duration = .milliseconds(50), _ body: (borrowing RecordView) throws -> Bool
    ) async throws {
        var follower = EventFollower(self, filter)
        while !Task.isCancelled, try follower.look(body) {
            do { try await Task.sleep(for: interval) } catch { return }
        }
    }
}

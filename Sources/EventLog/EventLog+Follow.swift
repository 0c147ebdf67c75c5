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
        var filter = filter
        filter.backward = false
        filter.limit = .max
        var next = max(1, filter.positions.lowerBound)
        let last = filter.positions.upperBound
        while !Task.isCancelled, next <= last {
            let head = min(try storage.read { try $0.head() }, last)
            if next <= head {
                filter.positions = next...head
                var goOn = true
                try forEach(filter) { record in
                    goOn = try body(record)
                    return goOn
                }
                guard goOn else { return }
                next = head + 1
            }
            guard next <= last else { return }
            do { try await Task.sleep(for: interval) } catch { return }
        }
    }
}

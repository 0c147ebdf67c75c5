extension EventLog {
    /// Visits events from a position on, and then each new one as it is stored by any process, until the task is cancelled.
    ///
    /// Nothing is held open while it waits. New events are noticed within `interval`.
    ///
    /// - Parameters:
    ///   - filter: which; its lower position is where to begin, its order and limit do not count.
    ///   - interval: how often to look.
    ///   - body: gets each event; false ends the following.
    public func follow(
        _ filter: EventFilter, interval: Duration = .milliseconds(50), _ body: (borrowing RecordView) throws -> Bool
    ) async throws {
        var filter = filter
        filter.backward = false
        filter.limit = .max
        var next = max(1, filter.positions.lowerBound)
        while !Task.isCancelled {
            let head = try storage.read { try $0.head() }
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
            guard next <= filter.positions.upperBound || filter.positions.upperBound == head else { return }
            do { try await Task.sleep(for: interval) } catch { return }
        }
    }
}

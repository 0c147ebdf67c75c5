/// Visits events as they are stored, by any process, a look at a time.
///
/// ```swift
/// var follower = EventFollower(log, EventFilter(types: ["job.stage_advanced"]))
/// while try follower.look({ print($0.id); return true }) { usleep(20_000) }
/// ```
public struct EventFollower {
    private let log: EventLog
    private var filter: EventFilter
    private var next: Position
    private let last: Position

    /// - Parameter filter: which; its positions are where to begin and end, its order and limit do not count.
    public init(_ log: EventLog, _ filter: EventFilter) {
        self.log = log
        self.filter = filter
        self.filter.backward = false
        self.filter.limit = .max
        next = max(1, filter.positions.lowerBound)
        last = filter.positions.upperBound
    }

    /// Visits the events that were stored since the last look; nothing is held open afterwards.
    ///
    /// - Parameter body: gets each event; false ends the following.
    /// - Returns: false when there is nothing left to follow.
    public mutating func look(_ body: (borrowing RecordView) throws -> Bool) throws -> Bool {
        guard next <= last else { return false }
        let head = min(try log.head(), last)
        guard next <= head else { return true }
        filter.positions = next...head
        var goesOn = true
        try log.forEach(filter) { record in
            goesOn = try body(record)
            return goesOn
        }
        next = head + 1
        return goesOn && next <= last
    }
}

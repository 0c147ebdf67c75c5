import Synchronization

/// An append-only log of events, with an index to find them by.
///
/// ```swift
/// let storage = try LMDBStorage(at: "spool/log")
/// let log = EventLog(storage, index: EventIndex(at: "spool/views/index", of: storage))
/// let receipts = try log.append([AppendRequest([event])]).first?.get()
/// ```
public final class EventLog: Sendable {
    public let storage: any LogStorage
    public let index: EventIndex
    let clock: @Sendable () -> Timestamp
    let pace = Mutex(AppendPace())

    /// - Parameter clock: gives recorded times; the log makes sure that they never go backwards.
    public init(_ storage: any LogStorage, index: EventIndex, clock: @escaping @Sendable () -> Timestamp = { .now() }) {
        self.storage = storage
        self.index = index
        self.clock = clock
    }

    /// The last position, 0 when the log is empty.
    public func head() throws -> Position { try storage.read { try $0.head() } }

    /// The first position recorded at or after a time; one past the head when there is none.
    ///
    /// Recorded time never goes backwards, so this is a binary search of the log itself.
    public static func firstPosition(recordedAtOrAfter time: Timestamp, in log: any LogReader) throws -> Position {
        var low: Position = 1
        var high = try log.head() + 1
        while low < high {
            let middle = low + (high - low) / 2
            guard let recorded = try log.event(at: middle, { $0.recordedTime }) else { return low }
            if recorded < time { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

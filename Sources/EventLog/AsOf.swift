/// A moment of the store: what a query asks about, where a copy of the log ends.
///
/// ```swift
/// try store.query("SELECT count(*) FROM trending_topics", asOf: .position(1200)) { … }
/// ```
public enum AsOf: Sendable, Hashable {
    /// After the event at this position; 0: before the first.
    case position(Position)
    /// With everything recorded at or before this time. Recorded time never goes back, so that this is a position too.
    case time(Timestamp)

    /// A position in digits, or a time: ISO 8601, or `YYYY-MM-DD HH:MM:SS` in UTC. A day alone means its first moment.
    ///
    /// - Throws: `Timestamp.ParseError` naming what was found.
    public init(parsing text: String) throws {
        if let position = Position(text) { self = .position(position) } else { self = .time(try Timestamp(parsing: text)) }
    }

    /// The last position of a log that belongs to it.
    ///
    /// - Throws: `NotYet` for a position that the log has not come to.
    public func position(in log: any LogReader) throws -> Position {
        let head = try log.head()
        switch self {
        case .position(let position):
            guard position <= head else { throw NotYet(position: position, head: head) }
            return position
        case .time(let time):
            let next = Timestamp(microseconds: time.microseconds == .max ? .max : time.microseconds + 1)
            return try EventLog.firstPosition(recordedAtOrAfter: next, in: log) - 1
        }
    }

    /// As `position(in:)`, for what would be nothing at a time before the first event. Position 0 asks for just that.
    ///
    /// - Throws: `BeforeFirst` too.
    public func positionOfSome(in log: any LogReader) throws -> Position {
        let position = try position(in: log)
        guard position == 0, case .time(let time) = self else { return position }
        throw BeforeFirst(time: time, first: try log.event(at: 1) { $0.recordedTime })
    }

    /// A time before the first event.
    public struct BeforeFirst: Refusal, Hashable, CustomStringConvertible {
        public let time: Timestamp
        /// When the first event was recorded; nil: there is none yet.
        public let first: Timestamp?

        public init(time: Timestamp, first: Timestamp?) {
            self.time = time
            self.first = first
        }

        public var description: String {
            let begins = first.map { "the log begins with position 1, recorded at \($0)" } ?? "the log is empty"
            return "there is nothing up to \(time): \(begins)"
        }
    }

    /// A position after the last event.
    public struct NotYet: Error, Sendable, Hashable, CustomStringConvertible {
        public let position: Position
        public let head: Position

        public init(position: Position, head: Position) {
            self.position = position
            self.head = head
        }

        public var description: String { "expected a position from 0 to \(head), the last of the log; found \(position)" }
    }
}

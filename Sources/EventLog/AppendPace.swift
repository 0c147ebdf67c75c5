import Dispatch

/// How appends follow one another in this process, and so when what they change in the index and the views is written out.
///
/// A small append that comes alone is written out at once, so that the next process finds everything done. In a burst, and from a large append
/// on, which often is the first of many, the changes gather in memory until there is a pause, as long as nobody else appends: others would have
/// to fold those events from the log themselves.
// To write out the first 1,000 events of a burst by themselves took the time of 1,800 more, in a store of 1,000,000.
struct AppendPace {
    /// Who has appended lately.
    enum Neighbor {
        case none
        /// This process itself.
        case own
        case others
    }

    private var lastAppend: UInt64 = 0
    private var lastPosition: Position?
    private var othersUntil: UInt64 = 0

    /// In nanoseconds: who appends so soon again is in a burst.
    static let pause: UInt64 = 50_000_000
    /// In nanoseconds: for so long others are expected to come again.
    static let memoryOfOthers: UInt64 = 1_000_000_000
    /// In events: what takes longer to write out than to wake a thread.
    static let largeAppend = 64

    /// An append begins, with the log's last position.
    ///
    /// - Parameter now: in nanoseconds since the system began.
    mutating func begin(at head: Position, _ now: UInt64 = DispatchTime.now().uptimeNanoseconds) -> Neighbor {
        if let lastPosition, lastPosition != head { othersUntil = now + Self.memoryOfOthers }
        return now < othersUntil ? .others : now < lastAppend + Self.pause ? .own : .none
    }

    /// The append stores its events, or has stored them, up to this position.
    mutating func end(at head: Position, _ now: UInt64 = DispatchTime.now().uptimeNanoseconds) {
        lastPosition = head
        lastAppend = now
    }
}

import Dispatch

/// How appends follow one another in this process, and so when what they change in the index and the views is written out.
///
/// An append that comes alone is written out at once, a large one by another thread, so that the next process finds everything done. In a
/// burst the changes gather in memory, as long as nobody else appends: others would have to fold those events from the log themselves.
struct AppendPace {
    private var lastAppend: UInt64 = 0
    private var lastPosition: Position?
    private var othersUntil: UInt64 = 0

    /// In nanoseconds: who appends so soon again is in a burst.
    static let pause: UInt64 = 50_000_000
    /// In nanoseconds: for so long others are expected to come again.
    static let memoryOfOthers: UInt64 = 1_000_000_000

    /// An append begins, with the log's last position.
    ///
    /// - Returns: whether it comes right after another of this process, and others are not about.
    mutating func begin(at head: Position) -> Bool {
        let now = DispatchTime.now().uptimeNanoseconds
        if let lastPosition, lastPosition != head { othersUntil = now + Self.memoryOfOthers }
        return now >= othersUntil && now < lastAppend + Self.pause
    }

    /// The append stores its events, or has stored them, up to this position.
    mutating func end(at head: Position) {
        lastPosition = head
        lastAppend = DispatchTime.now().uptimeNanoseconds
    }
}

import EventLog

/// What a replay did, by type.
public struct ReplayReport: Sendable {
    /// What became of the events of one type.
    public struct Count: Sendable, Hashable {
        /// The type they have in the new store, where it is another.
        public var newType: String?
        public var read = 0
        /// Stored in the new store.
        public var stored = 0
        /// There already.
        public var repeated = 0
        /// Not chosen, or left out by the map.
        public var dropped = 0
        public var refused = 0

        public init(newType: String? = nil, read: Int = 0, stored: Int = 0, repeated: Int = 0, dropped: Int = 0, refused: Int = 0) {
            self.newType = newType
            self.read = read
            self.stored = stored
            self.repeated = repeated
            self.dropped = dropped
            self.refused = refused
        }
    }

    /// The first position looked at; after the last when a run before had come to the end.
    public var first: Position = 1
    /// The last position looked at, and where the replay ends.
    public var reached: Position = 0
    public var end: Position = 0
    public var counts: [String: Count] = [:]
    /// Whether it went on where one before had stopped.
    public var isContinued = false
    /// Events whose recorded time could not be kept, because the new store had later ones, or because it was in the future.
    public var retimed = 0
    /// Events that were given the id of the row they made, so that what names the row later still does.
    public var pinned = 0
    public var blobs = 0
    /// Whether a refused event ended it.
    public var isStopped = false

    public var stored: Int { counts.values.reduce(0) { $0 + $1.stored } }
    /// Events that were chosen, whatever became of them.
    public var selected: Int { counts.values.reduce(0) { $0 + $1.read - $1.dropped } }
    public var refused: Int { counts.values.reduce(0) { $0 + $1.refused } }
}

/// An event that the new store did not take.
public struct RefusedEvent: Sendable {
    /// In the log that is copied.
    public let position: Position
    public let type: String
    public let id: String
    public let reason: String
}

/// A copy that makes no sense.
public enum ReplayError: Error, Sendable, Hashable, CustomStringConvertible {
    case sameStore(path: String)

    public var description: String {
        switch self {
        case .sameStore(let path): "\(path) is the store that is to be copied: choose another folder."
        }
    }
}

import EventLog

/// What a repair saved, and what it could not.
public struct RepairReport: Encodable, Sendable {
    /// The damaged store.
    public var store = ""
    /// The new one; nil when it was only looked at.
    public var to: String?
    /// The last position that the log had, as far as what is left of it tells.
    public var head: Position = 0
    public var eventsSaved: UInt64 = 0
    public var bytesSaved: UInt64 = 0
    /// Of the events saved: those that the log could no longer read itself.
    public var eventsRecovered: UInt64 = 0
    public var eventsLost: UInt64 = 0
    /// The first and last position of each range of events that are lost; `spool.lost` stands there now.
    public var lost: [[Position]] = []
    /// Positions of which two whole records were left; the one recorded last was kept.
    public var ambiguous: [Position] = []
    /// Positions of events whose data was given the `id` of the row that they made, since rows before it are lost.
    public var pinned: [Position] = []
    public var blobsSaved = 0
    public var blobsLost: [String] = []
    /// How `store.json` was: kept, or why the new store has the default settings.
    public var settings = ""
    /// What was wrong with the log, at most 100 of them.
    public var problems: [String] = []
    public var problemCount = 0

    public var isWhole: Bool { problemCount == 0 && blobsLost.isEmpty }

    enum CodingKeys: String, CodingKey {
        case store, to, head, lost, ambiguous, pinned, settings, problems
        case eventsSaved = "events_saved"
        case bytesSaved = "bytes_saved"
        case eventsRecovered = "events_recovered"
        case eventsLost = "events_lost"
        case blobsSaved = "blobs_saved"
        case blobsLost = "blobs_lost"
        case problemCount = "problem_count"
    }
}

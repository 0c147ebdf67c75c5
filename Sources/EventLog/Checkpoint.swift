/// How far into the log something derived from it has come: the last position it has seen and that record's checksum.
///
/// The checksum ties it to this log: a view of another log, or of a log that was since replaced, is noticed.
public struct Checkpoint: Sendable, Hashable {
    public let position: Position
    public let checksum: UInt32

    public static let start = Checkpoint(position: 0, checksum: 0)

    public init(position: Position, checksum: UInt32) {
        self.position = position
        self.checksum = checksum
    }

    /// Whether the log holds that record.
    func isIn(_ log: any LogReader) throws -> Bool {
        if position == 0 { return true }
        return try log.event(at: position) { $0.checksum == checksum } ?? false
    }
}

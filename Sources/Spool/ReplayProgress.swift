import EventLog
import JSON

/// How far a replay came, kept in the new store among what is disposable: `views/.replay-SOURCE.json`.
///
/// It only saves time. Without it, or where it does not fit any more, a replay begins at the first event, and what is there is recognised by
/// source and id.
struct ReplayProgress: Codable, Hashable {
    /// The store that was written to.
    var target: String
    /// How events were chosen and changed.
    var settings: String
    /// The last event of the source that was looked at, and the last one of the target then.
    var position: Position
    var checksum: UInt32
    var targetHead: Position
    var targetChecksum: UInt32

    private static func path(_ source: Store, _ target: Store) -> String { "\(target.path)/views/.replay-\(source.info.id).json" }

    /// Where to go on; nil: at the beginning.
    static func read(from source: Store, to target: Store, settings: String) throws -> ReplayProgress? {
        let path = path(source, target)
        guard File.exists(path), let progress = try? JSONDocument(parsing: File.read(path)).decode(ReplayProgress.self),
            progress.target == target.info.id, progress.settings == settings,
            // Either store may have been put back to an earlier state since.
            try checksum(at: progress.position, in: source) == progress.checksum,
            try checksum(at: progress.targetHead, in: target) == progress.targetChecksum
        else { return nil }
        return progress
    }

    func write(from source: Store, to target: Store) throws {
        try Folder.make("\(target.path)/views")
        try File.replace(Self.path(source, target), with: JSONEncoding.encode(self) + [0x0A])
    }

    static func checksum(at position: Position, in store: Store) throws -> UInt32? {
        if position == 0 { return 0 }
        return try store.log.storage.read { try $0.event(at: position) { $0.checksum } }
    }
}

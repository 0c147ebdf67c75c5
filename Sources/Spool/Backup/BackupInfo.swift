import JSON

/// The content of a backup's `backup.json`.
public struct BackupInfo: Codable, Sendable, Hashable {
    /// Version of the layout of backups.
    public static let currentFormat = 1

    /// A record of the log, by its position and its checksum.
    public struct Mark: Codable, Sendable, Hashable {
        public var position: Position
        public var checksum: UInt32

        init(_ checkpoint: Checkpoint) {
            position = checkpoint.position
            checksum = checkpoint.checksum
        }

        var checkpoint: Checkpoint { Checkpoint(position: position, checksum: checksum) }
    }

    /// The backup that an incremental one goes on from.
    public struct Parent: Codable, Sendable, Hashable {
        public var id: String
        /// The SHA-256 of its `SHA256SUMS`, which says what is in it: another backup in its place is noticed.
        public var manifest: BlobHash
        /// Where it was, seen from the folder that this backup is in.
        public var path: String
    }

    /// A view that is included.
    public struct View: Codable, Sendable, Hashable {
        /// Its folder under `views/`.
        public var name: String
        /// How far into the log it has come; never beyond the backup's last record.
        public var position: Position
    }

    public var format: Int
    /// The backup's own UUID.
    public var id: String
    /// The store's.
    public var store: String
    public var madeAt: Timestamp
    /// The record before the first one in it: position 0 for a full backup, the last one of the parent for an incremental one.
    public var after: Mark
    /// The last record.
    public var through: Mark
    public var records: UInt64
    /// Of the records, without their length prefixes.
    public var recordBytes: UInt64
    public var firstRecorded: Timestamp?
    public var lastRecorded: Timestamp?
    public var blobs: Int
    public var blobBytes: UInt64
    public var views: [View]
    public var parent: Parent?

    enum CodingKeys: String, CodingKey {
        case format, id, store
        case madeAt = "made_at"
        case after, through, records
        case recordBytes = "record_bytes"
        case firstRecorded = "first_recorded"
        case lastRecorded = "last_recorded"
        case blobs
        case blobBytes = "blob_bytes"
        case views, parent
    }

    /// Sums of several stay within an `Int`.
    private static let largestNumber: UInt64 = 1 << 60

    /// Whether it holds everything by itself.
    public var isFull: Bool { parent == nil }

    /// What does not fit together; nil when all does.
    var contradiction: String? {
        for (name, number) in [
            ("after.position", after.position), ("through.position", through.position), ("records", records), ("record_bytes", recordBytes),
            ("blob_bytes", blobBytes),
        ] where number > Self.largestNumber {
            return "\(name) is \(number), more than any backup has"
        }
        if after.position + records != through.position {
            return "\(records) records after position \(after.position) cannot end at position \(through.position)"
        }
        if records == 0, through != after { return "no records, and another last one than before" }
        if isFull, after.position != 0 { return "no parent, and a first record at position \(after.position + 1)" }
        if let view = views.first(where: { $0.position > through.position }) {
            return "view \(view.name) is at position \(view.position), beyond the last record \(through.position)"
        }
        return nil
    }
}

import EventLog
import JSON
import Projection

/// A row of `timelines`.
public struct Timeline: Row {
    public var id = 0
    public var name = ""
    public var timelineJSON = JSONText(unchecked: "{}")
    public var themeID = "neon-chalkboard"
    public var createdAt = UnixTime()
    public var updatedAt = UnixTime()
    public var isActive = false
    public var notes: String?

    public init() {}

    public mutating func columns(_ column: inout ColumnCoder) {
        column("id", &id)
        column("name", &name)
        column("timeline_json", &timelineJSON)
        column("theme_id", &themeID)
        column("created_at", &createdAt)
        column("updated_at", &updatedAt)
        column("is_active", &isActive)
        column("notes", &notes)
    }

    public static let table = Table<Timeline>(
        "timelines", key: "id", assigned: true,
        elements: [
            .entity("timeline"),
            .index("idx_timelines_active", "is_active"),
            .index("idx_timelines_updated", "updated_at"),
        ])
}

/// A row of `assets`.
public struct Asset: Row {
    public var id = ""
    public var type = AssetType.photo
    public var path = ""
    public var width: Int?
    public var height: Int?
    public var durationMs: Int?
    public var fileSizeBytes = 0
    public var hash: String?
    public var mimeType: String?
    public var codecInfo: JSONText?
    public var addedAt = UnixTime()
    /// nil while validation is pending, and after it failed.
    public var validatedAt: UnixTime?
    /// nil while nothing is wrong with it.
    public var errorState: AssetError?
    public var metadataJSON: JSONText?

    public init() {}

    public mutating func columns(_ column: inout ColumnCoder) {
        column("id", &id)
        column("type", &type)
        column("path", &path)
        column("width", &width)
        column("height", &height)
        column("duration_ms", &durationMs)
        column("file_size_bytes", &fileSizeBytes)
        column("hash", &hash)
        column("mime_type", &mimeType)
        column("codec_info", &codecInfo)
        column("added_at", &addedAt)
        column("validated_at", &validatedAt)
        column("error_state", &errorState)
        column("metadata_json", &metadataJSON)
    }

    public static let table = Table<Asset>(
        "assets", key: "id",
        elements: [
            .entity("asset"),
            // Serves idx_assets_path too.
            .unique("path"),
            .check("width", "is not negative") { $0.width ?? 0 >= 0 },
            .check("height", "is not negative") { $0.height ?? 0 >= 0 },
            .check("duration_ms", "is not negative") { $0.durationMs ?? 0 >= 0 },
            .check("file_size_bytes", "is not negative") { $0.fileSizeBytes >= 0 },
            // The newest sound assets of a type are its first entries.
            .index("idx_assets_type", "type", "error_state", .descending("added_at")),
            // Videos that fit a screen are a range of it.
            .index("idx_assets_width", "type", "error_state", "width"),
            .index("idx_assets_added", "added_at"),
            .index("idx_assets_validated", "validated_at", "error_state"),
        ])
}

/// A row of `asset_thumbnails`.
public struct Thumbnail: Row {
    public var id = 0
    public var assetID = ""
    public var size = ThumbnailSize.small
    public var width = 0
    public var height = 0
    public var thumbnailBlob = BlobHash()
    public var createdAt = UnixTime()

    public init() {}

    public mutating func columns(_ column: inout ColumnCoder) {
        column("id", &id)
        column("asset_id", &assetID)
        column("size", &size)
        column("width", &width)
        column("height", &height)
        column("thumbnail_blob", &thumbnailBlob)
        column("created_at", &createdAt)
    }

    public static let table = Table<Thumbnail>(
        "asset_thumbnails", key: "id", assigned: true,
        elements: [
            .references("asset_id", "assets", onDelete: .cascade),
            .check("thumbnail_blob", "names a stored blob") { thumbnail, settings in
                settings.blobs?.contains(thumbnail.thumbnailBlob) ?? true
            },
            // Serves idx_thumbnails_asset too: it begins with the asset.
            .unique("asset_id", "size"),
            .check("width", "is not negative") { $0.width >= 0 },
            .check("height", "is not negative") { $0.height >= 0 },
        ])
}

/// A row of `settings`.
public struct Setting: Row {
    public var key = ""
    /// JSON or plain text.
    public var value = ""
    public var updatedAt = UnixTime()

    public init() {}

    init(_ key: String, _ value: String) {
        self.key = key
        self.value = value
    }

    public mutating func columns(_ column: inout ColumnCoder) {
        column("key", &key)
        column("value", &value)
        column("updated_at", &updatedAt)
    }

    /// The value as a number, where it is one as JSON writes it.
    var number: Double? { try? JSONDocument(parsing: Array(value.utf8)).root.double }

    public static let table = Table<Setting>(
        "settings", key: "key",
        elements: [
            .entity("setting"),
            .check("value", "is between 0.0 and 1.0 where the key is master_volume") { setting in
                setting.key != "master_volume" || (setting.number.map { (0...1).contains($0) } ?? false)
            },
            .row(Setting("theme", #"{"id":"neon-chalkboard"}"#)),
            .row(Setting("master_volume", "0.8")),
            .row(Setting("operator_ui_layout", #"{"left_panel_width":250}"#)),
        ])
}

/// The row of `playback_state`: where the player is, so that it goes on from there when it comes back.
public struct PlaybackState: Row {
    public var id = 1
    public var timelineID: Int?
    public var currentIndex = 0
    public var timecodeMs = 0
    public var isPlaying = false
    public var updatedAt = UnixTime()

    public init() {}

    public mutating func columns(_ column: inout ColumnCoder) {
        column("id", &id)
        column("timeline_id", &timelineID)
        column("current_index", &currentIndex)
        column("timecode_ms", &timecodeMs)
        column("is_playing", &isPlaying)
        column("updated_at", &updatedAt)
    }

    public static let table = Table<PlaybackState>(
        "playback_state", key: "id",
        elements: [
            .entity("playback"),
            .references("timeline_id", "timelines", onDelete: .setNull),
            .check("id", "is 1: there is one row") { $0.id == 1 },
            .check("current_index", "is not negative") { $0.currentIndex >= 0 },
            .check("timecode_ms", "is not negative") { $0.timecodeMs >= 0 },
            .row(PlaybackState()),
        ])
}

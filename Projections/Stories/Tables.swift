import EventLog
import JSON
import Projection

/// A row of `sessions`: a game.
public struct Session: Row {
    public var id = ""
    public var scenario = ""
    public var currentSceneID = 0
    public var createdAt = ISOTime()
    public var updatedAt = ISOTime()
    public var partialNarrative = JSONText(unchecked: "{}")

    public init() {}

    public mutating func columns(_ column: inout ColumnCoder) {
        column("id", &id)
        column("scenario", &scenario)
        column("current_scene_id", &currentSceneID)
        column("created_at", &createdAt)
        column("updated_at", &updatedAt)
        column("partial_narrative", &partialNarrative)
    }

    public static let table = Table<Session>(
        "sessions", key: "id",
        elements: [
            .entity("session"),
            .check("id", "is not empty") { !$0.id.isEmpty },
            .index("idx_sessions_created_at", "created_at"),
            .index("idx_sessions_updated_at", "updated_at"),
        ])
}

/// A row of `narrative_data`, `scene_prompts` or `media_urls`: what a session has one of.
public struct SessionContent: Row {
    public var id = 0
    public var sessionID = ""
    public var content = JSONText(unchecked: "null")
    public var createdAt = ISOTime()

    public init() {}

    public mutating func columns(_ column: inout ColumnCoder) {
        column("id", &id)
        column("session_id", &sessionID)
        column("data", &content)
        column("created_at", &createdAt)
    }

    public static let narratives = table("narrative_data")
    public static let prompts = table("scene_prompts")
    public static let mediaURLs = table("media_urls")

    private static func table(_ name: String) -> Table<SessionContent> {
        Table(
            name, key: "id", assigned: true,
            elements: [
                .unique("session_id"),
                .references("session_id", "sessions", onDelete: .cascade),
            ])
    }
}

/// A row of `scene_cache`: what follows a narrative in a scenario.
public struct CachedScene: Row {
    public var id = 0
    public var scenario = ""
    public var partialNarrative = JSONText(unchecked: "null")
    public var nextNarrative = JSONText(unchecked: "null")
    public var nextScenePrompts = JSONText(unchecked: "null")
    public var nextMediaURLs = JSONText(unchecked: "null")
    public var createdAt = ISOTime()

    public init() {}

    public mutating func columns(_ column: inout ColumnCoder) {
        column("id", &id)
        column("scenario", &scenario)
        column("partial_narrative", &partialNarrative)
        column("next_narrative", &nextNarrative)
        column("next_scene_prompts", &nextScenePrompts)
        column("next_media_urls", &nextMediaURLs)
        column("created_at", &createdAt)
    }

    public static let table = Table<CachedScene>(
        "scene_cache", key: "id", assigned: true,
        elements: [
            .entity("cached_scene"),
            // The game looks scenes up by the pair.
            .unique("scenario", "partial_narrative"),
            .index("idx_scene_cache_created_at", "created_at"),
        ])
}

/// A row of `videos`: a file in the video cache.
public struct CachedVideo: Row {
    public var id = 0
    public var filename = ""
    public var urlPath = ""
    public var sceneID: Int?
    public var isCombined = false
    public var originalPrompt: String?
    public var createdAt = ISOTime()

    public init() {}

    public mutating func columns(_ column: inout ColumnCoder) {
        column("id", &id)
        column("filename", &filename)
        column("url_path", &urlPath)
        column("scene_id", &sceneID)
        column("is_combined", &isCombined)
        column("original_prompt", &originalPrompt)
        column("created_at", &createdAt)
    }

    public static let table = Table<CachedVideo>(
        "videos", key: "id", assigned: true,
        elements: [
            .entity("cached_video"),
            .unique("filename"),
            // The cache makes paths of it.
            .check("filename", "is a file's name without a folder") { video in
                !["", ".", ".."].contains(video.filename) && !video.filename.utf8.contains { $0 == 0 || $0 == UInt8(ascii: "/") }
            },
            // A prompt's video is its first entry, so that it is not generated twice.
            .index("idx_videos_original_prompt", "original_prompt"),
            .index("idx_videos_scene_id", "scene_id"),
            // The cleanup looks for files that are older than a time.
            .index("idx_videos_created_at", "created_at"),
        ])
}

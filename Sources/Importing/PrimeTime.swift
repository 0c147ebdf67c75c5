import Shows

/// primetime.db.
let primeTimeTables = [
    LegacyTable(
        Timeline.self, of: shows, times: ["created_at", "updated_at"], changed: "updated_at", required: ["name", "timeline_json"],
        removal: .event("timeline.removed", ["id": "id"])),
    LegacyTable(
        Asset.self, of: shows, times: ["added_at"], changed: "validated_at", required: ["type", "path", "file_size_bytes"],
        removal: .event("asset.removed", ["id": "id"])),
    LegacyTable(
        Thumbnail.self, of: shows, times: ["created_at"], required: ["size", "width", "height", "thumbnail_blob"]),
    LegacyTable(Setting.self, of: shows, times: ["updated_at"], changed: "updated_at", required: ["value"]),
    LegacyTable(PlaybackState.self, of: shows, times: ["updated_at"], changed: "updated_at", removal: .never),
]

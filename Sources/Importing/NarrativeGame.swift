import Stories

/// rewritten.db.
let narrativeGameTables = [
    LegacyTable(
        Session.self, of: stories, times: ["created_at", "updated_at"], changed: "updated_at", required: ["scenario", "partial_narrative"],
        removal: .event("session.removed", ["id": "id"])),
    LegacyTable(ImportedNarrative.self, of: stories, times: ["created_at"], required: ["data"]),
    LegacyTable(ImportedPrompts.self, of: stories, times: ["created_at"], required: ["data"]),
    LegacyTable(ImportedMedia.self, of: stories, times: ["created_at"], required: ["data"]),
    LegacyTable(
        CachedScene.self, of: stories, times: ["created_at"],
        required: ["scenario", "partial_narrative", "next_narrative", "next_scene_prompts", "next_media_urls"],
        removal: .event("scene.evicted", ["id": "id"])),
    LegacyTable(
        CachedVideo.self, of: stories, times: ["created_at"], required: ["filename", "url_path"],
        removal: .event("cached_video.evicted", ["filename": "filename"], constants: ["reason": "gone from the imported database"])),
]

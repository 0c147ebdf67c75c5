import ImageLibrary
import Metrics
import Trends

/// trends.db, metrics.db and image_library.db.
let excuseMyFrenchTables = [
    LegacyTable(
        Trend.self, of: trends, times: ["timestamp", "created_at", "updated_at"], changed: "updated_at", required: ["topic", "source"],
        removal: .event("trend.removed", ["id": "id"])),
    LegacyTable(Search.self, of: trends, times: ["timestamp"], required: ["query", "source"]),
    LegacyTable(
        Video.self, of: metrics, times: ["created_at"], changed: "posted_at", required: ["video_id"],
        removal: .event("video.removed", ["video_id": "video_id"])),
    LegacyTable(MetricsSnapshot.self, of: metrics, times: ["timestamp", "created_at"], required: ["video_id", "platform"]),
    // Its usage_count is a row's own: scripts bump it without a row of image_usage.
    LegacyTable(
        Image.self, of: imageLibrary, times: ["timestamp", "created_at"], changed: "last_used_at",
        required: ["character", "file_path", "source"], removal: .event("image.removed", ["image_id": "id"])),
    LegacyTable(ImageUsage.self, of: imageLibrary, times: ["timestamp"], required: ["video_id"]),
    LegacyTable(
        ImageCollection.self, of: imageLibrary, times: ["created_at"], required: ["name"],
        removal: .event("collection.removed", ["collection_id": "id"])),
    LegacyTable(
        CollectionImage.self, of: imageLibrary, times: [],
        removal: .event("collection.image_removed", ["collection_id": "collection_id", "image_id": "image_id"])),
]

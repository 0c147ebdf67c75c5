import EventLog
import JSON
import Projection

/// A row of `image_library`.
public struct Image: Row {
    public var id = 0
    public var character = ""
    public var emotion: String?
    public var pose: String?
    public var filePath = ""
    public var source = ""
    public var fileSizeBytes: Int?
    public var width: Int?
    public var height: Int?
    public var format: String?
    public var generationPrompt: String?
    public var generationModel: String?
    public var qualityScore: Double?
    public var usageCount = 0
    public var tags: JSONText?
    public var metadata: JSONText?
    public var timestamp = SQLTime()
    public var createdAt = SQLTime()
    public var lastUsedAt: SQLTime?

    public init() {}

    public mutating func columns(_ column: inout ColumnCoder) {
        column("id", &id)
        column("character", &character)
        column("emotion", &emotion)
        column("pose", &pose)
        column("file_path", &filePath)
        column("source", &source)
        column("file_size_bytes", &fileSizeBytes)
        column("width", &width)
        column("height", &height)
        column("format", &format)
        column("generation_prompt", &generationPrompt)
        column("generation_model", &generationModel)
        column("quality_score", &qualityScore)
        column("usage_count", &usageCount)
        column("tags", &tags)
        column("metadata", &metadata)
        column("timestamp", &timestamp)
        column("created_at", &createdAt)
        column("last_used_at", &lastUsedAt)
    }

    public static let table = Table<Image>(
        "image_library", key: "id", assigned: true,
        elements: [
            .entity("image"),
            .unique("file_path"),
            .check("character", "is one of the store's characters") { image, settings in
                settings.allowed("characters", default: ["butcher", "nutsy"]).contains(image.character)
            },
            .check("quality_score", "is between 0.0 and 1.0") { (0...1).contains($0.qualityScore ?? 0) },
            .check("file_size_bytes", "is not negative") { $0.fileSizeBytes ?? 0 >= 0 },
            .check("width", "is not negative") { $0.width ?? 0 >= 0 },
            .check("height", "is not negative") { $0.height ?? 0 >= 0 },
            .check("usage_count", "is not negative") { $0.usageCount >= 0 },
            .index("idx_image_library_character", "character"),
            .index("idx_image_library_emotion", "emotion"),
            .index("idx_image_library_pose", "pose"),
            .index("idx_image_library_source", "source"),
            .index("idx_image_library_quality", "quality_score"),
            // The best image for a character and emotion is its first entry: least used, then best.
            .index("idx_image_library_char_emotion", "character", "emotion", "usage_count", .descending("quality_score")),
        ])
}

/// A row of `image_usage`: an image in a scene of a video.
public struct ImageUsage: Row {
    public var id = 0
    public var imageID = 0
    public var videoID = ""
    public var sceneNumber: Int?
    public var timestamp = SQLTime()

    public init() {}

    public mutating func columns(_ column: inout ColumnCoder) {
        column("id", &id)
        column("image_id", &imageID)
        column("video_id", &videoID)
        column("scene_number", &sceneNumber)
        column("timestamp", &timestamp)
    }

    public static let table = Table<ImageUsage>(
        "image_usage", key: "id", assigned: true,
        elements: [
            .references("image_id", "image_library", onDelete: .cascade),
            .index("idx_image_usage_image_id", "image_id"),
            .index("idx_image_usage_video_id", "video_id"),
        ])
}

/// A row of `image_collections`.
public struct ImageCollection: Row {
    public var id = 0
    public var name = ""
    public var description: String?
    public var character: String?
    public var createdAt = SQLTime()

    public init() {}

    public mutating func columns(_ column: inout ColumnCoder) {
        column("id", &id)
        column("name", &name)
        column("description", &description)
        column("character", &character)
        column("created_at", &createdAt)
    }

    public static let table = Table<ImageCollection>(
        "image_collections", key: "id", assigned: true,
        elements: [
            .entity("collection"),
            .unique("name"),
        ])
}

/// A row of `collection_images`: an image's place in a collection.
public struct CollectionImage: Row {
    public var collectionID = 0
    public var imageID = 0
    public var sortOrder = 0

    public init() {}

    public mutating func columns(_ column: inout ColumnCoder) {
        column("collection_id", &collectionID)
        column("image_id", &imageID)
        column("sort_order", &sortOrder)
    }

    public static let table = Table<CollectionImage>(
        "collection_images", key: "collection_id", "image_id",
        elements: [
            .entity("collection", of: "collection_id"),
            .references("collection_id", "image_collections", onDelete: .cascade),
            .references("image_id", "image_library", onDelete: .cascade),
            .index("idx_collection_images_image_id", "image_id"),
        ])
}

import EventLog
import JSON

/// `image.added`: a character image came into the library.
public struct ImageAdded: Event {
    public static let type = "image.added"

    public var character: String
    public var filePath: String
    public var source: String
    public var emotion: String?
    public var pose: String?
    public var fileSizeBytes: Int?
    public var width: Int?
    public var height: Int?
    public var format: String?
    public var generationPrompt: String?
    public var generationModel: String?
    public var qualityScore: Double?
    public var tagList: JSONText?
    public var metadata: JSONText?
    /// Given by imports; assigned otherwise.
    public var id: Int?
    /// Given by imports; the recorded time otherwise.
    public var createdAt: Timestamp?

    public init(
        character: String, filePath: String, source: String, emotion: String? = nil, pose: String? = nil, fileSizeBytes: Int? = nil,
        width: Int? = nil, height: Int? = nil, format: String? = nil, generationPrompt: String? = nil, generationModel: String? = nil,
        qualityScore: Double? = nil, tagList: JSONText? = nil, metadata: JSONText? = nil, id: Int? = nil, createdAt: Timestamp? = nil
    ) {
        self.character = character
        self.filePath = filePath
        self.source = source
        self.emotion = emotion
        self.pose = pose
        self.fileSizeBytes = fileSizeBytes
        self.width = width
        self.height = height
        self.format = format
        self.generationPrompt = generationPrompt
        self.generationModel = generationModel
        self.qualityScore = qualityScore
        self.tagList = tagList
        self.metadata = metadata
        self.id = id
        self.createdAt = createdAt
    }

    enum CodingKeys: String, CodingKey {
        case character
        case filePath = "file_path"
        case source, emotion, pose
        case fileSizeBytes = "file_size_bytes"
        case width, height, format
        case generationPrompt = "generation_prompt"
        case generationModel = "generation_model"
        case qualityScore = "quality_score"
        // The event's own `tags` are those of the log.
        case tagList = "tags"
        case metadata, id
        case createdAt = "created_at"
    }
}

/// `image.used`: an image was shown in a video. Named by id or by path.
public struct ImageUsed: Event {
    public static let type = "image.used"

    public var imageID: Int?
    public var filePath: String?
    public var videoID: String
    public var sceneNumber: Int?
    /// Given by imports; assigned otherwise.
    public var id: Int?

    public init(imageID: Int? = nil, filePath: String? = nil, videoID: String, sceneNumber: Int? = nil, id: Int? = nil) {
        self.imageID = imageID
        self.filePath = filePath
        self.videoID = videoID
        self.sceneNumber = sceneNumber
        self.id = id
    }

    enum CodingKeys: String, CodingKey {
        case imageID = "image_id"
        case filePath = "file_path"
        case videoID = "video_id"
        case sceneNumber = "scene_number"
        case id
    }

    public var subject: Tag? { imageID.map { Tag("image", $0) } }
    public var tags: [Tag] { [Tag("video", videoID)] }
}

/// `image.rescored`: an image's quality was judged anew.
public struct ImageRescored: Event {
    public static let type = "image.rescored"

    public var imageID: Int
    public var qualityScore: Double

    public init(imageID: Int, qualityScore: Double) {
        self.imageID = imageID
        self.qualityScore = qualityScore
    }

    enum CodingKeys: String, CodingKey {
        case imageID = "image_id"
        case qualityScore = "quality_score"
    }

    public var subject: Tag? { Tag("image", imageID) }
}

/// `image.removed`: an image leaves the library, with its usage and its places in collections. Named by id or by path.
public struct ImageRemoved: Event {
    public static let type = "image.removed"

    public var imageID: Int?
    public var filePath: String?

    public init(imageID: Int? = nil, filePath: String? = nil) {
        self.imageID = imageID
        self.filePath = filePath
    }

    enum CodingKeys: String, CodingKey {
        case imageID = "image_id"
        case filePath = "file_path"
    }

    public var subject: Tag? { imageID.map { Tag("image", $0) } }
}

/// `collection.created`: a named set of images was begun.
public struct CollectionCreated: Event {
    public static let type = "collection.created"

    public var name: String
    public var description: String?
    public var character: String?
    /// Given by imports; assigned otherwise.
    public var id: Int?
    /// Given by imports; the recorded time otherwise.
    public var createdAt: Timestamp?

    public init(name: String, description: String? = nil, character: String? = nil, id: Int? = nil, createdAt: Timestamp? = nil) {
        self.name = name
        self.description = description
        self.character = character
        self.id = id
        self.createdAt = createdAt
    }

    enum CodingKeys: String, CodingKey {
        case name, description, character, id
        case createdAt = "created_at"
    }
}

/// `collection.removed`: a collection goes; its images stay. Named by id or by name.
public struct CollectionRemoved: Event {
    public static let type = "collection.removed"

    public var collectionID: Int?
    public var name: String?

    public init(collectionID: Int? = nil, name: String? = nil) {
        self.collectionID = collectionID
        self.name = name
    }

    enum CodingKeys: String, CodingKey {
        case collectionID = "collection_id"
        case name
    }
}

/// `collection.image_added`: an image was put into a collection, which is named by id or by name.
public struct CollectionImageAdded: Event {
    public static let type = "collection.image_added"

    public var collectionID: Int?
    public var name: String?
    public var imageID: Int
    public var sortOrder: Int?

    public init(collectionID: Int? = nil, name: String? = nil, imageID: Int, sortOrder: Int? = nil) {
        self.collectionID = collectionID
        self.name = name
        self.imageID = imageID
        self.sortOrder = sortOrder
    }

    enum CodingKeys: String, CodingKey {
        case collectionID = "collection_id"
        case name
        case imageID = "image_id"
        case sortOrder = "sort_order"
    }

    public var tags: [Tag] { [Tag("image", imageID)] }
}

/// `collection.image_removed`: an image was taken out of a collection.
public struct CollectionImageRemoved: Event {
    public static let type = "collection.image_removed"

    public var collectionID: Int?
    public var name: String?
    public var imageID: Int

    public init(collectionID: Int? = nil, name: String? = nil, imageID: Int) {
        self.collectionID = collectionID
        self.name = name
        self.imageID = imageID
    }

    enum CodingKeys: String, CodingKey {
        case collectionID = "collection_id"
        case name
        case imageID = "image_id"
    }

    public var tags: [Tag] { [Tag("image", imageID)] }
}

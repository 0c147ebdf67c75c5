import EventLog
import JSON

/// `scene.cached`: what follows a narrative in a scenario was generated, and need not be again.
public struct SceneCached: Event {
    public static let type = "scene.cached"

    public var scenario: String
    /// Looked up by its text, byte for byte.
    public var partialNarrative: JSONText
    public var nextNarrative: JSONText
    public var nextScenePrompts: JSONText
    public var nextMediaURLs: JSONText
    /// Given by imports; assigned otherwise.
    public var id: Int?
    /// Given by imports; the recorded time otherwise.
    public var createdAt: Timestamp?

    public init(
        scenario: String, partialNarrative: JSONText, nextNarrative: JSONText, nextScenePrompts: JSONText, nextMediaURLs: JSONText,
        id: Int? = nil, createdAt: Timestamp? = nil
    ) {
        self.scenario = scenario
        self.partialNarrative = partialNarrative
        self.nextNarrative = nextNarrative
        self.nextScenePrompts = nextScenePrompts
        self.nextMediaURLs = nextMediaURLs
        self.id = id
        self.createdAt = createdAt
    }

    enum CodingKeys: String, CodingKey {
        case scenario
        case partialNarrative = "partial_narrative"
        case nextNarrative = "next_narrative"
        case nextScenePrompts = "next_scene_prompts"
        case nextMediaURLs = "next_media_urls"
        case id
        case createdAt = "created_at"
    }
}

/// `scene.evicted`: a cached scene is to be generated anew.
public struct SceneEvicted: Event {
    public static let type = "scene.evicted"

    public var id: Int

    public init(id: Int) { self.id = id }

    public var subject: Tag? { Tag("cached_scene", id) }
}

/// `cached_video.saved`: a video file was put into the cache's directory.
public struct CachedVideoSaved: Event {
    public static let type = "cached_video.saved"

    /// The file's name, without a folder.
    public var filename: String
    public var urlPath: String
    /// The scene within its narrative.
    public var sceneID: Int?
    /// Whether the file joins the videos of several scenes.
    public var isCombined: Bool?
    public var originalPrompt: String?
    /// Given by imports; assigned otherwise.
    public var id: Int?
    /// Given by imports; the recorded time otherwise.
    public var createdAt: Timestamp?

    public init(filename: String, urlPath: String, sceneID: Int? = nil, isCombined: Bool? = nil, originalPrompt: String? = nil) {
        self.filename = filename
        self.urlPath = urlPath
        self.sceneID = sceneID
        self.isCombined = isCombined
        self.originalPrompt = originalPrompt
    }

    enum CodingKeys: String, CodingKey {
        case filename
        case urlPath = "url_path"
        case sceneID = "scene_id"
        case isCombined = "is_combined"
        case originalPrompt = "original_prompt"
        case id
        case createdAt = "created_at"
    }

    public var tags: [Tag] { [Tag(videoNamed: filename)] }
}

/// `cached_video.evicted`: a video file left the cache's directory, for a reason that the log keeps.
public struct CachedVideoEvicted: Event {
    public static let type = "cached_video.evicted"

    public var filename: String
    public var reason: String

    public init(filename: String, reason: String) {
        self.filename = filename
        self.reason = reason
    }

    public var tags: [Tag] { [Tag(videoNamed: filename)] }
}

extension Tag {
    /// A file `video_001.mp4` is part of the history of `video:video_001`.
    init(videoNamed filename: String) {
        let stem = filename.lastIndex(of: ".").map { filename[..<$0] } ?? filename[...]
        self.init("video", String(stem.isEmpty ? filename[...] : stem))
    }
}

import EventLog
import JSON
import Projection

/// How a workflow stands.
public enum WorkflowStatus: String, Codable, CaseIterable, Sendable, ColumnValue {
    case active, completed, failed
}

/// `workflow.created`: a prompt is to become a video.
public struct WorkflowCreated: Event {
    public static let type = "workflow.created"

    /// A UUID.
    public var id: String
    public var originalPrompt: String
    public var storyTitle: String?
    public var maxScenes: Int?
    public var userID: String?
    /// Given by imports; the recorded time otherwise.
    public var createdAt: Timestamp?

    public init(
        id: String, originalPrompt: String, storyTitle: String? = nil, maxScenes: Int? = nil, userID: String? = nil,
        createdAt: Timestamp? = nil
    ) {
        self.id = id
        self.originalPrompt = originalPrompt
        self.storyTitle = storyTitle
        self.maxScenes = maxScenes
        self.userID = userID
        self.createdAt = createdAt
    }

    enum CodingKeys: String, CodingKey {
        case id
        case originalPrompt = "original_prompt"
        case storyTitle = "story_title"
        case maxScenes = "max_scenes"
        case userID = "user_id"
        case createdAt = "created_at"
    }

    public var subject: Tag? { Tag("workflow", id) }
    public var tags: [Tag] { userID.map { [Tag("user", $0)] } ?? [] }
}

/// `workflow.phase_changed`: a workflow went on to another phase. A failed one is active again; a completed one has no more phases.
public struct WorkflowPhaseChanged: Event {
    public static let type = "workflow.phase_changed"

    public var id: String
    public var phase: String
    /// Stays when missing.
    public var enhancedStory: String?

    public init(id: String, phase: String, enhancedStory: String? = nil) {
        self.id = id
        self.phase = phase
        self.enhancedStory = enhancedStory
    }

    enum CodingKeys: String, CodingKey {
        case id, phase
        case enhancedStory = "enhanced_story"
    }

    public var subject: Tag? { Tag("workflow", id) }
}

/// `workflow.completed`: the video is there.
public struct WorkflowCompleted: Event {
    public static let type = "workflow.completed"

    public var id: String
    /// In seconds.
    public var totalProcessingTime: Double
    /// Given by imports; the event's time otherwise.
    public var completedAt: Timestamp?

    public init(id: String, totalProcessingTime: Double, completedAt: Timestamp? = nil) {
        self.id = id
        self.totalProcessingTime = totalProcessingTime
        self.completedAt = completedAt
    }

    enum CodingKeys: String, CodingKey {
        case id
        case totalProcessingTime = "total_processing_time"
        case completedAt = "completed_at"
    }

    public var subject: Tag? { Tag("workflow", id) }
}

/// `workflow.failed`: a workflow stopped at an error. It may be taken up again.
public struct WorkflowFailed: Event {
    public static let type = "workflow.failed"

    public var id: String
    public var errorMessage: String

    public init(id: String, errorMessage: String) {
        self.id = id
        self.errorMessage = errorMessage
    }

    enum CodingKeys: String, CodingKey {
        case id
        case errorMessage = "error_message"
    }

    public var subject: Tag? { Tag("workflow", id) }
}

/// `workflow.archived`: a completed workflow leaves the tables with its files and scenes; its API calls stay, since they were paid for.
public struct WorkflowArchived: Event {
    public static let type = "workflow.archived"

    public var id: String

    public init(id: String) { self.id = id }

    public var subject: Tag? { Tag("workflow", id) }
}

/// `file.generated`: a workflow made a file.
public struct FileGenerated: Event {
    public static let type = "file.generated"

    public var workflowID: String
    public var fileType: String
    public var filePath: String
    public var fileName: String
    /// In bytes.
    public var fileSize: Int?
    public var metadata: JSONText?
    /// Given by imports; assigned otherwise.
    public var id: Int?
    /// Given by imports; the recorded time otherwise.
    public var createdAt: Timestamp?

    public init(
        workflowID: String, fileType: String, filePath: String, fileName: String, fileSize: Int? = nil, metadata: JSONText? = nil,
        id: Int? = nil, createdAt: Timestamp? = nil
    ) {
        self.workflowID = workflowID
        self.fileType = fileType
        self.filePath = filePath
        self.fileName = fileName
        self.fileSize = fileSize
        self.metadata = metadata
        self.id = id
        self.createdAt = createdAt
    }

    enum CodingKeys: String, CodingKey {
        case workflowID = "workflow_id"
        case fileType = "file_type"
        case filePath = "file_path"
        case fileName = "file_name"
        case fileSize = "file_size"
        case metadata, id
        case createdAt = "created_at"
    }

    public var tags: [Tag] { [Tag("workflow", workflowID)] }
}

/// `scene.described`: a workflow's story has a scene.
public struct SceneDescribed: Event {
    public static let type = "scene.described"

    public var workflowID: String
    public var sceneNumber: Int
    public var description: String
    public var prompt: String?
    /// The generated file that shows it.
    public var imageFileID: Int?
    /// Given by imports; assigned otherwise.
    public var id: Int?
    /// Given by imports; the recorded time otherwise.
    public var createdAt: Timestamp?

    public init(
        workflowID: String, sceneNumber: Int, description: String, prompt: String? = nil, imageFileID: Int? = nil, id: Int? = nil,
        createdAt: Timestamp? = nil
    ) {
        self.workflowID = workflowID
        self.sceneNumber = sceneNumber
        self.description = description
        self.prompt = prompt
        self.imageFileID = imageFileID
        self.id = id
        self.createdAt = createdAt
    }

    enum CodingKeys: String, CodingKey {
        case workflowID = "workflow_id"
        case sceneNumber = "scene_number"
        case description, prompt
        case imageFileID = "image_file_id"
        case id
        case createdAt = "created_at"
    }

    public var subject: Tag? { Tag("workflow", workflowID) }
    public var tags: [Tag] { imageFileID.map { [Tag("file", $0)] } ?? [] }
}

/// `api.called`: a provider's API was called, for a workflow or for none.
public struct APICalled: Event {
    public static let type = "api.called"

    public var workflowID: String?
    public var apiProvider: String
    public var endpoint: String
    public var tokensUsed: Int?
    public var costUSD: Double?
    /// In seconds.
    public var responseTime: Double?
    public var success: Bool?
    public var errorMessage: String?
    /// Given by imports; assigned otherwise.
    public var id: Int?
    /// Given by imports; the recorded time otherwise.
    public var createdAt: Timestamp?

    public init(
        workflowID: String? = nil, apiProvider: String, endpoint: String, tokensUsed: Int? = nil, costUSD: Double? = nil,
        responseTime: Double? = nil, success: Bool? = nil, errorMessage: String? = nil, id: Int? = nil, createdAt: Timestamp? = nil
    ) {
        self.workflowID = workflowID
        self.apiProvider = apiProvider
        self.endpoint = endpoint
        self.tokensUsed = tokensUsed
        self.costUSD = costUSD
        self.responseTime = responseTime
        self.success = success
        self.errorMessage = errorMessage
        self.id = id
        self.createdAt = createdAt
    }

    enum CodingKeys: String, CodingKey {
        case workflowID = "workflow_id"
        case apiProvider = "api_provider"
        case endpoint
        case tokensUsed = "tokens_used"
        case costUSD = "cost_usd"
        case responseTime = "response_time"
        case success
        case errorMessage = "error_message"
        case id
        case createdAt = "created_at"
    }

    public var subject: Tag? { workflowID.map { Tag("workflow", $0) } }
}

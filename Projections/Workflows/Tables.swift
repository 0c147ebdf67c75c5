import EventLog
import JSON
import Projection

/// A row of `workflows`: a prompt on its way to a video.
public struct Workflow: Row {
    public var id = ""
    public var originalPrompt = ""
    public var enhancedStory: String?
    public var storyTitle: String?
    public var maxScenes = 4
    public var currentPhase = "prompt_enhancement"
    public var status = WorkflowStatus.active
    public var createdAt = SQLTime()
    public var updatedAt = SQLTime()
    public var completedAt: SQLTime?
    public var totalProcessingTime: Double?
    public var errorMessage: String?
    public var userID: String?

    public init() {}

    public mutating func columns(_ column: inout ColumnCoder) {
        column("id", &id)
        column("original_prompt", &originalPrompt)
        column("enhanced_story", &enhancedStory)
        column("story_title", &storyTitle)
        column("max_scenes", &maxScenes)
        column("current_phase", &currentPhase)
        column("status", &status)
        column("created_at", &createdAt)
        column("updated_at", &updatedAt)
        column("completed_at", &completedAt)
        column("total_processing_time", &totalProcessingTime)
        column("error_message", &errorMessage)
        column("user_id", &userID)
    }

    public static let table = Table<Workflow>(
        "workflows", key: "id",
        elements: [
            .entity("workflow"),
            .check("id", "is not empty") { !$0.id.isEmpty },
            .check("max_scenes", "is not negative") { $0.maxScenes >= 0 },
            .check("total_processing_time", "is not negative") { $0.totalProcessingTime ?? 0 >= 0 },
            // No event removes a user.
            .references("user_id", "users", onDelete: .restrict),
            .index("idx_workflows_created_at", "created_at"),
            // The cleanup looks for workflows completed before a time; some count from when they were created.
            .index("idx_workflows_completed_at", "status", "completed_at"),
            .index("idx_workflows_status", "status", "created_at"),
            .index("idx_workflows_user_id", "user_id", "created_at"),
        ])
}

/// A row of `generated_files`.
public struct GeneratedFile: Row {
    public var id = 0
    public var workflowID = ""
    public var fileType = ""
    public var filePath = ""
    public var fileName = ""
    public var fileSize: Int?
    public var metadata: JSONText?
    public var createdAt = SQLTime()

    public init() {}

    public mutating func columns(_ column: inout ColumnCoder) {
        column("id", &id)
        column("workflow_id", &workflowID)
        column("file_type", &fileType)
        column("file_path", &filePath)
        column("file_name", &fileName)
        column("file_size", &fileSize)
        column("metadata", &metadata)
        column("created_at", &createdAt)
    }

    public static let table = Table<GeneratedFile>(
        "generated_files", key: "id", assigned: true,
        elements: [
            .entity("file"),
            .check("file_size", "is not negative") { $0.fileSize ?? 0 >= 0 },
            .references("workflow_id", "workflows", onDelete: .cascade),
            .index("idx_generated_files_workflow_id", "workflow_id", "file_type"),
            .index("idx_generated_files_file_type", "file_type", "created_at"),
        ])
}

/// A row of `scenes`: a scene of a workflow's story.
public struct Scene: Row {
    public var id = 0
    public var workflowID = ""
    public var sceneNumber = 0
    public var description = ""
    public var prompt: String?
    public var imageFileID: Int?
    public var createdAt = SQLTime()

    public init() {}

    public mutating func columns(_ column: inout ColumnCoder) {
        column("id", &id)
        column("workflow_id", &workflowID)
        column("scene_number", &sceneNumber)
        column("description", &description)
        column("prompt", &prompt)
        column("image_file_id", &imageFileID)
        column("created_at", &createdAt)
    }

    public static let table = Table<Scene>(
        "scenes", key: "id", assigned: true,
        elements: [
            .references("workflow_id", "workflows", onDelete: .cascade),
            .references("image_file_id", "generated_files", onDelete: .setNull),
            .index("idx_scenes_workflow_id", "workflow_id", "scene_number"),
            .index("idx_scenes_image_file_id", "image_file_id"),
        ])
}

/// A row of `api_usage`: one call of a provider's API.
public struct APICall: Row {
    public var id = 0
    public var workflowID: String?
    public var apiProvider = ""
    public var endpoint = ""
    public var tokensUsed: Int?
    public var costUSD: Double?
    public var responseTime: Double?
    public var success = true
    public var errorMessage: String?
    public var createdAt = SQLTime()

    public init() {}

    public mutating func columns(_ column: inout ColumnCoder) {
        column("id", &id)
        column("workflow_id", &workflowID)
        column("api_provider", &apiProvider)
        column("endpoint", &endpoint)
        column("tokens_used", &tokensUsed)
        column("cost_usd", &costUSD)
        column("response_time", &responseTime)
        column("success", &success)
        column("error_message", &errorMessage)
        column("created_at", &createdAt)
    }

    public static let table = Table<APICall>(
        "api_usage", key: "id", assigned: true,
        elements: [
            .check("tokens_used", "is not negative") { $0.tokensUsed ?? 0 >= 0 },
            .check("cost_usd", "is not negative") { $0.costUSD ?? 0 >= 0 },
            .check("response_time", "is not negative") { $0.responseTime ?? 0 >= 0 },
            // What was paid stays paid when its workflow is archived.
            .references("workflow_id", "workflows", onDelete: .setNull),
            .index("idx_api_usage_workflow_id", "workflow_id"),
            .index("idx_api_usage_api_provider", "api_provider", "created_at"),
            .index("idx_api_usage_created_at", "created_at"),
        ])
}

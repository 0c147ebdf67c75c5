import EventLog
import JSON
import Projection

/// A row of `jobs`.
public struct Job: Row {
    public var id = 0
    public var jobID = ""
    public var userID: String?
    public var filename = ""
    public var fileSize = 0
    public var contentType = ""
    public var originalS3Key = ""
    public var compiledVideoS3Key: String?
    public var videoDuration: Double?
    public var videoMetadata: JSONText?
    public var status = JobStatus.pending
    public var errorMessage: String?
    public var celeryTaskID: String?
    public var currentStage: ProcessingStage?
    public var progressPercent = 0.0
    public var progressMessage: String?
    public var etaSeconds: Int?
    public var extraMetadata: JSONText?
    public var createdAt = ISOTime()
    public var updatedAt = ISOTime()
    public var completedAt: ISOTime?

    public init() {}

    public mutating func columns(_ column: inout ColumnCoder) {
        column("id", &id)
        column("job_id", &jobID)
        column("user_id", &userID)
        column("filename", &filename)
        column("file_size", &fileSize)
        column("content_type", &contentType)
        column("original_s3_key", &originalS3Key)
        column("compiled_video_s3_key", &compiledVideoS3Key)
        column("video_duration", &videoDuration)
        column("video_metadata", &videoMetadata)
        column("status", &status)
        column("error_message", &errorMessage)
        column("celery_task_id", &celeryTaskID)
        column("current_stage", &currentStage)
        column("progress_percent", &progressPercent)
        column("progress_message", &progressMessage)
        column("eta_seconds", &etaSeconds)
        column("extra_metadata", &extraMetadata)
        column("created_at", &createdAt)
        column("updated_at", &updatedAt)
        column("completed_at", &completedAt)
    }

    // Scripts know a job by its job_id, and so does its history: the events name it, not the row's number.
    public static let table = Table<Job>(
        "jobs", key: "id", assigned: true,
        elements: [
            .entity("job", of: "job_id"),
            .unique("job_id"),
            .check("file_size", "is not negative") { $0.fileSize >= 0 },
            .check("video_duration", "is not negative") { $0.videoDuration ?? 0 >= 0 },
            .check("progress_percent", "is between 0 and 100") { (0...100).contains($0.progressPercent) },
            .check("eta_seconds", "is not negative") { $0.etaSeconds ?? 0 >= 0 },
            .index("ix_jobs_user_id", "user_id", "created_at"),
            .index("ix_jobs_status", "status", "created_at"),
            .index("ix_jobs_celery_task_id", "celery_task_id"),
            .index("ix_jobs_created_at", "created_at"),
        ])
}

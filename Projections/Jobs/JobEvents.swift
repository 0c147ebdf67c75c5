import EventLog
import JSON

/// `job.created`: a lecture was uploaded to be processed.
public struct JobCreated: Event {
    public static let type = "job.created"

    public var jobID: String
    public var filename: String
    public var fileSize: Int
    public var contentType: String
    public var originalS3Key: String
    public var userID: String?
    public var extraMetadata: JSONText?
    /// Of the video in seconds, where the upload tells; otherwise the completed job does.
    public var videoDuration: Double?
    /// Of the video, where the upload tells; otherwise the completed job does.
    public var videoMetadata: JSONText?
    /// Given by imports of jobs that were queued.
    public var celeryTaskID: String?
    /// Given by imports; assigned otherwise.
    public var id: Int?
    /// Given by imports; the recorded time otherwise.
    public var createdAt: Timestamp?

    public init(
        jobID: String, filename: String, fileSize: Int, contentType: String, originalS3Key: String, userID: String? = nil,
        extraMetadata: JSONText? = nil, videoDuration: Double? = nil, videoMetadata: JSONText? = nil, celeryTaskID: String? = nil,
        id: Int? = nil, createdAt: Timestamp? = nil
    ) {
        self.jobID = jobID
        self.filename = filename
        self.fileSize = fileSize
        self.contentType = contentType
        self.originalS3Key = originalS3Key
        self.userID = userID
        self.extraMetadata = extraMetadata
        self.videoDuration = videoDuration
        self.videoMetadata = videoMetadata
        self.celeryTaskID = celeryTaskID
        self.id = id
        self.createdAt = createdAt
    }

    enum CodingKeys: String, CodingKey {
        case jobID = "job_id"
        case filename
        case fileSize = "file_size"
        case contentType = "content_type"
        case originalS3Key = "original_s3_key"
        case userID = "user_id"
        case extraMetadata = "extra_metadata"
        case videoDuration = "video_duration"
        case videoMetadata = "video_metadata"
        case celeryTaskID = "celery_task_id"
        case id
        case createdAt = "created_at"
    }

    public var subject: Tag? { Tag("job", jobID) }
}

/// `job.queued`: a job waits for a worker, the first time or again after it failed.
public struct JobQueued: Event {
    public static let type = "job.queued"

    public var jobID: String
    /// The worker's name for it; what was known stays when missing.
    public var celeryTaskID: String?

    public init(jobID: String, celeryTaskID: String? = nil) {
        self.jobID = jobID
        self.celeryTaskID = celeryTaskID
    }

    enum CodingKeys: String, CodingKey {
        case jobID = "job_id"
        case celeryTaskID = "celery_task_id"
    }

    public var subject: Tag? { Tag("job", jobID) }
}

/// `job.stage_advanced`: a job is at work on a stage. Replaces what was known of its progress.
public struct JobStageAdvanced: Event {
    public static let type = "job.stage_advanced"

    public var jobID: String
    public var stage: ProcessingStage
    public var percent: Double
    public var message: String?
    public var etaSeconds: Int?

    public init(jobID: String, stage: ProcessingStage, percent: Double, message: String? = nil, etaSeconds: Int? = nil) {
        self.jobID = jobID
        self.stage = stage
        self.percent = percent
        self.message = message
        self.etaSeconds = etaSeconds
    }

    enum CodingKeys: String, CodingKey {
        case jobID = "job_id"
        case stage, percent, message
        case etaSeconds = "eta_seconds"
    }

    public var subject: Tag? { Tag("job", jobID) }
}

/// `job.completed`: all is done.
public struct JobCompleted: Event {
    public static let type = "job.completed"

    public var jobID: String
    public var compiledVideoS3Key: String?
    public var videoDuration: Double?
    public var videoMetadata: JSONText?
    /// Given by imports of jobs that were changed afterwards; the event's time otherwise.
    public var completedAt: Timestamp?

    public init(
        jobID: String, compiledVideoS3Key: String? = nil, videoDuration: Double? = nil, videoMetadata: JSONText? = nil,
        completedAt: Timestamp? = nil
    ) {
        self.jobID = jobID
        self.compiledVideoS3Key = compiledVideoS3Key
        self.videoDuration = videoDuration
        self.videoMetadata = videoMetadata
        self.completedAt = completedAt
    }

    enum CodingKeys: String, CodingKey {
        case jobID = "job_id"
        case compiledVideoS3Key = "compiled_video_s3_key"
        case videoDuration = "video_duration"
        case videoMetadata = "video_metadata"
        case completedAt = "completed_at"
    }

    public var subject: Tag? { Tag("job", jobID) }
}

/// `job.failed`: an attempt came to nothing.
public struct JobFailed: Event {
    public static let type = "job.failed"

    public var jobID: String
    public var errorMessage: String

    public init(jobID: String, errorMessage: String) {
        self.jobID = jobID
        self.errorMessage = errorMessage
    }

    enum CodingKeys: String, CodingKey {
        case jobID = "job_id"
        case errorMessage = "error_message"
    }

    public var subject: Tag? { Tag("job", jobID) }
}

/// `job.removed`: a job goes, with all that was found in its lecture.
public struct JobRemoved: Event {
    public static let type = "job.removed"

    public var jobID: String

    public init(jobID: String) { self.jobID = jobID }

    enum CodingKeys: String, CodingKey {
        case jobID = "job_id"
    }

    public var subject: Tag? { Tag("job", jobID) }
}

import JSON
import Projection

// The coding keys are in the order in which clients see the fields.

/// How far a job is, as clients see it. Nothing when it has not begun.
public struct JobProgress: Codable, Sendable, Hashable {
    public var stage: ProcessingStage
    /// 0 to 100.
    public var percent: Double
    public var message: String?
    public var etaSeconds: Int?

    enum CodingKeys: String, CodingKey {
        case stage, percent, message
        case etaSeconds = "eta_seconds"
    }

    public init?(_ job: Job) {
        guard let stage = job.currentStage else { return nil }
        self.stage = stage
        percent = job.progressPercent
        message = job.progressMessage
        etaSeconds = job.etaSeconds
    }
}

/// A job as clients see it: never its number in the table, nor the worker's name for it.
public struct JobResponse: Codable, Sendable, Hashable {
    public var jobID: String
    public var status: JobStatus
    public var filename: String
    /// ISO 8601.
    public var createdAt: String
    /// ISO 8601.
    public var updatedAt: String
    public var progress: JobProgress?
    public var errorMessage: String?

    enum CodingKeys: String, CodingKey {
        case jobID = "job_id"
        case status, filename
        case createdAt = "created_at"
        case updatedAt = "updated_at"
        case progress
        case errorMessage = "error_message"
    }

    public init(_ job: Job) {
        jobID = job.jobID
        status = job.status
        filename = job.filename
        createdAt = job.createdAt.text
        updatedAt = job.updatedAt.text
        progress = JobProgress(job)
        errorMessage = job.errorMessage
    }
}

/// What came out of a job.
public struct ResultsResponse: Codable, Sendable, Hashable {
    public var jobID: String
    /// In their order; those without one at the end.
    public var clips: [ClipResponse]
    /// In the order in which it was said.
    public var transcript: [TranscriptResponse]
    public var metadata: ResultsMetadata

    enum CodingKeys: String, CodingKey {
        case jobID = "job_id"
        case clips, transcript, metadata
    }

    public init(_ job: Job, clips: [Clip], transcript: [TranscriptSegment]) {
        jobID = job.jobID
        self.clips = clips.sorted { ($0.clipOrder ?? .max, $0.startTime, $0.id) < ($1.clipOrder ?? .max, $1.startTime, $1.id) }
            .map(ClipResponse.init)
        self.transcript = transcript.sorted { ($0.startTime, $0.id) < ($1.startTime, $1.id) }.map(TranscriptResponse.init)
        metadata = ResultsMetadata(job)
    }
}

/// A clip as clients see it. Times are seconds from the lecture's beginning.
public struct ClipResponse: Codable, Sendable, Hashable {
    public var clipID: String
    public var contentSegmentID: String?
    public var title: String
    public var topic: String?
    public var importanceScore: Double?
    public var startTime: Double
    public var endTime: Double
    public var duration: Double
    public var s3Key: String
    public var fileSizeBytes: Int?
    public var thumbnailS3Key: String?
    public var subtitleS3Key: String?
    public var clipOrder: Int?
    public var extraMetadata: JSONText?

    enum CodingKeys: String, CodingKey {
        case clipID = "clip_id"
        case contentSegmentID = "content_segment_id"
        case title, topic
        case importanceScore = "importance_score"
        case startTime = "start_time"
        case endTime = "end_time"
        case duration
        case s3Key = "s3_key"
        case fileSizeBytes = "file_size_bytes"
        case thumbnailS3Key = "thumbnail_s3_key"
        case subtitleS3Key = "subtitle_s3_key"
        case clipOrder = "clip_order"
        case extraMetadata = "extra_metadata"
    }

    public init(_ clip: Clip) {
        clipID = clip.clipID
        contentSegmentID = clip.contentSegmentID
        title = clip.title
        topic = clip.topic
        importanceScore = clip.importanceScore
        startTime = clip.startTime
        endTime = clip.endTime
        duration = clip.duration
        s3Key = clip.s3Key
        fileSizeBytes = clip.fileSizeBytes
        thumbnailS3Key = clip.thumbnailS3Key
        subtitleS3Key = clip.subtitleS3Key
        clipOrder = clip.clipOrder
        extraMetadata = clip.extraMetadata
    }
}

/// Something that was said, as clients see it.
public struct TranscriptResponse: Codable, Sendable, Hashable {
    public var segmentID: String
    public var startTime: Double
    public var endTime: Double
    public var text: String
    public var confidence: Double?
    public var speakerID: String?

    enum CodingKeys: String, CodingKey {
        case segmentID = "segment_id"
        case startTime = "start_time"
        case endTime = "end_time"
        case text, confidence
        case speakerID = "speaker_id"
    }

    public init(_ segment: TranscriptSegment) {
        segmentID = segment.segmentID
        startTime = segment.startTime
        endTime = segment.endTime
        text = segment.text
        confidence = segment.confidence
        speakerID = segment.speakerID
    }
}

/// The lecture that results are of.
public struct ResultsMetadata: Codable, Sendable, Hashable {
    public var filename: String
    /// In seconds.
    public var videoDuration: Double?
    public var videoMetadata: JSONText?
    public var compiledVideoS3Key: String?
    public var extraMetadata: JSONText?
    /// ISO 8601.
    public var completedAt: String?

    enum CodingKeys: String, CodingKey {
        case filename
        case videoDuration = "video_duration"
        case videoMetadata = "video_metadata"
        case compiledVideoS3Key = "compiled_video_s3_key"
        case extraMetadata = "extra_metadata"
        case completedAt = "completed_at"
    }

    init(_ job: Job) {
        filename = job.filename
        videoDuration = job.videoDuration
        videoMetadata = job.videoMetadata
        compiledVideoS3Key = job.compiledVideoS3Key
        extraMetadata = job.extraMetadata
        completedAt = job.completedAt?.text
    }
}

/// A job's change, as clients that listen get it.
public struct ProgressMessage: Codable, Sendable, Hashable {
    /// What a message is about.
    public enum Kind: String, Codable, Sendable {
        case progress
    }

    /// How a job stands.
    public struct Change: Codable, Sendable, Hashable {
        public var jobID: String
        public var status: JobStatus
        public var progress: JobProgress?

        enum CodingKeys: String, CodingKey {
            case jobID = "job_id"
            case status, progress
        }
    }

    public var type: Kind
    public var jobID: String
    public var data: Change
    /// When it changed, ISO 8601.
    public var timestamp: String

    enum CodingKeys: String, CodingKey {
        case type
        case jobID = "job_id"
        case data, timestamp
    }

    public init(_ job: Job) {
        type = .progress
        jobID = job.jobID
        data = Change(jobID: job.jobID, status: job.status, progress: JobProgress(job))
        timestamp = job.updatedAt.text
    }
}

import EventLog
import JSON

/// `transcript.segment_added`: something that was said.
public struct TranscriptSegmentAdded: Event {
    public static let type = "transcript.segment_added"

    public var segmentID: String
    public var jobID: String
    public var startTime: Double
    public var endTime: Double
    public var text: String
    public var confidence: Double?
    public var speakerID: String?
    /// Given by imports; assigned otherwise.
    public var id: Int?
    /// Given by imports; the recorded time otherwise.
    public var createdAt: Timestamp?

    enum CodingKeys: String, CodingKey {
        case text, confidence, id
        case segmentID = "segment_id"
        case jobID = "job_id"
        case startTime = "start_time"
        case endTime = "end_time"
        case speakerID = "speaker_id"
        case createdAt = "created_at"
    }

    public var subject: Tag? { Tag("job", jobID) }
}

/// `silence.detected`: a stretch in which nothing is said, shown, or both.
public struct SilenceDetected: Event {
    public static let type = "silence.detected"

    public var regionID: String
    public var jobID: String
    public var startTime: Double
    public var endTime: Double
    public var silenceType: SilenceType
    /// In decibels, below zero as a rule.
    public var amplitudeThreshold: Double?
    /// Given by imports; assigned otherwise.
    public var id: Int?
    /// Given by imports; the recorded time otherwise.
    public var createdAt: Timestamp?

    enum CodingKeys: String, CodingKey {
        case id
        case regionID = "region_id"
        case jobID = "job_id"
        case startTime = "start_time"
        case endTime = "end_time"
        case silenceType = "silence_type"
        case amplitudeThreshold = "amplitude_threshold"
        case createdAt = "created_at"
    }

    public var subject: Tag? { Tag("job", jobID) }
}

/// `layout.analyzed`: where screen and camera are in the picture. A job has one layout.
public struct LayoutAnalyzed: Event {
    public static let type = "layout.analyzed"

    public var layoutID: String
    public var jobID: String
    public var screenRegion: JSONText
    public var cameraRegion: JSONText
    public var splitRatio: Double
    public var layoutType: String
    public var confidenceScore: Double?
    public var sampleFrameTime: Double?
    /// Given by imports; assigned otherwise.
    public var id: Int?
    /// Given by imports; the recorded time otherwise.
    public var createdAt: Timestamp?

    enum CodingKeys: String, CodingKey {
        case id
        case layoutID = "layout_id"
        case jobID = "job_id"
        case screenRegion = "screen_region"
        case cameraRegion = "camera_region"
        case splitRatio = "split_ratio"
        case layoutType = "layout_type"
        case confidenceScore = "confidence_score"
        case sampleFrameTime = "sample_frame_time"
        case createdAt = "created_at"
    }

    public var subject: Tag? { Tag("job", jobID) }
}

/// `content.segmented`: a part of the lecture on one topic.
public struct ContentSegmented: Event {
    public static let type = "content.segmented"

    public var segmentID: String
    public var jobID: String
    public var startTime: Double
    public var endTime: Double
    public var topic: String
    public var description: String?
    public var importanceScore: Double
    public var keywords: JSONText
    public var concepts: JSONText
    public var segmentOrder: Int
    /// Given by imports; assigned otherwise.
    public var id: Int?
    /// Given by imports; the recorded time otherwise.
    public var createdAt: Timestamp?

    enum CodingKeys: String, CodingKey {
        case topic, description, keywords, concepts, id
        case segmentID = "segment_id"
        case jobID = "job_id"
        case startTime = "start_time"
        case endTime = "end_time"
        case importanceScore = "importance_score"
        case segmentOrder = "segment_order"
        case createdAt = "created_at"
    }

    public var subject: Tag? { Tag("job", jobID) }
    public var tags: [Tag] { [Tag("content_segment", segmentID)] }
}

/// `clip.generated`: a highlight was cut out of the lecture.
public struct ClipGenerated: Event {
    public static let type = "clip.generated"

    public var clipID: String
    public var jobID: String
    public var contentSegmentID: String?
    public var title: String
    public var topic: String?
    public var importanceScore: Double?
    public var startTime: Double
    public var endTime: Double
    public var s3Key: String
    public var fileSizeBytes: Int?
    public var thumbnailS3Key: String?
    public var subtitleS3Key: String?
    public var clipOrder: Int?
    public var extraMetadata: JSONText?
    /// Given by imports; assigned otherwise.
    public var id: Int?
    /// Given by imports; the recorded time otherwise.
    public var createdAt: Timestamp?

    enum CodingKeys: String, CodingKey {
        case title, topic, id
        case clipID = "clip_id"
        case jobID = "job_id"
        case contentSegmentID = "content_segment_id"
        case importanceScore = "importance_score"
        case startTime = "start_time"
        case endTime = "end_time"
        case s3Key = "s3_key"
        case fileSizeBytes = "file_size_bytes"
        case thumbnailS3Key = "thumbnail_s3_key"
        case subtitleS3Key = "subtitle_s3_key"
        case clipOrder = "clip_order"
        case extraMetadata = "extra_metadata"
        case createdAt = "created_at"
    }

    public var subject: Tag? { Tag("job", jobID) }
    public var tags: [Tag] {
        [Tag("clip", clipID)] + (contentSegmentID.map { [Tag("content_segment", $0)] } ?? [])
    }
}

/// `processing.logged`: an agent began or ended its part of a stage.
public struct ProcessingLogged: Event {
    public static let type = "processing.logged"

    public var logID: String
    public var jobID: String
    public var stage: ProcessingStage
    public var agentName: String?
    public var status: ProcessingStatus
    public var durationSeconds: Double?
    public var errorMessage: String?
    public var extraMetadata: JSONText?
    /// Given by imports; assigned otherwise.
    public var id: Int?
    /// Given by imports; the recorded time otherwise.
    public var createdAt: Timestamp?

    enum CodingKeys: String, CodingKey {
        case stage, status, id
        case logID = "log_id"
        case jobID = "job_id"
        case agentName = "agent_name"
        case durationSeconds = "duration_seconds"
        case errorMessage = "error_message"
        case extraMetadata = "extra_metadata"
        case createdAt = "created_at"
    }

    public var subject: Tag? { Tag("job", jobID) }
}

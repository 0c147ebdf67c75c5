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

    public init(
        segmentID: String, jobID: String, startTime: Double, endTime: Double, text: String, confidence: Double? = nil,
        speakerID: String? = nil, id: Int? = nil, createdAt: Timestamp? = nil
    ) {
        self.segmentID = segmentID
        self.jobID = jobID
        self.startTime = startTime
        self.endTime = endTime
        self.text = text
        self.confidence = confidence
        self.speakerID = speakerID
        self.id = id
        self.createdAt = createdAt
    }

    enum CodingKeys: String, CodingKey {
        case segmentID = "segment_id"
        case jobID = "job_id"
        case startTime = "start_time"
        case endTime = "end_time"
        case text, confidence
        case speakerID = "speaker_id"
        case id
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

    public init(
        regionID: String, jobID: String, startTime: Double, endTime: Double, silenceType: SilenceType, amplitudeThreshold: Double? = nil,
        id: Int? = nil, createdAt: Timestamp? = nil
    ) {
        self.regionID = regionID
        self.jobID = jobID
        self.startTime = startTime
        self.endTime = endTime
        self.silenceType = silenceType
        self.amplitudeThreshold = amplitudeThreshold
        self.id = id
        self.createdAt = createdAt
    }

    enum CodingKeys: String, CodingKey {
        case regionID = "region_id"
        case jobID = "job_id"
        case startTime = "start_time"
        case endTime = "end_time"
        case silenceType = "silence_type"
        case amplitudeThreshold = "amplitude_threshold"
        case id
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

    public init(
        layoutID: String, jobID: String, screenRegion: JSONText, cameraRegion: JSONText, splitRatio: Double, layoutType: String,
        confidenceScore: Double? = nil, sampleFrameTime: Double? = nil, id: Int? = nil, createdAt: Timestamp? = nil
    ) {
        self.layoutID = layoutID
        self.jobID = jobID
        self.screenRegion = screenRegion
        self.cameraRegion = cameraRegion
        self.splitRatio = splitRatio
        self.layoutType = layoutType
        self.confidenceScore = confidenceScore
        self.sampleFrameTime = sampleFrameTime
        self.id = id
        self.createdAt = createdAt
    }

    enum CodingKeys: String, CodingKey {
        case layoutID = "layout_id"
        case jobID = "job_id"
        case screenRegion = "screen_region"
        case cameraRegion = "camera_region"
        case splitRatio = "split_ratio"
        case layoutType = "layout_type"
        case confidenceScore = "confidence_score"
        case sampleFrameTime = "sample_frame_time"
        case id
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

    public init(
        segmentID: String, jobID: String, startTime: Double, endTime: Double, topic: String, description: String? = nil,
        importanceScore: Double, keywords: JSONText, concepts: JSONText, segmentOrder: Int, id: Int? = nil, createdAt: Timestamp? = nil
    ) {
        self.segmentID = segmentID
        self.jobID = jobID
        self.startTime = startTime
        self.endTime = endTime
        self.topic = topic
        self.description = description
        self.importanceScore = importanceScore
        self.keywords = keywords
        self.concepts = concepts
        self.segmentOrder = segmentOrder
        self.id = id
        self.createdAt = createdAt
    }

    enum CodingKeys: String, CodingKey {
        case segmentID = "segment_id"
        case jobID = "job_id"
        case startTime = "start_time"
        case endTime = "end_time"
        case topic, description
        case importanceScore = "importance_score"
        case keywords, concepts
        case segmentOrder = "segment_order"
        case id
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

    public init(
        clipID: String, jobID: String, contentSegmentID: String? = nil, title: String, topic: String? = nil, importanceScore: Double? = nil,
        startTime: Double, endTime: Double, s3Key: String, fileSizeBytes: Int? = nil, thumbnailS3Key: String? = nil,
        subtitleS3Key: String? = nil, clipOrder: Int? = nil, extraMetadata: JSONText? = nil, id: Int? = nil, createdAt: Timestamp? = nil
    ) {
        self.clipID = clipID
        self.jobID = jobID
        self.contentSegmentID = contentSegmentID
        self.title = title
        self.topic = topic
        self.importanceScore = importanceScore
        self.startTime = startTime
        self.endTime = endTime
        self.s3Key = s3Key
        self.fileSizeBytes = fileSizeBytes
        self.thumbnailS3Key = thumbnailS3Key
        self.subtitleS3Key = subtitleS3Key
        self.clipOrder = clipOrder
        self.extraMetadata = extraMetadata
        self.id = id
        self.createdAt = createdAt
    }

    enum CodingKeys: String, CodingKey {
        case clipID = "clip_id"
        case jobID = "job_id"
        case contentSegmentID = "content_segment_id"
        case title, topic
        case importanceScore = "importance_score"
        case startTime = "start_time"
        case endTime = "end_time"
        case s3Key = "s3_key"
        case fileSizeBytes = "file_size_bytes"
        case thumbnailS3Key = "thumbnail_s3_key"
        case subtitleS3Key = "subtitle_s3_key"
        case clipOrder = "clip_order"
        case extraMetadata = "extra_metadata"
        case id
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

    public init(
        logID: String, jobID: String, stage: ProcessingStage, agentName: String? = nil, status: ProcessingStatus,
        durationSeconds: Double? = nil, errorMessage: String? = nil, extraMetadata: JSONText? = nil, id: Int? = nil,
        createdAt: Timestamp? = nil
    ) {
        self.logID = logID
        self.jobID = jobID
        self.stage = stage
        self.agentName = agentName
        self.status = status
        self.durationSeconds = durationSeconds
        self.errorMessage = errorMessage
        self.extraMetadata = extraMetadata
        self.id = id
        self.createdAt = createdAt
    }

    enum CodingKeys: String, CodingKey {
        case logID = "log_id"
        case jobID = "job_id"
        case stage
        case agentName = "agent_name"
        case status
        case durationSeconds = "duration_seconds"
        case errorMessage = "error_message"
        case extraMetadata = "extra_metadata"
        case id
        case createdAt = "created_at"
    }

    public var subject: Tag? { Tag("job", jobID) }
}

import EventLog
import JSON
import Projection

/// What of a lecture is silent.
public enum SilenceType: String, Codable, CaseIterable, Sendable, ColumnValue {
    case audioSilence = "audio_silence"
    case blankScreen = "blank_screen"
    case both
}

/// How an agent's part of a stage goes.
public enum ProcessingStatus: String, Codable, CaseIterable, Sendable, ColumnValue {
    case started, completed, failed
}

/// A row of `transcripts`: something that was said. Times are seconds from the lecture's beginning.
public struct TranscriptSegment: Row {
    public var id = 0
    public var segmentID = ""
    public var jobID = ""
    public var startTime = 0.0
    public var endTime = 0.0
    public var duration = 0.0
    public var text = ""
    public var confidence: Double?
    public var speakerID: String?
    public var createdAt = ISOTime()

    public init() {}

    public mutating func columns(_ column: inout ColumnCoder) {
        column("id", &id)
        column("segment_id", &segmentID)
        column("job_id", &jobID)
        column("start_time", &startTime)
        column("end_time", &endTime)
        column("duration", &duration)
        column("text", &text)
        column("confidence", &confidence)
        column("speaker_id", &speakerID)
        column("created_at", &createdAt)
    }

    public static let table = Table<TranscriptSegment>(
        "transcripts", key: "id", assigned: true,
        elements: [
            .unique("segment_id"),
            .references("job_id", "jobs", "job_id", onDelete: .cascade),
            .check("start_time", "is not negative") { $0.startTime >= 0 },
            .check("end_time", "is not before start_time") { $0.endTime >= $0.startTime },
            .check("confidence", "is between 0.0 and 1.0") { (0...1).contains($0.confidence ?? 0) },
            // A job's transcript in the order in which it was said is one scan of it.
            .index("ix_transcripts_job_id", "job_id", "start_time"),
            .index("ix_transcripts_start_time", "start_time"),
        ])
}

/// A row of `silence_regions`.
public struct SilenceRegion: Row {
    public var id = 0
    public var regionID = ""
    public var jobID = ""
    public var startTime = 0.0
    public var endTime = 0.0
    public var duration = 0.0
    public var silenceType = SilenceType.both
    public var amplitudeThreshold: Double?
    public var createdAt = ISOTime()

    public init() {}

    public mutating func columns(_ column: inout ColumnCoder) {
        column("id", &id)
        column("region_id", &regionID)
        column("job_id", &jobID)
        column("start_time", &startTime)
        column("end_time", &endTime)
        column("duration", &duration)
        column("silence_type", &silenceType)
        column("amplitude_threshold", &amplitudeThreshold)
        column("created_at", &createdAt)
    }

    public static let table = Table<SilenceRegion>(
        "silence_regions", key: "id", assigned: true,
        elements: [
            .unique("region_id"),
            .references("job_id", "jobs", "job_id", onDelete: .cascade),
            .check("start_time", "is not negative") { $0.startTime >= 0 },
            .check("end_time", "is not before start_time") { $0.endTime >= $0.startTime },
            .index("ix_silence_regions_job_id", "job_id", "start_time"),
            .index("ix_silence_regions_start_time", "start_time"),
        ])
}

/// A row of `layout_analysis`: a job has at most one.
public struct LayoutAnalysis: Row {
    public var id = 0
    public var layoutID = ""
    public var jobID = ""
    public var screenRegion = JSONText(unchecked: "{}")
    public var cameraRegion = JSONText(unchecked: "{}")
    public var splitRatio = 0.0
    public var layoutType = ""
    public var confidenceScore: Double?
    public var sampleFrameTime: Double?
    public var createdAt = ISOTime()

    public init() {}

    public mutating func columns(_ column: inout ColumnCoder) {
        column("id", &id)
        column("layout_id", &layoutID)
        column("job_id", &jobID)
        column("screen_region", &screenRegion)
        column("camera_region", &cameraRegion)
        column("split_ratio", &splitRatio)
        column("layout_type", &layoutType)
        column("confidence_score", &confidenceScore)
        column("sample_frame_time", &sampleFrameTime)
        column("created_at", &createdAt)
    }

    public static let table = Table<LayoutAnalysis>(
        "layout_analysis", key: "id", assigned: true,
        elements: [
            .unique("layout_id"),
            .unique("job_id"),
            .references("job_id", "jobs", "job_id", onDelete: .cascade),
            .check("split_ratio", "is between 0.0 and 1.0") { (0...1).contains($0.splitRatio) },
            .check("confidence_score", "is between 0.0 and 1.0") { (0...1).contains($0.confidenceScore ?? 0) },
            .check("sample_frame_time", "is not negative") { $0.sampleFrameTime ?? 0 >= 0 },
        ])
}

/// A row of `content_segments`: a part of the lecture on one topic.
public struct ContentSegment: Row {
    public var id = 0
    public var segmentID = ""
    public var jobID = ""
    public var startTime = 0.0
    public var endTime = 0.0
    public var duration = 0.0
    public var topic = ""
    public var description: String?
    public var importanceScore = 0.0
    public var keywords = JSONText(unchecked: "[]")
    public var concepts = JSONText(unchecked: "[]")
    public var segmentOrder = 0
    public var createdAt = ISOTime()

    public init() {}

    public mutating func columns(_ column: inout ColumnCoder) {
        column("id", &id)
        column("segment_id", &segmentID)
        column("job_id", &jobID)
        column("start_time", &startTime)
        column("end_time", &endTime)
        column("duration", &duration)
        column("topic", &topic)
        column("description", &description)
        column("importance_score", &importanceScore)
        column("keywords", &keywords)
        column("concepts", &concepts)
        column("segment_order", &segmentOrder)
        column("created_at", &createdAt)
    }

    public static let table = Table<ContentSegment>(
        "content_segments", key: "id", assigned: true,
        elements: [
            .entity("content_segment", of: "segment_id"),
            .unique("segment_id"),
            .references("job_id", "jobs", "job_id", onDelete: .cascade),
            .check("start_time", "is not negative") { $0.startTime >= 0 },
            .check("end_time", "is not before start_time") { $0.endTime >= $0.startTime },
            .check("importance_score", "is between 0.0 and 1.0") { (0...1).contains($0.importanceScore) },
            .index("ix_content_segments_job_id", "job_id", "segment_order"),
            .index("ix_content_segments_start_time", "start_time"),
            .index("ix_content_segments_importance_score", "importance_score"),
        ])
}

/// A row of `clips`: a highlight cut out of the lecture.
public struct Clip: Row {
    public var id = 0
    public var clipID = ""
    public var jobID = ""
    /// The segment it was cut from, which need not be known here.
    public var contentSegmentID: String?
    public var title = ""
    public var topic: String?
    public var importanceScore: Double?
    public var startTime = 0.0
    public var endTime = 0.0
    public var duration = 0.0
    public var s3Key = ""
    public var fileSizeBytes: Int?
    public var thumbnailS3Key: String?
    public var subtitleS3Key: String?
    public var clipOrder: Int?
    public var extraMetadata: JSONText?
    public var createdAt = ISOTime()

    public init() {}

    public mutating func columns(_ column: inout ColumnCoder) {
        column("id", &id)
        column("clip_id", &clipID)
        column("job_id", &jobID)
        column("content_segment_id", &contentSegmentID)
        column("title", &title)
        column("topic", &topic)
        column("importance_score", &importanceScore)
        column("start_time", &startTime)
        column("end_time", &endTime)
        column("duration", &duration)
        column("s3_key", &s3Key)
        column("file_size_bytes", &fileSizeBytes)
        column("thumbnail_s3_key", &thumbnailS3Key)
        column("subtitle_s3_key", &subtitleS3Key)
        column("clip_order", &clipOrder)
        column("extra_metadata", &extraMetadata)
        column("created_at", &createdAt)
    }

    public static let table = Table<Clip>(
        "clips", key: "id", assigned: true,
        elements: [
            .entity("clip", of: "clip_id"),
            .unique("clip_id"),
            .references("job_id", "jobs", "job_id", onDelete: .cascade),
            .check("importance_score", "is between 0.0 and 1.0") { (0...1).contains($0.importanceScore ?? 0) },
            .check("start_time", "is not negative") { $0.startTime >= 0 },
            .check("end_time", "is not before start_time") { $0.endTime >= $0.startTime },
            .check("file_size_bytes", "is not negative") { $0.fileSizeBytes ?? 0 >= 0 },
            .index("ix_clips_job_id", "job_id", "clip_order"),
        ])
}

/// A row of `processing_logs`: an agent began or ended its part of a stage.
public struct ProcessingLog: Row {
    public var id = 0
    public var logID = ""
    public var jobID = ""
    public var stage = ProcessingStage.uploading
    public var agentName: String?
    public var status = ProcessingStatus.started
    public var durationSeconds: Double?
    public var errorMessage: String?
    public var extraMetadata: JSONText?
    public var createdAt = ISOTime()

    public init() {}

    public mutating func columns(_ column: inout ColumnCoder) {
        column("id", &id)
        column("log_id", &logID)
        column("job_id", &jobID)
        column("stage", &stage)
        column("agent_name", &agentName)
        column("status", &status)
        column("duration_seconds", &durationSeconds)
        column("error_message", &errorMessage)
        column("extra_metadata", &extraMetadata)
        column("created_at", &createdAt)
    }

    public static let table = Table<ProcessingLog>(
        "processing_logs", key: "id", assigned: true,
        elements: [
            .unique("log_id"),
            .references("job_id", "jobs", "job_id", onDelete: .cascade),
            .check("duration_seconds", "is not negative") { $0.durationSeconds ?? 0 >= 0 },
            .index("ix_processing_logs_job_id", "job_id", "created_at"),
            .index("ix_processing_logs_stage", "stage", "created_at"),
        ])
}

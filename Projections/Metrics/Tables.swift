import EventLog
import Projection

/// A row of `video_metadata`.
public struct Video: Row {
    public var id = 0
    public var videoID = ""
    public var title: String?
    public var description: String?
    public var topic: String?
    public var scriptPath: String?
    public var audioPath: String?
    public var videoPath: String?
    public var durationSeconds: Double?
    public var createdAt = SQLTime()
    public var postedAt: SQLTime?
    public var status = VideoStatus.draft

    public init() {}

    public mutating func columns(_ column: inout ColumnCoder) {
        column("id", &id)
        column("video_id", &videoID)
        column("title", &title)
        column("description", &description)
        column("topic", &topic)
        column("script_path", &scriptPath)
        column("audio_path", &audioPath)
        column("video_path", &videoPath)
        column("duration_seconds", &durationSeconds)
        column("created_at", &createdAt)
        column("posted_at", &postedAt)
        column("status", &status)
    }

    public static let table = Table<Video>(
        "video_metadata", key: "id", assigned: true,
        elements: [
            .entity("video", of: "video_id"),
            .unique("video_id"),
            .check("duration_seconds", "is not negative") { $0.durationSeconds ?? 0 >= 0 },
            .index("idx_video_metadata_status", "status"),
            .index("idx_video_metadata_topic", "topic"),
            .index("idx_video_metadata_created", "created_at"),
        ])
}

/// A row of `video_metrics`: one snapshot.
public struct MetricsSnapshot: Row {
    public var id = 0
    public var videoID = ""
    public var platform = ""
    public var views = 0
    public var likes = 0
    public var comments = 0
    public var shares = 0
    public var saves = 0
    public var watchTimeSeconds = 0
    /// nil where an imported database has none.
    public var engagementRate: Double? = 0
    public var timestamp = SQLTime()
    public var createdAt = SQLTime()

    public init() {}

    public mutating func columns(_ column: inout ColumnCoder) {
        column("id", &id)
        column("video_id", &videoID)
        column("platform", &platform)
        column("views", &views)
        column("likes", &likes)
        column("comments", &comments)
        column("shares", &shares)
        column("saves", &saves)
        column("watch_time_seconds", &watchTimeSeconds)
        column("engagement_rate", &engagementRate)
        column("timestamp", &timestamp)
        column("created_at", &createdAt)
    }

    public static let table = Table<MetricsSnapshot>(
        "video_metrics", key: "id", assigned: true,
        elements: [
            .entity("video", of: "video_id"),
            .check("views", "is not negative") { $0.views >= 0 },
            .check("likes", "is not negative") { $0.likes >= 0 },
            .check("comments", "is not negative") { $0.comments >= 0 },
            .check("shares", "is not negative") { $0.shares >= 0 },
            .check("saves", "is not negative") { $0.saves >= 0 },
            .check("watch_time_seconds", "is not negative") { $0.watchTimeSeconds >= 0 },
            .check("engagement_rate", "is between 0.0 and 1.0") { (0...1).contains($0.engagementRate ?? 0) },
            // Serves idx_video_metrics_video_id too: it begins with the video.
            .unique("video_id", "platform", "timestamp"),
            .index("idx_video_metrics_platform", "platform"),
            .index("idx_video_metrics_timestamp", "timestamp"),
            .index("idx_video_metrics_engagement", "engagement_rate"),
        ])
}

/// A row of `latest_video_metrics`: the newest snapshot of a video on a platform, with what is known of the video.
public struct LatestMetrics: Row {
    public var snapshot = MetricsSnapshot()
    public var title: String?
    public var topic: String?
    public var durationSeconds: Double?

    public init() {}

    public mutating func columns(_ column: inout ColumnCoder) {
        snapshot.columns(&column)
        column("title", &title)
        column("topic", &topic)
        column("duration_seconds", &durationSeconds)
    }

    /// Takes over what the view shows of a video; nothing when it is not registered.
    mutating func describe(_ video: Video?) {
        title = video?.title
        topic = video?.topic
        durationSeconds = video?.durationSeconds
    }

    public static let table = Table<LatestMetrics>(
        "latest_video_metrics", key: "video_id", "platform", elements: [.entity("video", of: "video_id")])
}

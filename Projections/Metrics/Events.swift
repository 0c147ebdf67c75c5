import EventLog
import Projection

/// Where a video stands.
public enum VideoStatus: String, Codable, CaseIterable, Sendable, ColumnValue {
    case draft, rendered, posted, archived
}

/// `video.registered`: a video was planned or made.
public struct VideoRegistered: Event {
    public static let type = "video.registered"

    public var videoID: String
    public var title: String?
    public var description: String?
    public var topic: String?
    public var scriptPath: String?
    public var audioPath: String?
    public var videoPath: String?
    public var durationSeconds: Double?
    public var status: VideoStatus?
    /// Given by imports; assigned otherwise.
    public var id: Int?
    /// Given by imports; the recorded time otherwise.
    public var createdAt: Timestamp?
    /// Given by imports; set by the change to posted otherwise.
    public var postedAt: Timestamp?

    public init(
        videoID: String, title: String? = nil, description: String? = nil, topic: String? = nil, scriptPath: String? = nil,
        audioPath: String? = nil, videoPath: String? = nil, durationSeconds: Double? = nil, status: VideoStatus? = nil, id: Int? = nil,
        createdAt: Timestamp? = nil, postedAt: Timestamp? = nil
    ) {
        self.videoID = videoID
        self.title = title
        self.description = description
        self.topic = topic
        self.scriptPath = scriptPath
        self.audioPath = audioPath
        self.videoPath = videoPath
        self.durationSeconds = durationSeconds
        self.status = status
        self.id = id
        self.createdAt = createdAt
        self.postedAt = postedAt
    }

    enum CodingKeys: String, CodingKey {
        case videoID = "video_id"
        case title, description, topic
        case scriptPath = "script_path"
        case audioPath = "audio_path"
        case videoPath = "video_path"
        case durationSeconds = "duration_seconds"
        case status, id
        case createdAt = "created_at"
        case postedAt = "posted_at"
    }

    public var subject: Tag? { Tag("video", videoID) }
}

/// `video.updated`: some of a video's fields changed; those not given stay.
public struct VideoUpdated: Event {
    public static let type = "video.updated"

    public var videoID: String
    public var title: String?
    public var description: String?
    public var topic: String?
    public var scriptPath: String?
    public var audioPath: String?
    public var videoPath: String?
    public var durationSeconds: Double?
    public var status: VideoStatus?

    public init(
        videoID: String, title: String? = nil, description: String? = nil, topic: String? = nil, scriptPath: String? = nil,
        audioPath: String? = nil, videoPath: String? = nil, durationSeconds: Double? = nil, status: VideoStatus? = nil
    ) {
        self.videoID = videoID
        self.title = title
        self.description = description
        self.topic = topic
        self.scriptPath = scriptPath
        self.audioPath = audioPath
        self.videoPath = videoPath
        self.durationSeconds = durationSeconds
        self.status = status
    }

    enum CodingKeys: String, CodingKey {
        case videoID = "video_id"
        case title, description, topic
        case scriptPath = "script_path"
        case audioPath = "audio_path"
        case videoPath = "video_path"
        case durationSeconds = "duration_seconds"
        case status
    }

    public var subject: Tag? { Tag("video", videoID) }
}

/// `video.status_changed`: a video went on to another status.
public struct VideoStatusChanged: Event {
    public static let type = "video.status_changed"

    public var videoID: String
    public var status: VideoStatus

    public init(videoID: String, status: VideoStatus) {
        self.videoID = videoID
        self.status = status
    }

    enum CodingKeys: String, CodingKey {
        case videoID = "video_id"
        case status
    }

    public var subject: Tag? { Tag("video", videoID) }
}

/// `video.removed`: a video leaves the table; its metrics stay.
public struct VideoRemoved: Event {
    public static let type = "video.removed"

    public var videoID: String

    public init(videoID: String) { self.videoID = videoID }

    enum CodingKeys: String, CodingKey {
        case videoID = "video_id"
    }

    public var subject: Tag? { Tag("video", videoID) }
}

/// `metrics.recorded`: a platform's counters of a video at one moment. The video need not be registered.
public struct MetricsRecorded: Event {
    public static let type = "metrics.recorded"

    public var videoID: String
    public var platform: String
    public var views: Int?
    public var likes: Int?
    public var comments: Int?
    public var shares: Int?
    public var saves: Int?
    public var watchTimeSeconds: Int?
    /// Computed from the counters when missing.
    public var engagementRate: Double?
    /// Given by imports; assigned otherwise.
    public var id: Int?
    /// Given by imports; the recorded time otherwise.
    public var createdAt: Timestamp?

    public init(
        videoID: String, platform: String, views: Int? = nil, likes: Int? = nil, comments: Int? = nil, shares: Int? = nil,
        saves: Int? = nil, watchTimeSeconds: Int? = nil, engagementRate: Double? = nil, id: Int? = nil, createdAt: Timestamp? = nil
    ) {
        self.videoID = videoID
        self.platform = platform
        self.views = views
        self.likes = likes
        self.comments = comments
        self.shares = shares
        self.saves = saves
        self.watchTimeSeconds = watchTimeSeconds
        self.engagementRate = engagementRate
        self.id = id
        self.createdAt = createdAt
    }

    enum CodingKeys: String, CodingKey {
        case videoID = "video_id"
        case platform, views, likes, comments, shares, saves
        case watchTimeSeconds = "watch_time_seconds"
        case engagementRate = "engagement_rate"
        case id
        case createdAt = "created_at"
    }

    public var subject: Tag? { Tag("video", videoID) }
}

import EventLog
import JSON

/// `trend.captured`: a topic was seen trending.
public struct TrendCaptured: Event {
    public static let type = "trend.captured"

    public var topic: String
    public var source: String
    public var relevanceScore: Double?
    public var category: String?
    public var metadata: JSONText?
    /// Given by imports; assigned otherwise.
    public var id: Int?
    /// Given by imports; the recorded time otherwise.
    public var createdAt: Timestamp?

    public init(
        topic: String, source: String, relevanceScore: Double? = nil, category: String? = nil, metadata: JSONText? = nil, id: Int? = nil,
        createdAt: Timestamp? = nil
    ) {
        self.topic = topic
        self.source = source
        self.relevanceScore = relevanceScore
        self.category = category
        self.metadata = metadata
        self.id = id
        self.createdAt = createdAt
    }

    enum CodingKeys: String, CodingKey {
        case topic, source
        case relevanceScore = "relevance_score"
        case category, metadata, id
        case createdAt = "created_at"
    }
}

/// `trend.used`: a topic was made into a video. Names one row by id, or every row of a topic and source.
public struct TrendUsed: Event {
    public static let type = "trend.used"

    public var id: Int?
    public var topic: String?
    public var source: String?
    public var videoID: String?

    public init(id: Int? = nil, topic: String? = nil, source: String? = nil, videoID: String? = nil) {
        self.id = id
        self.topic = topic
        self.source = source
        self.videoID = videoID
    }

    enum CodingKeys: String, CodingKey {
        case id, topic, source
        case videoID = "video_id"
    }

    public var subject: Tag? { id.map { Tag("trend", $0) } }
    public var tags: [Tag] { videoID.map { [Tag("video", $0)] } ?? [] }
}

/// `trend.released`: a topic may be used again.
public struct TrendReleased: Event {
    public static let type = "trend.released"

    public var id: Int

    public init(id: Int) { self.id = id }

    public var subject: Tag? { Tag("trend", id) }
}

/// `trend.rescored`: a topic's relevance was judged anew.
public struct TrendRescored: Event {
    public static let type = "trend.rescored"

    public var id: Int
    public var relevanceScore: Double

    public init(id: Int, relevanceScore: Double) {
        self.id = id
        self.relevanceScore = relevanceScore
    }

    enum CodingKeys: String, CodingKey {
        case id
        case relevanceScore = "relevance_score"
    }

    public var subject: Tag? { Tag("trend", id) }
}

/// `trend.removed`: a topic leaves the table; the log keeps it.
public struct TrendRemoved: Event {
    public static let type = "trend.removed"

    public var id: Int

    public init(id: Int) { self.id = id }

    public var subject: Tag? { Tag("trend", id) }
}

/// `search.performed`: a source was searched for topics.
public struct SearchPerformed: Event {
    public static let type = "search.performed"

    public var query: String
    public var source: String
    public var resultCount: Int?
    /// Given by imports; assigned otherwise.
    public var id: Int?

    public init(query: String, source: String, resultCount: Int? = nil, id: Int? = nil) {
        self.query = query
        self.source = source
        self.resultCount = resultCount
        self.id = id
    }

    enum CodingKeys: String, CodingKey {
        case query, source
        case resultCount = "result_count"
        case id
    }
}

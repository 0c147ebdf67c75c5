import EventLog
import JSON
import Projection

/// A row of `trending_topics`.
public struct Trend: Row {
    public var id = 0
    public var topic = ""
    public var source = ""
    public var timestamp = SQLTime()
    public var relevanceScore = 0.0
    public var usedFlag = false
    public var category: String?
    public var metadata: JSONText?
    public var createdAt = SQLTime()
    public var updatedAt = SQLTime()

    public init() {}

    public mutating func columns(_ column: inout ColumnCoder) {
        column("id", &id)
        column("topic", &topic)
        column("source", &source)
        column("timestamp", &timestamp)
        column("relevance_score", &relevanceScore)
        column("used_flag", &usedFlag)
        column("category", &category)
        column("metadata", &metadata)
        column("created_at", &createdAt)
        column("updated_at", &updatedAt)
    }

    public static let table = Table<Trend>(
        "trending_topics", key: "id", assigned: true,
        elements: [
            .entity("trend"),
            .check("relevance_score", "is between 0.0 and 1.0") { (0...1).contains($0.relevanceScore) },
            .index("idx_trending_topics_timestamp", "timestamp"),
            // The most relevant unused topics are one short scan of it.
            .index("idx_trending_topics_used_flag", "used_flag", "relevance_score"),
            .index("idx_trending_topics_source", "source"),
            .index("idx_trending_topics_relevance", "relevance_score", "timestamp"),
            .index("idx_trending_topics_category", "category"),
            // `trend.used` finds rows by it.
            .index("idx_trending_topics_topic", "topic", "source"),
            .index("idx_trending_topics_unused_recent", "timestamp", where: "used_flag", is: false),
        ])
}

/// A row of `search_history`.
public struct Search: Row {
    public var id = 0
    public var query = ""
    public var source = ""
    public var resultCount = 0
    public var timestamp = SQLTime()

    public init() {}

    public mutating func columns(_ column: inout ColumnCoder) {
        column("id", &id)
        column("query", &query)
        column("source", &source)
        column("result_count", &resultCount)
        column("timestamp", &timestamp)
    }

    public static let table = Table<Search>(
        "search_history", key: "id", assigned: true,
        elements: [
            .entity("search"),
            .check("result_count", "is not negative") { $0.resultCount >= 0 },
            .index("idx_search_history_timestamp", "timestamp"),
        ])
}

let unusedRecentTopics = SQLView(
    "unused_recent_topics", "Topics that no video has used, newest first.",
    sql: "SELECT * FROM trending_topics WHERE used_flag = 0 ORDER BY timestamp DESC, id DESC")

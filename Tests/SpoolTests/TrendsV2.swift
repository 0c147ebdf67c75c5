import EventLog
import JSON
import Projection
import Trends

/// The Trends domain after a real change: topics have a priority, by which queues are sorted. What of it did not change is left out here, but
/// for what shows that both versions go on.
enum TrendsV2 {
    /// `trend.captured`, schema version 2.
    struct Captured: Event {
        static let type = "trend.captured"
        static let schemaVersion = 2
        static let upcasters = [Upcaster(from: 1, isAdditive: true) { $0["priority"] = .int(0) }]

        var topic: String
        var source: String
        var relevanceScore: Double?
        var category: String?
        var metadata: JSONText?
        var priority: Int
        var id: Int?
        var createdAt: Timestamp?

        enum CodingKeys: String, CodingKey {
            case topic, source, category, metadata, priority, id
            case relevanceScore = "relevance_score"
            case createdAt = "created_at"
        }
    }

    /// A row of `trending_topics` after `ALTER TABLE trending_topics ADD COLUMN priority INTEGER DEFAULT 0`.
    struct Topic: Row {
        var id = 0
        var topic = ""
        var source = ""
        var timestamp = SQLTime()
        var relevanceScore = 0.0
        var usedFlag = false
        var category: String?
        var metadata: JSONText?
        var createdAt = SQLTime()
        var updatedAt = SQLTime()
        var priority = 0

        mutating func columns(_ column: inout ColumnCoder) {
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
            column("priority", &priority)
        }

        static let table = Table<Topic>(
            "trending_topics", key: "id", assigned: true,
            elements: [
                .entity("trend"),
                .check("relevance_score", "is between 0.0 and 1.0") { (0...1).contains($0.relevanceScore) },
                .index("idx_trending_topics_topic", "topic", "source"),
                .index("idx_trending_topics_priority", .descending("priority")),
            ])
    }

    static let projector = Projector("trends", version: 2, tables: [Topic.table, Search.table]) {
        On(Captured.self) { event, views in
            var topic = Topic()
            topic.id = event.id ?? 0
            topic.topic = event.topic
            topic.source = event.source
            topic.timestamp = SQLTime(event.time)
            topic.relevanceScore = event.relevanceScore ?? 0
            topic.category = event.category
            topic.metadata = event.metadata
            topic.createdAt = SQLTime(event.createdAt ?? event.recordedTime)
            topic.updatedAt = SQLTime(event.time)
            topic.priority = event.priority
            try views.insert(Topic.table, topic)
        }
        On(TrendUsed.self) { event, views in
            var ids = event.id.map { [$0] } ?? []
            if let topic = event.topic, let source = event.source, ids.isEmpty {
                ids = try views.all(Topic.table, where: ["topic": topic, "source": source]).map(\.id)
            }
            for id in ids {
                try views.update(Topic.table, id) { topic in
                    topic.usedFlag = true
                    topic.updatedAt = SQLTime(event.time)
                }
            }
        }
        On(TrendReleased.self) { event, views in
            try views.update(Topic.table, event.id) { topic in
                topic.usedFlag = false
                topic.updatedAt = SQLTime(event.time)
            }
        }
        On(TrendRescored.self) { event, views in
            try views.update(Topic.table, event.id) { topic in
                topic.relevanceScore = event.relevanceScore
                topic.updatedAt = SQLTime(event.time)
            }
        }
        On(TrendRemoved.self) { event, views in try views.delete(Topic.table, event.id) }
        On(SearchPerformed.self) { event, views in
            var search = Search()
            search.id = event.id ?? 0
            search.query = event.query
            search.source = event.source
            search.resultCount = event.resultCount ?? 0
            search.timestamp = SQLTime(event.time)
            try views.insert(Search.table, search)
        }
    }

    /// A catalog in which version 2 took the place of version 1.
    static func catalog(_ projectors: [Projector]) -> [Projector] { projectors.map { $0.name == "trends" ? projector : $0 } }
}

/// A third version, which the ones before cannot read: the topic has another name.
enum TrendsV3 {
    struct Captured: Event {
        static let type = "trend.captured"
        static let schemaVersion = 3
        static let upcasters =
            TrendsV2.Captured.upcasters + [
                Upcaster(from: 2) { object in
                    guard object["topic"] != nil else { throw AppendError.invalid(field: "topic", "expected text, found none") }
                    object.rename("topic", to: "title")
                    for name in ["relevance_score", "category", "metadata"] { object[name] = nil }
                }
            ]

        var title: String
        var source: String
        var priority: Int
    }

    static let projector = Projector("trends", version: 3, tables: [TrendsV2.Topic.table]) {
        On(Captured.self) { event, views in
            var topic = TrendsV2.Topic()
            topic.topic = event.title
            topic.source = event.source
            topic.priority = event.priority
            try views.insert(TrendsV2.Topic.table, topic)
        }
    }
}

import EventLog
import Projection

/// Trending topics and the searches that found them.
public let trends = Projector(
    "trends", version: 1, replaces: "Excuse My French, trends.db", tables: [Trend.table, Search.table], views: [unusedRecentTopics],
    queries: trendQueries
) {
    On(TrendCaptured.self) { event, views in
        var trend = Trend()
        trend.id = event.id ?? 0
        trend.topic = event.topic
        trend.source = event.source
        trend.timestamp = SQLTime(event.time)
        trend.relevanceScore = event.relevanceScore ?? 0
        trend.category = event.category
        trend.metadata = event.metadata
        trend.createdAt = SQLTime(event.createdAt ?? event.recordedTime)
        trend.updatedAt = SQLTime(event.time)
        try views.insert(Trend.table, trend)
    }
    On(TrendUsed.self) { event, views in
        for id in try usedTrends(event, views) {
            try views.update(Trend.table, id) { trend in
                trend.usedFlag = true
                trend.updatedAt = SQLTime(event.time)
            }
        }
    }
    On(TrendReleased.self) { event, views in
        try views.update(Trend.table, event.id) { trend in
            trend.usedFlag = false
            trend.updatedAt = SQLTime(event.time)
        }
    }
    On(TrendRescored.self) { event, views in
        try views.update(Trend.table, event.id) { trend in
            trend.relevanceScore = event.relevanceScore
            trend.updatedAt = SQLTime(event.time)
        }
    }
    On(TrendRemoved.self) { event, views in
        try views.delete(Trend.table, event.id)
    }
    On(SearchPerformed.self) { event, views in
        var search = Search()
        search.id = event.id ?? 0
        search.query = event.query
        search.source = event.source
        search.resultCount = event.resultCount ?? 0
        search.timestamp = SQLTime(event.time)
        try views.insert(Search.table, search)
    }
    On.imported(Trend.self)
    On.imported(Search.self)
    On.removed(Search.self)
}

/// A topic that trended on five days is five rows: used by name, all of them are, as an UPDATE by topic and source would have it.
private func usedTrends(_ event: Recorded<TrendUsed>, _ views: ViewWriter) throws -> [Int] {
    if let id = event.id {
        if let trend = try views.get(Trend.table, id) {
            try mustAgree("topic", event.topic, trend.topic, id)
            try mustAgree("source", event.source, trend.source, id)
        }
        return [id]
    }
    guard let topic = event.topic, let source = event.source else {
        throw RuleViolation(
            .custom("REQUIRED"), table: "trending_topics", row: "?", field: "id", "expected id, or topic and source, found neither")
    }
    let trends = try views.all(Trend.table, where: ["topic": topic, "source": source])
    if trends.isEmpty {
        throw RuleViolation(
            .notFound, table: "trending_topics", row: "?", field: "topic, source", "there is no row with '\(topic)', '\(source)'")
    }
    return trends.map(\.id)
}

private func mustAgree(_ field: String, _ given: String?, _ stored: String, _ id: Int) throws {
    if let given, given != stored {
        throw RuleViolation(
            .conflict, table: "trending_topics", row: "\(id)", field: field, "the event says '\(given)', the row '\(stored)'")
    }
}

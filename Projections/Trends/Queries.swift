import Projection

let trendQueries = [
    NamedQuery(
        "unused_topics", .count("limit"), summary: "The most relevant topics that no video has used.",
        sql:
            "SELECT id, topic, source, relevance_score FROM trending_topics WHERE used_flag = 0 ORDER BY relevance_score DESC LIMIT CAST(? AS INTEGER)"
    ),
    NamedQuery(
        "topics_since", .time("timestamp"), .count("limit"), summary: "Topics captured since a time, most relevant first.",
        sql: "SELECT * FROM trending_topics WHERE timestamp >= ? ORDER BY relevance_score DESC, timestamp DESC LIMIT CAST(? AS INTEGER)"),
]

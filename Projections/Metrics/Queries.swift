import Projection

let metricsQueries = [
    NamedQuery(
        "video_metrics_latest", "video_id", summary: "A video's newest snapshot on each platform.",
        sql: "SELECT * FROM latest_video_metrics WHERE video_id = ?")
]

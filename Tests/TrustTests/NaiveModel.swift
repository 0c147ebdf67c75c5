/// What some views must show, folded from the log in the plainest way: dictionaries, no rules, no indexes.
struct NaiveModel {
    private struct Trend { var topic, source: String, isUsed = false }
    private struct Image { var path: String, uses = 0, lastUse = "" }
    private struct Usage { var image: Int, video: String, scene: Int }
    private struct Numbers { var time: String, views, likes: Int }
    private struct Search { var query, source: String, results: Int }
    private struct Screen: Hashable { var video, platform: String }

    private var trends: [Int: Trend] = [:]
    private var trendCount = 0
    private var images: [Image] = []
    private var usages: [Usage] = []
    private var titles: [String: String] = [:]
    private var latest: [Screen: Numbers] = [:]
    private var searches: [Search] = []

    init(_ events: [LoggedEvent]) {
        for event in events { apply(event) }
    }

    private mutating func apply(_ event: LoggedEvent) {
        switch event.type {
        case "trend.captured":
            trendCount += 1
            trends[trendCount] = Trend(topic: event.text("topic"), source: event.text("source"))
        case "trend.used": trends[event.number("id")]?.isUsed = true
        case "trend.removed": trends[event.number("id")] = nil
        case "search.performed":
            searches.append(Search(query: event.text("query"), source: event.text("source"), results: event.number("result_count")))
        case "image.added": images.append(Image(path: event.text("file_path")))
        case "image.used":
            let image = event.number("image_id")
            usages.append(Usage(image: image, video: event.text("video_id"), scene: event.number("scene_number")))
            images[image - 1].uses += 1
            images[image - 1].lastUse = event.time
        case "video.registered", "video.updated": titles[event.text("video_id")] = event.text("title")
        case "metrics.recorded":
            let screen = Screen(video: event.text("video_id"), platform: event.text("platform"))
            if latest[screen].map({ $0.time < event.time }) ?? true {
                latest[screen] = Numbers(time: event.time, views: event.number("views"), likes: event.number("likes"))
            }
        default: break
        }
    }

    /// Questions in SQL, each with the rows that the answer must have, as CSV.
    var answers: [(sql: String, rows: [String])] {
        [
            (
                "SELECT id, topic, source, used_flag FROM trending_topics ORDER BY id",
                trends.sorted { $0.key < $1.key }.map { "\($0),\($1.topic),\($1.source),\($1.isUsed ? 1 : 0)" }
            ),
            (
                "SELECT id, file_path, usage_count, coalesce(strftime('%s', last_used_at), '-') FROM image_library ORDER BY id",
                images.enumerated().map { "\($0 + 1),\($1.path),\($1.uses),\(Self.seconds($1.lastUse))" }
            ),
            (
                "SELECT id, image_id, video_id, scene_number FROM image_usage ORDER BY id",
                usages.enumerated().map { "\($0 + 1),\($1.image),\($1.video),\($1.scene)" }
            ),
            (
                "SELECT video_id, platform, views, likes, coalesce(title, '-') FROM latest_video_metrics ORDER BY video_id, platform",
                latest.sorted { ($0.key.video, $0.key.platform) < ($1.key.video, $1.key.platform) }
                    .map { "\($0.video),\($0.platform),\($1.views),\($1.likes),\(titles[$0.video] ?? "-")" }
            ),
            (
                "SELECT count(*), sum(result_count), sum(length(query)), max(id) FROM search_history",
                [
                    "\(searches.count),\(searches.isEmpty ? "" : "\(searches.reduce(0) { $0 + $1.results })"),"
                        + (searches.isEmpty ? "," : "\(searches.reduce(0) { $0 + $1.query.count }),\(searches.count)")
                ]
            ),
        ]
    }

    /// Seconds since 1970 of a time such as 2023-11-14T22:13:20Z, by the calendar.
    private static func seconds(_ time: String) -> String {
        let parts = time.split { !$0.isNumber }.compactMap { Int($0) }
        guard parts.count >= 6 else { return "-" }
        // Days by the civil calendar, years beginning in March.
        let year = parts[1] <= 2 ? parts[0] - 1 : parts[0]
        let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * ((parts[1] + 9) % 12) + 2) / 5 + parts[2] - 719_469
        return "\(days * 86_400 + parts[3] * 3600 + parts[4] * 60 + parts[5])"
    }
}

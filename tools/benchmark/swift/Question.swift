import ImageLibrary
import Metrics
import Spool
import Trends

/// A query of the old scripts, as SQL and as Swift.
enum Question: String {
    case latest, key, index, unused, best
    /// The latest metrics and the rows by an index again, every column read in place.
    case latestRows = "latest-rows"
    case indexRows = "index-rows"

    struct Unknown: Error { let name: String }

    init(named name: String) throws {
        guard let question = Question(rawValue: name) else { throw Unknown(name: name) }
        self = question
    }

    var sql: String {
        switch self {
        case .latest, .latestRows: "SELECT * FROM latest_video_metrics"
        case .key: "SELECT * FROM video_metrics WHERE id = ?"
        case .index, .indexRows: "SELECT * FROM image_usage WHERE image_id = ?"
        case .unused:
            "SELECT id, topic, source, relevance_score FROM trending_topics WHERE used_flag = 0 ORDER BY relevance_score DESC LIMIT 5"
        case .best:
            """
            SELECT id, file_path, usage_count, quality_score FROM image_library WHERE character = ? AND emotion = ?
            ORDER BY usage_count ASC, quality_score DESC LIMIT 1
            """
        }
    }

    /// Keys are drawn from the rows there are.
    var highestKey: String? {
        switch self {
        case .key: "SELECT max(id) FROM video_metrics"
        case .index, .indexRows: "SELECT max(id) FROM image_library"
        default: nil
        }
    }

    func parameters(_ chance: Int, highest: SQLValue?) -> [SQLValue] {
        switch self {
        case .latest, .latestRows, .unused: []
        case .key, .index, .indexRows: [.integer(Int64(key(chance, highest)))]
        case .best: [.text(character(chance)), .text(emotion(chance))]
        }
    }

    func read(_ store: Store, _ chance: Int, highest: SQLValue?) throws {
        switch self {
        case .latest: use(try store.read(metrics) { try $0.all(LatestMetrics.table) })
        case .key: use(try store.read(metrics) { try $0.get(MetricsSnapshot.table, key(chance, highest)) })
        case .index: use(try store.read(imageLibrary) { try $0.all(ImageUsage.table, where: ["image_id": key(chance, highest)]) })
        case .latestRows:
            use(try store.read(metrics) { try weight(of: LatestMetrics.table, [:], $0) })
        case .indexRows:
            use(try store.read(imageLibrary) { try weight(of: ImageUsage.table, ["image_id": key(chance, highest)], $0) })
        case .unused:
            use(
                try store.read(trends) {
                    try $0.first(5, Trend.table, where: ["used_flag": false], orderedBy: .descending("relevance_score"))
                })
        case .best:
            use(
                try store.read(imageLibrary) {
                    try $0.first(Image.table, where: ["character": character(chance), "emotion": emotion(chance)])
                })
        }
    }

    /// Reads every column of some rows where it lies.
    private func weight<R>(of table: Table<R>, _ values: ColumnValues, _ views: ViewReader) throws -> Int {
        var sum = 0
        try views.forEachRow(of: table, where: values) { row in
            var ofRow = 0
            row.forEachValue { _, value in ofRow &+= value.weight }
            sum &+= ofRow
            return true
        }
        return sum
    }

    private func key(_ chance: Int, _ highest: SQLValue?) -> Int {
        guard case .integer(let highest) = highest, highest > 0 else { return 1 }
        return 1 + chance % Int(highest)
    }

    private func character(_ chance: Int) -> String { chance & 1 == 1 ? "nutsy" : "butcher" }

    private func emotion(_ chance: Int) -> String { ["happy", "sad", "angry", "surprised"][chance >> 1 & 3] }
}

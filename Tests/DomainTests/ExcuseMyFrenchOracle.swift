import EventLog
import JSON
import Projection
import TestSupport

/// A fact as it is sent, with its fields at hand for the oracle.
struct ExcuseMyFrenchFact: CustomStringConvertible {
    let type: String
    let fields: [(name: String, value: SQLValue)]
    let time: Timestamp

    subscript(name: String) -> SQLValue { fields.first { $0.name == name }?.value ?? .null }

    var data: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        for (name, value) in fields {
            writer.key(name)
            switch value {
            case .null: writer.null()
            case .integer(let number): writer.int(number)
            case .real(let number): writer.double(number)
            case .text(let text):
                if name == "metadata" || name == "tags" { writer.raw(text) } else { writer.string(text) }
            case .blob: writer.null()
            }
        }
        writer.endObject()
        return writer.bytes
    }

    var description: String { "\(type) at \(time) \(String(decoding: data, as: UTF8.self))" }

    static func random(using random: inout SplitMix64, now: Timestamp) -> ExcuseMyFrenchFact {
        let texts = ["", "AI", "née «Åsa» 😀", "a'b\"c\\d", "tab\tnew\nline", String(repeating: "x", count: 300)]
        func pick(_ choices: [String]) -> SQLValue { .text(choices[Int.random(in: 0..<choices.count, using: &random)]) }
        func number(_ range: ClosedRange<Int64>) -> SQLValue { .integer(Int64.random(in: range, using: &random)) }
        func score() -> SQLValue { .real(Double(Int.random(in: -1...11, using: &random)) / 10) }
        func maybe(_ value: SQLValue) -> SQLValue { Bool.random(using: &random) ? value : .null }
        func count() -> SQLValue {
            switch Int.random(in: 0..<12, using: &random) {
            case 0: .integer(-1)
            case 1: .integer(9_007_199_254_740_993)
            default: number(0...1000)
            }
        }
        let video = pick(["v1", "v2", "v3", "", "ünï"])
        let image = number(1...12)
        let path = pick((0..<20).map { "/images/\($0).png" })
        let collection = pick(["best", "worst", "été"])
        let json = pick([#"{"a":1}"#, "[]", #"["x", "y" ]"#, #"{"ü":"😀","n":1.50}"#])
        let choices: [(String, [(String, SQLValue)])] = [
            (
                "trend.captured",
                [
                    ("topic", pick(texts)), ("source", pick(["reddit", "twitter", ""])), ("relevance_score", maybe(score())),
                    ("category", maybe(pick(["tech", "life"]))), ("metadata", maybe(json)),
                ]
            ),
            ("trend.captured", [("topic", pick(texts)), ("source", pick(["reddit"]))]),
            ("trend.used", [("id", number(1...60)), ("video_id", maybe(video))]),
            ("trend.used", [("topic", pick(texts)), ("source", pick(["reddit", "google"]))]),
            ("trend.released", [("id", number(1...60))]),
            ("trend.rescored", [("id", number(1...60)), ("relevance_score", score())]),
            ("trend.removed", [("id", number(1...60))]),
            ("search.performed", [("query", pick(texts)), ("source", pick(["reddit"])), ("result_count", maybe(count()))]),
            (
                "video.registered",
                [
                    ("video_id", video), ("title", maybe(pick(texts))), ("topic", maybe(pick(texts))),
                    ("duration_seconds", maybe(.real(Double(Int.random(in: -1...99, using: &random))))),
                    ("status", maybe(pick(["draft", "rendered", "posted"]))),
                ]
            ),
            ("video.updated", [("video_id", video), ("title", maybe(pick(texts))), ("duration_seconds", maybe(.real(12.5)))]),
            ("video.status_changed", [("video_id", video), ("status", pick(["draft", "posted", "archived", "rendered"]))]),
            ("video.removed", [("video_id", video)]),
            (
                "metrics.recorded",
                [
                    ("video_id", video), ("platform", pick(["tiktok", "youtube"])), ("views", maybe(count())), ("likes", maybe(count())),
                    ("comments", maybe(number(0...9))), ("shares", maybe(number(0...9))), ("engagement_rate", maybe(score())),
                ]
            ),
            (
                "metrics.recorded",
                [("video_id", video), ("platform", pick(["tiktok", "youtube"])), ("views", number(1...100)), ("saves", number(0...200))]
            ),
            (
                "image.added",
                [
                    ("character", pick(["nutsy", "butcher", "butcher", "nutsy", "baker"])), ("file_path", path),
                    ("source", pick(["photo", "generated"])), ("emotion", maybe(pick(["happy", "sad"]))),
                    ("pose", maybe(pick(["sitting"]))), ("width", maybe(count())), ("quality_score", maybe(score())), ("tags", maybe(json)),
                ]
            ),
            ("image.used", [("image_id", image), ("video_id", video), ("scene_number", maybe(number(-3...3)))]),
            ("image.used", [("file_path", path), ("video_id", video)]),
            ("image.rescored", [("image_id", image), ("quality_score", score())]),
            ("image.removed", [("image_id", image)]),
            ("collection.created", [("name", collection), ("description", maybe(pick(texts)))]),
            ("collection.removed", [("name", collection)]),
            ("collection.image_added", [("name", collection), ("image_id", image), ("sort_order", maybe(number(-1...9)))]),
            ("collection.image_removed", [("name", collection), ("image_id", image)]),
        ]
        let choice = choices[Int.random(in: 0..<choices.count, using: &random)]
        // Now and then a fact arrives late; whole minutes make equal times likely.
        let late = Int.random(in: 0..<4, using: &random) == 0 ? Int64.random(in: 0...10_000, using: &random) : 0
        let time = Timestamp(microseconds: (now.unixSeconds - late) / 60 * 60_000_000)
        // The event's own null is an absent field.
        return ExcuseMyFrenchFact(type: choice.0, fields: choice.1.filter { $0.1 != .null }, time: time)
    }
}

/// The old databases, written by the statements that the old scripts run.
struct ExcuseMyFrenchOracle {
    let database: SQLiteDatabase

    init() throws {
        database = try SQLiteDatabase(seed: "trends", "metrics", "image_library")
        // The triggers take the wall clock; a replay cannot. The same trigger with the fact's own time:
        try database.execute("DROP TRIGGER update_trending_topics_timestamp; DROP TRIGGER update_image_usage_stats")
        try database.execute(
            """
            CREATE TRIGGER update_image_usage_stats AFTER INSERT ON image_usage BEGIN
                UPDATE image_library SET usage_count = usage_count + 1, last_used_at = NEW.timestamp WHERE id = NEW.image_id;
            END
            """)
    }

    /// Runs the fact's statements; false when a constraint refuses them, or when they name a row that is not there.
    func accepts(_ fact: ExcuseMyFrenchFact, recorded: Timestamp) throws -> Bool {
        try database.execute("SAVEPOINT fact")
        do {
            let accepted = try apply(fact, .text(recorded.sqlText), .text(fact.time.sqlText))
            try database.execute(accepted ? "RELEASE fact" : "ROLLBACK TO fact; RELEASE fact")
            return accepted
        } catch let error as SQLiteDatabase.Failure where error.isConstraint {
            try database.execute("ROLLBACK TO fact; RELEASE fact")
            return false
        }
    }

    private func changes(_ sql: String, _ values: SQLValue...) throws -> Bool {
        try database.run(sql, values)
        return try database.run("SELECT changes()") != [[.integer(0)]]
    }

    private func apply(_ fact: ExcuseMyFrenchFact, _ recorded: SQLValue, _ time: SQLValue) throws -> Bool {
        switch fact.type {
        case "trend.captured":
            return try changes(
                """
                INSERT INTO trending_topics (topic, source, timestamp, relevance_score, category, metadata, created_at, updated_at)
                VALUES (?1, ?2, ?3, coalesce(?4, 0.0), ?5, ?6, ?7, ?3)
                """, fact["topic"], fact["source"], time, fact["relevance_score"], fact["category"], fact["metadata"], recorded)
        case "trend.used":
            return try changes(
                "UPDATE trending_topics SET used_flag = 1, updated_at = ?1 WHERE id = ?2 OR (?2 IS NULL AND topic = ?3 AND source = ?4)",
                time, fact["id"], fact["topic"], fact["source"])
        case "trend.released":
            return try changes("UPDATE trending_topics SET used_flag = 0, updated_at = ? WHERE id = ?", time, fact["id"])
        case "trend.rescored":
            return try changes(
                "UPDATE trending_topics SET relevance_score = ?, updated_at = ? WHERE id = ?", fact["relevance_score"], time, fact["id"])
        case "trend.removed": return try changes("DELETE FROM trending_topics WHERE id = ?", fact["id"])
        case "search.performed":
            return try changes(
                "INSERT INTO search_history (query, source, result_count, timestamp) VALUES (?, ?, coalesce(?, 0), ?)", fact["query"],
                fact["source"], fact["result_count"], time)
        case "metrics.recorded":
            return try changes(
                """
                INSERT INTO video_metrics (video_id, platform, views, likes, comments, shares, saves, engagement_rate, timestamp, created_at)
                SELECT ?1, ?2, v, l, c, s, b, coalesce(?8, CASE WHEN v > 0 THEN min(1.0, (l * 1.0 + c + s + b) / v) ELSE 0.0 END), ?9, ?10
                FROM (SELECT coalesce(?3, 0) v, coalesce(?4, 0) l, coalesce(?5, 0) c, coalesce(?6, 0) s, coalesce(?7, 0) b)
                """, fact["video_id"], fact["platform"], fact["views"], fact["likes"], fact["comments"], fact["shares"], fact["saves"],
                fact["engagement_rate"], time, recorded)
        case let type where type.hasPrefix("video."): return try applyVideo(fact, recorded, time)
        default: return try applyImage(fact, recorded, time)
        }
    }

    private func applyVideo(_ fact: ExcuseMyFrenchFact, _ recorded: SQLValue, _ time: SQLValue) throws -> Bool {
        switch fact.type {
        case "video.registered":
            return try changes(
                """
                INSERT INTO video_metadata (video_id, title, topic, duration_seconds, status, created_at, posted_at)
                VALUES (?1, ?2, ?3, ?4, coalesce(?5, 'draft'), ?6, CASE WHEN ?5 = 'posted' THEN ?7 END)
                """, fact["video_id"], fact["title"], fact["topic"], fact["duration_seconds"], fact["status"], recorded, time)
        case "video.updated":
            return try changes(
                """
                UPDATE video_metadata SET title = coalesce(?2, title), duration_seconds = coalesce(?3, duration_seconds) WHERE video_id = ?1
                """, fact["video_id"], fact["title"], fact["duration_seconds"])
        case "video.status_changed":
            return try changes(
                """
                UPDATE video_metadata SET posted_at = CASE WHEN ?2 = 'posted' AND status <> 'posted' THEN ?3 ELSE posted_at END, status = ?2
                WHERE video_id = ?1
                """, fact["video_id"], fact["status"], time)
        default: return try changes("DELETE FROM video_metadata WHERE video_id = ?", fact["video_id"])
        }
    }

    private func applyImage(_ fact: ExcuseMyFrenchFact, _ recorded: SQLValue, _ time: SQLValue) throws -> Bool {
        switch fact.type {
        case "image.added":
            return try changes(
                """
                INSERT INTO image_library (character, file_path, source, emotion, pose, width, quality_score, tags, timestamp, created_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """, fact["character"], fact["file_path"], fact["source"], fact["emotion"], fact["pose"], fact["width"],
                fact["quality_score"], fact["tags"], time, recorded)
        case "image.used":
            let image = try database.run(
                "SELECT coalesce(?1, (SELECT id FROM image_library WHERE file_path = ?2))", [fact["image_id"], fact["file_path"]])[0][0]
            guard image != .null else { return false }
            return try changes(
                "INSERT INTO image_usage (image_id, video_id, scene_number, timestamp) VALUES (?, ?, ?, ?)", image, fact["video_id"],
                fact["scene_number"], time)
        case "image.rescored":
            return try changes("UPDATE image_library SET quality_score = ? WHERE id = ?", fact["quality_score"], fact["image_id"])
        case "image.removed": return try changes("DELETE FROM image_library WHERE id = ?", fact["image_id"])
        case "collection.created":
            return try changes(
                "INSERT INTO image_collections (name, description, created_at) VALUES (?, ?, ?)", fact["name"], fact["description"],
                recorded)
        case "collection.removed": return try changes("DELETE FROM image_collections WHERE name = ?", fact["name"])
        case "collection.image_added":
            return try changes(
                """
                INSERT INTO collection_images (collection_id, image_id, sort_order)
                SELECT id, ?2, coalesce(?3, 0) FROM image_collections WHERE name = ?1
                """, fact["name"], fact["image_id"], fact["sort_order"])
        default:
            return try changes(
                "DELETE FROM collection_images WHERE image_id = ?2 AND collection_id = (SELECT id FROM image_collections WHERE name = ?1)",
                fact["name"], fact["image_id"])
        }
    }
}

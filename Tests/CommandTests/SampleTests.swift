import EventLog
import Foundation
import JSON
import Projection
import TestSupport
import Testing

/// The sample of real data, through the script and the command, agrees row for row with SQLite tables of the seed's schema.
struct SampleTests {
    private static let views = [
        "SELECT * FROM video_metadata ORDER BY id",
        "SELECT * FROM video_metrics ORDER BY id",
        "SELECT * FROM trending_topics ORDER BY id",
        "SELECT * FROM latest_video_metrics ORDER BY video_id, platform",
    ]

    /// The queries that scripts and dashboards run today.
    private static let queries = [
        "SELECT topic, relevance_score FROM trending_topics WHERE used_flag = 0 ORDER BY relevance_score DESC, id LIMIT 5",
        "SELECT * FROM unused_recent_topics ORDER BY timestamp DESC, id DESC LIMIT 10",
        """
        SELECT * FROM trending_topics WHERE timestamp >= datetime('2017-10-22', '-7 days')
        ORDER BY relevance_score DESC, timestamp DESC, id LIMIT 20
        """,
        "SELECT * FROM trending_topics WHERE source = 'youtube_trending_gb' ORDER BY id LIMIT 50",
        "SELECT * FROM trending_topics WHERE category = '10' ORDER BY id",
        "SELECT category, count(*), max(timestamp) FROM trending_topics GROUP BY category ORDER BY category",
        "SELECT json_extract(metadata, '$.channel_title') AS channel, count(*) FROM trending_topics GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 10",
        "SELECT video_id, max(views) - min(views) FROM video_metrics GROUP BY video_id ORDER BY 2 DESC, 1 LIMIT 10",
        "SELECT title, views FROM latest_video_metrics ORDER BY engagement_rate DESC, video_id LIMIT 10",
        """
        SELECT d.video_id, d.title, count(m.id), sum(m.likes) FROM video_metadata d JOIN video_metrics m ON m.video_id = d.video_id
        WHERE d.status = 'draft' GROUP BY d.video_id ORDER BY d.video_id
        """,
        "SELECT * FROM video_metrics WHERE platform = 'youtube' AND timestamp BETWEEN '2017-10-01' AND '2017-10-08' ORDER BY id",
    ]

    @Test func agreesWithTheSeedsTables() throws {
        let folder = TemporaryFolder()
        let spool = Command.spool(store: folder["store"])
        let facts = folder["facts.ndjson"]
        let script = try Command.python.run([
            "python3", "\(TestFiles.root)/\(Sample.script)", Sample.data, "--output", facts,
        ])
        #expect(script.code == 0, "\(script.errors)")
        #expect(try spool.run(["init"]).code == 0)
        let ingest = try spool.run(["ingest", facts])
        #expect(ingest.code == 0, "\(ingest.errors)")
        let count = try String(contentsOfFile: facts, encoding: .utf8).split(separator: "\n").count
        let again = try spool.run(["ingest", facts])
        #expect(again.output.hasPrefix("0 events stored, \(grouped(count)) stored before, 0 refused"), "\(again.output)")

        let oracle = try SQLiteDatabase(seed: "trends", "metrics")
        try Sample.load(facts, recordedTimes: Sample.recordedTimes(spool), into: oracle)
        for sql in Self.views + Self.queries {
            let result = try spool.run(["query", sql, "--format", "ndjson"])
            #expect(result.code == 0, "\(sql): \(result.errors)")
            let expected = try oracle.run(sql).map { row in row.map(\.plainJSON).joined(separator: "|") }
            let found = try result.output.split(separator: "\n").map { line in
                try JSONDocument(parsing: Array(line.utf8)).root.members.map { $0.value.rawText }.joined(separator: "|")
            }
            #expect(!expected.isEmpty, "\(sql)")
            #expect(found == expected, "\(sql)")
        }
    }
}

/// 17759 as `17,759`.
private func grouped(_ number: Int) -> String {
    number < 1000 ? "\(number)" : "\(grouped(number / 1000)),\(String(String(number % 1000 + 1000).dropFirst()))"
}

/// The sample and how the old scripts would have stored it.
enum Sample {
    static let script = "tools/python/examples/youtube_trending.py"
    /// SPOOL_TEST_CSV runs the comparison on another file of the same form, such as the whole of the data.
    static let data =
        ProcessInfo.processInfo.environment["SPOOL_TEST_CSV"] ?? "\(TestFiles.root)/tools/python/examples/youtube_trending_sample.csv"

    /// When each event was recorded, by id: what CURRENT_TIMESTAMP would have been.
    static func recordedTimes(_ spool: Command) throws -> [String: String] {
        let result = try spool.run(["query", "SELECT id, recorded_time FROM events", "--format", "ndjson"])
        var times: [String: String] = [:]
        for line in result.output.split(separator: "\n") {
            let row = try JSONDocument(parsing: Array(line.utf8)).root
            if let id = row["id"]?.string, let time = row["recorded_time"]?.string {
                times[id] = try Timestamp(parsing: time).sqlText
            }
        }
        return times
    }

    static func load(_ path: String, recordedTimes: [String: String], into oracle: SQLiteDatabase) throws {
        try oracle.execute("BEGIN")
        for line in try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n") {
            let event = try CloudEvent(json: Array(line.utf8))
            let recorded = SQLValue.text(try #require(recordedTimes[event.id]))
            let time = SQLValue.text(try #require(event.time).sqlText)
            let document = try JSONDocument(parsing: event.data)
            func field(_ name: String) -> SQLValue { document.root[name].map(SQLValue.init(json:)) ?? .null }
            switch event.type {
            case "video.registered":
                try oracle.run(
                    "INSERT INTO video_metadata (video_id, title, created_at) VALUES (?, ?, ?)",
                    [field("video_id"), field("title"), recorded])
            case "video.updated":
                try oracle.run("UPDATE video_metadata SET title = ? WHERE video_id = ?", [field("title"), field("video_id")])
            case "metrics.recorded":
                try oracle.run(
                    """
                    INSERT INTO video_metrics (video_id, platform, views, likes, comments, engagement_rate, timestamp, created_at)
                    VALUES (?1, ?2, ?3, ?4, ?5, CASE WHEN ?3 > 0 THEN min(1.0, (?4 + ?5) * 1.0 / ?3) ELSE 0.0 END, ?6, ?7)
                    """,
                    [field("video_id"), field("platform"), field("views"), field("likes"), field("comments"), time, recorded])
            case "trend.captured":
                try oracle.run(
                    """
                    INSERT INTO trending_topics (topic, source, timestamp, category, metadata, created_at, updated_at)
                    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?3)
                    """,
                    [field("topic"), field("source"), time, field("category"), field("metadata"), recorded])
            default: Issue.record("unexpected type \(event.type)")
            }
        }
        try oracle.execute("COMMIT")
    }
}

extension SQLValue {
    init(json value: JSONValue) {
        switch value.kind {
        case .null: self = .null
        case .integer: self = value.int.map { .integer(Int64($0)) } ?? .null
        case .real: self = value.double.map { .real($0) } ?? .null
        case .string: self = .text(value.string ?? "")
        default: self = .text(value.rawText)
        }
    }

    /// As the command prints it in JSON.
    var plainJSON: String {
        var writer = JSONWriter()
        switch self {
        case .null: writer.null()
        case .integer(let number): writer.int(number)
        case .real(let number): writer.double(number)
        case .text(let text): writer.string(text)
        case .blob: writer.null()
        }
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}

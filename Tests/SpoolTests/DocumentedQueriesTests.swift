import EventLog
import Projection
import Spool
import TestSupport
import Testing

/// What the old systems' scripts ask of the four later domains: each an index scan, and with the answers of a plain SQLite database.
struct DocumentedQueriesTests {
    static let queries = [
        "SELECT * FROM sessions WHERE id = '00000000-0000-4000-8000-000000000001'",
        "SELECT data FROM narrative_data WHERE session_id = '00000000-0000-4000-8000-000000000001'",
        "SELECT data FROM scene_prompts WHERE session_id = '00000000-0000-4000-8000-000000000001'",
        "SELECT data FROM media_urls WHERE session_id = '00000000-0000-4000-8000-000000000001'",
        #"SELECT * FROM scene_cache WHERE scenario = 'A lighthouse in the fog' AND partial_narrative = '{"decision_history":[]}'"#,
        "SELECT * FROM videos WHERE original_prompt = 'a dark lighthouse'",
        "SELECT * FROM videos WHERE filename = 'video_001.mp4'",
        "SELECT * FROM videos WHERE created_at < '2099-01-01'",
        "SELECT * FROM workflows WHERE id = 'sample-workflow'",
        "SELECT * FROM workflows WHERE status = 'completed'",
        "SELECT * FROM generated_files WHERE workflow_id = 'sample-workflow'",
        "SELECT * FROM scenes WHERE workflow_id = 'sample-workflow'",
        "SELECT * FROM api_usage WHERE workflow_id = 'sample-workflow'",
        "SELECT * FROM api_usage_daily WHERE api_provider = 'openai' AND day >= '2020-01-01'",
        "SELECT * FROM user_sessions WHERE user_id = 'sample-user'",
        "SELECT * FROM jobs WHERE job_id = 'sample-job'",
        "SELECT * FROM jobs WHERE status = 'running'",
        "SELECT * FROM transcripts WHERE job_id = 'sample-job'",
        "SELECT * FROM silence_regions WHERE job_id = 'sample-job'",
        "SELECT * FROM layout_analysis WHERE job_id = 'sample-job'",
        "SELECT * FROM content_segments WHERE job_id = 'sample-job'",
        "SELECT * FROM clips WHERE job_id = 'sample-job'",
        "SELECT * FROM processing_logs WHERE job_id = 'sample-job'",
        "SELECT jobs.filename, clips.title FROM jobs JOIN clips ON jobs.job_id = clips.job_id WHERE jobs.job_id = 'sample-job'",
        "SELECT * FROM timelines WHERE is_active = 1",
        "SELECT * FROM assets WHERE type = 'video' AND error_state IS NULL ORDER BY added_at DESC",
        "SELECT * FROM assets WHERE type = 'photo' AND error_state IS NULL ORDER BY added_at DESC LIMIT 100",
        "SELECT * FROM assets WHERE type = 'video' AND error_state IS NULL AND width <= 1920 AND height <= 1080",
        "SELECT * FROM asset_thumbnails WHERE asset_id = 'sample-asset' AND size = 'small'",
        "SELECT value FROM settings WHERE key = 'theme'",
        "SELECT * FROM playback_state WHERE id = 1",
    ]

    @Test func useAnIndexAndAnswerAsSQLiteDoes() throws {
        let folder = TemporaryFolder()
        let store = try Store.create(at: folder["store"])
        try store.loadSample()
        let file = folder["tables.db"]
        let export = try Command.spool(store: folder["store"]).run(["export", "--format", "sqlite", file])
        #expect(export.code == 0, "\(export.errors)")
        let sqlite = try SQLiteDatabase()
        try sqlite.run("ATTACH DATABASE ? AS old", [.text(file)])
        for sql in Self.queries {
            let plan = try store.rows("EXPLAIN QUERY PLAN \(sql)").compactMap { $0.last?.plainText }
            #expect(plan.allSatisfy { !$0.contains("full scan") && !$0.contains("TEMP B-TREE") }, "\(sql): \(plan)")
            let rows = try store.rows(sql)
            #expect(!rows.isEmpty, "\(sql)")
            #expect(try rows == sqlite.run(sql), "\(sql)")
        }
    }
}

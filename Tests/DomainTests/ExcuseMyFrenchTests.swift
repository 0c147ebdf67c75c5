import EventLog
import JSON
import Projection
import Spool
import TestSupport
import Testing

/// Random facts of the three domains go into Spool and, as the scripts' own SQL, into SQLite tables with the seed's schema and triggers.
/// Both must refuse the same ones and hold the same rows.
struct ExcuseMyFrenchTests {
    private static let tables = [
        "trending_topics", "search_history", "video_metadata", "video_metrics", "latest_video_metrics", "image_library", "image_usage",
        "image_collections", "collection_images",
    ]

    /// What DOMAINS' scripts and dashboards ask, each an index scan in Spool.
    static let queries = [
        "SELECT * FROM trending_topics WHERE used_flag = 0 ORDER BY relevance_score DESC LIMIT 5",
        "SELECT * FROM trending_topics WHERE timestamp >= '2023-11-15' ORDER BY timestamp DESC LIMIT 20",
        "SELECT * FROM trending_topics WHERE source = 'reddit'",
        "SELECT * FROM trending_topics WHERE category = 'tech'",
        "SELECT * FROM unused_recent_topics LIMIT 5",
        "SELECT * FROM video_metadata WHERE status = 'posted'",
        "SELECT * FROM video_metadata WHERE topic = 'AI'",
        "SELECT * FROM video_metadata WHERE video_id = 'v1'",
        "SELECT * FROM video_metadata ORDER BY created_at DESC LIMIT 3",
        "SELECT * FROM video_metrics WHERE video_id = 'v1'",
        "SELECT * FROM video_metrics WHERE platform = 'tiktok'",
        "SELECT * FROM video_metrics WHERE timestamp > '2023-11-15'",
        "SELECT * FROM video_metrics ORDER BY engagement_rate DESC LIMIT 3",
        "SELECT * FROM image_library WHERE character = 'nutsy' AND emotion = 'happy' ORDER BY usage_count, quality_score DESC LIMIT 1",
        "SELECT * FROM image_library WHERE emotion = 'sad'",
        "SELECT * FROM image_library WHERE pose = 'sitting'",
        "SELECT * FROM image_library WHERE source = 'photo'",
        "SELECT * FROM image_library ORDER BY quality_score DESC LIMIT 3",
        "SELECT * FROM image_usage WHERE image_id = 1",
        "SELECT * FROM image_usage WHERE video_id = 'v1'",
    ]

    @Test(arguments: [1, 2, 3] as [UInt64])
    func randomFactsAgree(seed: UInt64) throws {
        let folder = TemporaryFolder()
        let clock = TestClock()
        let store = try Store.create(at: folder["store"], clock: { clock.now })
        let oracle = try ExcuseMyFrenchOracle()
        var random = SplitMix64(seed: seed)
        var refused = 0
        let count = 600
        for number in 0..<count {
            clock.now = clock.now.adding(seconds: Int64.random(in: 0...300, using: &random))
            let fact = ExcuseMyFrenchFact.random(using: &random, now: clock.now)
            let expected = try oracle.accepts(fact, recorded: clock.now)
            do {
                try store.append(CloudEvent(id: "\(number)", type: fact.type, time: fact.time, data: fact.data))
                #expect(expected, "seed \(seed), fact \(number): stored \(fact)")
            } catch {
                #expect(error.isRefusal, "seed \(seed), fact \(number): \(error)")
                #expect(!expected, "seed \(seed), fact \(number): refused \(fact): \(error)")
                refused += 1
            }
        }
        #expect(refused > count / 20 && refused < count * 2 / 3, "the facts should break rules now and then: \(refused)")
        for table in Self.tables {
            let order = table == "latest_video_metrics" ? "video_id, platform" : table == "collection_images" ? "1, 2" : "id"
            let sql = "SELECT * FROM \(table) ORDER BY \(order)"
            let rows = try store.rows(sql)
            #expect(try rows == oracle.database.run(sql), "seed \(seed), \(table)")
        }
        for query in Self.queries {
            // Which of several equal rows a LIMIT takes is open: compare them all.
            let sql = query.replacing(/\ LIMIT \d+/, with: "")
            #expect(try Set(store.rows(sql)) == Set(oracle.database.run(sql)), "seed \(seed), \(sql)")
        }
        #expect(try store.verify().isWhole)
    }

    @Test(arguments: queries)
    func documentedQueriesUseAnIndex(sql: String) throws {
        let folder = TemporaryFolder()
        let store = try Store.create(at: folder["store"])
        let plan = try store.rows("EXPLAIN QUERY PLAN \(sql)").compactMap { $0.last?.plainText }
        #expect(plan.allSatisfy { !$0.contains("full scan") }, "\(plan)")
        #expect(!plan.contains { $0.contains("TEMP B-TREE") }, "\(plan)")
    }
}

/// A clock that the test moves.
final class TestClock: @unchecked Sendable {
    // Unchecked: each test moves its own, from one thread.
    var now = Timestamp(microseconds: 1_700_000_000_000_000)
}

import Importing
import JSON
import Projection
import Spool
import TestSupport
import Testing

/// Rows that cannot be taken are named with the reason; the others go in.
struct BadRowTests {
    private let folder = TemporaryFolder()

    private struct Bad: CustomTestStringConvertible, Sendable {
        let table: String
        let key: String
        let sql: String
        let says: [String]
        var testDescription: String { "\(table) \(key): \(says)" }
    }

    private static func trend(_ id: Int, _ column: String, _ value: String, says: String...) -> Bad {
        Bad(
            table: "trending_topics", key: "\(id)",
            sql: "INSERT INTO trending_topics (id, topic, source, \(column)) VALUES (\(id), 't', 's', \(value))", says: says)
    }

    private static let cases = [
        trend(501, "metadata", "'{\"a\":'", says: "'metadata'", "expected JSON"),
        trend(502, "metadata", "''", says: "'metadata'", "expected JSON"),
        trend(503, "timestamp", "'2023-02-30 10:00:00'", says: "'timestamp'", "2023-02-30", "day 30"),
        trend(504, "updated_at", "'yesterday'", says: "'updated_at'", "is not a time"),
        trend(505, "relevance_score", "1.5", says: "CHECK", "relevance_score", "1.5"),
        trend(506, "relevance_score", "'high'", says: "'relevance_score'", "expected REAL", "'high'"),
        trend(507, "relevance_score", "9e999", says: "'relevance_score'", "expected REAL"),
        trend(508, "used_flag", "2", says: "'used_flag'", "expected 0 or 1", "found 2"),
        trend(509, "category", "x'ff00'", says: "'category'", "expected TEXT", "2 bytes"),
        trend(510, "category", "CAST(x'ff41' AS TEXT)", says: "'category'", "expected TEXT"),
        trend(511, "created_at", "1700000000", says: "'created_at'", "1700000000"),
        Bad(
            table: "image_library", key: "601",
            sql: "INSERT INTO image_library (id, character, file_path, source) VALUES (601, 'baker', 'p', 's')",
            says: ["CHECK", "character", "'baker'"]),
        Bad(
            table: "image_usage", key: "602", sql: "INSERT INTO image_usage (id, image_id, video_id) VALUES (602, 601, 'v')",
            says: ["FOREIGN KEY", "image_library row 601", "was rejected"]),
        Bad(
            table: "image_usage", key: "603", sql: "INSERT INTO image_usage (id, image_id, video_id) VALUES (603, 777, 'v')",
            says: ["FOREIGN KEY", "image_library row 777"]),
        Bad(
            table: "collection_images", key: "(1, 601)", sql: "INSERT INTO collection_images VALUES (1, 601, 0)",
            says: ["FOREIGN KEY", "image_library row 601"]),
        Bad(
            table: "video_metadata", key: "604", sql: "INSERT INTO video_metadata (id, video_id, status) VALUES (604, 'v604', 'published')",
            says: ["'status'", "draft, rendered, posted, archived", "'published'"]),
        Bad(
            table: "search_history", key: "0", sql: "INSERT INTO search_history (id, query, source) VALUES (0, 'q', 's')",
            says: ["search_history", "key 0"]),
    ]

    @Test func areRejectedWithTheReason() throws {
        let old = try OldSystem(.excuseMyFrench, in: folder, seed: 11)
        try old.fill(40)
        let good = try old.tables.map { try old.database(of: $0).run("SELECT count(*) FROM \($0)")[0][0] }
        for (_, database) in old.databases { try database.execute("PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON") }
        for bad in Self.cases { try old.run(bad.table, bad.sql) }

        let store = try Store.create(at: folder["store"])
        var rejected: [RejectedRow] = []
        let importer = try Importer(store, .excuseMyFrench, old.paths)
        let planned = try importer.run(dryRun: true)
        let report = try importer.run { rejected.append($0) }
        #expect(planned.rejected == report.rejected && planned.stored == report.stored)
        #expect(report.rejected == Self.cases.count)
        for bad in Self.cases {
            let found = rejected.first { $0.table == bad.table && $0.key == bad.key }
            let row = try #require(found, "\(bad)")
            for word in bad.says { #expect(row.reason.contains(word), "\(bad): \(row.reason)") }
            #expect(row.rowID != nil)
            let line = try JSONDocument(parsing: row.json).root
            #expect(line["table"]?.string == bad.table)
            let columns = try old.columns(bad.table)
            #expect(line["row"]?.members.map(\.key) == columns)
        }
        for (table, count) in zip(old.tables, good) { #expect(try store.rows("SELECT count(*) FROM \(table)") == [[count]], "\(table)") }
        let comparison = try importer.verify()
        #expect(comparison.allSatisfy { $0.isEqual }, "\(comparison)")
        #expect(comparison.map(\.rejected).reduce(0, +) == Self.cases.count)
        #expect(try Importer(store, .excuseMyFrench, old.paths).run().stored == 0)
    }

    @Test func verifyFindsWhatDiffers() throws {
        let old = try OldSystem(.excuseMyFrench, in: folder, seed: 12)
        try old.fill(30)
        let store = try Store.create(at: folder["store"])
        _ = try Importer(store, .excuseMyFrench, old.paths).run()
        try old.run("trending_topics", "UPDATE trending_topics SET category = 'other' WHERE id = (SELECT min(id) FROM trending_topics)")
        try old.run("search_history", "DELETE FROM search_history WHERE id = (SELECT max(id) FROM search_history)")
        try old.run("image_usage", "INSERT INTO image_usage (id, image_id, video_id) SELECT 9999, min(id), 'v' FROM image_library")
        let comparison = try Importer(store, .excuseMyFrench, old.paths).verify()
        let differing = Dictionary(uniqueKeysWithValues: comparison.map { ($0.table, $0) })
        #expect(differing["trending_topics"]?.first?.column == "category")
        #expect(differing["trending_topics"]?.differing == 1)
        #expect(differing["search_history"]?.differing == 1)
        // Its trigger changed the image, too.
        #expect(differing["image_usage"]?.first?.key == "9999")
        #expect(differing["image_library"]?.first?.column == "usage_count")
        #expect(differing["video_metrics"]?.isEqual == true)
    }
}

import Importing
import Projection
import Spool
import TestSupport
import Testing

/// Old databases in other shapes than the documented one.
struct VariantTests {
    private let folder = TemporaryFolder()

    private func trends(_ sql: String) throws -> String {
        let path = folder["trends.db"]
        try SQLiteDatabase(at: path).execute(sql)
        return path
    }

    @Test func missingColumnsGetDefaults() throws {
        let path = try trends(
            """
            CREATE TABLE trending_topics (ID INTEGER PRIMARY KEY, Topic TEXT, source TEXT, timestamp TEXT, priority INTEGER, "odd ""name" TEXT);
            CREATE TABLE notes (id INTEGER);
            INSERT INTO trending_topics VALUES (3, 't', 's', '2023-01-01T00:00:00', 5, 'x');
            INSERT INTO trending_topics VALUES (4, NULL, 's', '2023-01-01T00:00:00', 5, 'x');
            """)
        let store = try Store.create(at: folder["store"])
        var rejected: [RejectedRow] = []
        let importer = try Importer(store, .excuseMyFrench, [path])
        let report = try importer.run { rejected.append($0) }
        let table = try #require(report.tables.first)
        #expect(table.missingColumns == ["relevance_score", "used_flag", "category", "metadata", "created_at", "updated_at"])
        #expect(table.extraColumns == ["priority", "odd \"name"])
        #expect(report.extraTables == ["notes"])
        #expect(table.stored == 1 && table.rejected == 1)
        #expect(rejected.map(\.reason) == ["column 'topic': expected TEXT, found NULL"])
        #expect(
            try store.rows("SELECT * FROM trending_topics") == [
                [
                    .integer(3), .text("t"), .text("s"), .text("2023-01-01T00:00:00"), .real(0), .integer(0), .null, .null,
                    .text("2023-01-01T00:00:00"), .text("2023-01-01T00:00:00"),
                ]
            ])
        #expect(try importer.verify().allSatisfy { $0.isEqual && $0.rejected < 2 })
        #expect(try Importer(store, .excuseMyFrench, [path]).run().stored == 0)
    }

    @Test func aColumnThatNothingStandsForRejectsItsRows() throws {
        let path = try trends(
            """
            CREATE TABLE trending_topics (id INTEGER PRIMARY KEY, topic TEXT, timestamp TEXT);
            INSERT INTO trending_topics VALUES (1, 't', '2023-01-01'), (2, 'u', '2023-01-02');
            """)
        var reasons: Set<String> = []
        let report = try Importer(Store.create(at: folder["store"]), .excuseMyFrench, [path]).run { reasons.insert($0.reason) }
        #expect(report.rejected == 2 && report.stored == 0)
        #expect(reasons == ["the table has no column 'source', and nothing stands for it"])
    }

    @Test func parentsGoFirstWhenTimesAreWrong() throws {
        let old = try OldSystem(.storyToVideo, in: folder, seed: 2)
        // The later in the chain the earlier the time.
        for sql in [
            "INSERT INTO users VALUES ('u', 'n', NULL, '2025-05-05 00:00:00')",
            "INSERT INTO workflows (id, original_prompt, created_at, updated_at, user_id) VALUES ('w', 'p', '2024-04-04', '2024-04-04', 'u')",
            "INSERT INTO generated_files VALUES (1, 'w', 't', 'p', 'n', NULL, NULL, '2023-03-03')",
            "INSERT INTO scenes VALUES (1, 'w', 1, 'd', NULL, 1, '2022-02-02')",
            "INSERT INTO users VALUES ('v', 'n', NULL, '2024-12-12')",
        ] { try old.databases[0].database.execute(sql) }
        let store = try Store.create(at: folder["store"])
        let report = try Importer(store, .storyToVideo, old.paths).run { Issue.record("\($0)") }
        #expect(report.stored == 5)
        let types = try store.rows("SELECT type FROM events ORDER BY position").map { $0[0].plainText }
        #expect(types == ["user.imported", "user.imported", "workflow.imported", "file.imported", "scene.imported"])
        #expect(try store.rows("SELECT time FROM events ORDER BY position").last == [.text("2022-02-02T00:00:00Z")])
    }

    @Test func readsWhileTheOwnerWrites() throws {
        let old = try OldSystem(.excuseMyFrench, in: folder, seed: 4)
        try old.fill(30)
        let owner = try old.database(of: "trending_topics")
        let committed = try owner.run("SELECT count(*) FROM trending_topics")
        try owner.execute("BEGIN IMMEDIATE; INSERT INTO trending_topics (topic, source) VALUES ('not yet', 's')")
        let store = try Store.create(at: folder["store"])
        let importer = try Importer(store, .excuseMyFrench, old.paths)
        _ = try importer.run { Issue.record("\($0)") }
        #expect(try store.rows("SELECT count(*) FROM trending_topics") == committed)
        try owner.execute("COMMIT")
        // The importer still sees what was there when it was made.
        #expect(try importer.verify().allSatisfy { $0.isEqual })
        #expect(try Importer(store, .excuseMyFrench, old.paths).run().stored == 1)
        try SystemTests.compare(old, store, "after the commit")
    }

    @Test func twoRowsOfOneKeyAreOne() throws {
        let path = try trends(
            """
            CREATE TABLE search_history (id INTEGER, query TEXT, source TEXT, result_count INTEGER, timestamp TEXT);
            INSERT INTO search_history VALUES (1, 'a', 's', 1, '2023-01-01'), (1, 'b', 's', 2, '2023-01-02'), (2, 'c', 's', 3, '2023-01-03');
            """)
        let store = try Store.create(at: folder["store"])
        for _ in 0..<2 {
            var reasons: [String] = []
            _ = try Importer(store, .excuseMyFrench, [path]).run { reasons.append("\($0.key): \($0.reason)") }
            #expect(reasons == ["1: another row of the table has the same key"])
            #expect(try store.rows("SELECT query FROM search_history ORDER BY id") == [[.text("a")], [.text("c")]])
        }
        #expect(try store.log.head() == 2)
    }

    @Test func readsExports() throws {
        let old = try OldSystem(.lectureHighlights, in: folder, seed: 9)
        try old.fill(120)
        try Exports.write(old, to: folder["exports"])
        let store = try Store.create(at: folder["store"])
        let importer = try Importer(store, .lectureHighlights, [folder["exports"]])
        let report = try importer.run { Issue.record("\($0)") }
        #expect(report.rows == report.stored && report.rows > 600)
        try SystemTests.compare(old, store, "exports")
        #expect(try importer.verify().allSatisfy { $0.isEqual && $0.rejected == 0 })
        // The developers' SQLite file has the same rows.
        #expect(try Importer(store, .lectureHighlights, old.paths).run().stored == 0)

        try old.run("jobs", "DELETE FROM jobs WHERE id % 5 = 0")
        try old.run("clips", "UPDATE clips SET title = 'changed' WHERE id % 4 = 0")
        try Exports.write(old, to: folder["exports"])
        try Exports.append("7,too,few\n\"8\"x,\n", to: "\(folder["exports"])/clips.csv")
        var rejected: [RejectedRow] = []
        _ = try Importer(store, .lectureHighlights, [folder["exports"]]).run { rejected.append($0) }
        #expect(rejected.map(\.table) == ["clips", "clips"])
        #expect(rejected.first?.reason.contains("expected 17 fields, found 3") == true)
        #expect(rejected.last?.reason.contains("comma after the closing quote") == true)
        try SystemTests.compare(old, store, "exports, grown")
    }
}

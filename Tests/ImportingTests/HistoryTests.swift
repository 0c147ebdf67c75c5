import EventLog
import Importing
import Projection
import Spool
import TestSupport
import Testing

/// What a row of an old database is when the store has seen it, or something in its place, before.
struct HistoryTests {
    private let folder = TemporaryFolder()
    private let old: OldSystem
    private let store: Store

    init() throws {
        old = try OldSystem(.excuseMyFrench, in: folder, seed: 1)
        store = try Store.create(at: folder["store"])
    }

    private func sql(_ table: String, _ text: String) throws { try old.run(table, text) }

    /// Reasons of rejected rows, and how many events were stored.
    private func run() throws -> (reasons: [String], events: Int) {
        var reasons: [String] = []
        let head = try store.log.head()
        _ = try Importer(store, .excuseMyFrench, old.paths).run { reasons.append($0.reason) }
        return (reasons, Int(try store.log.head() - head))
    }

    private func trend(_ column: String) throws -> SQLValue? {
        try store.rows("SELECT \(column) FROM trending_topics WHERE id = 1").first?.first
    }

    @Test func aRowMayBecomeWhatItWas() throws {
        try sql("trending_topics", "INSERT INTO trending_topics (id, topic, source) VALUES (1, 'a', 's')")
        for category in ["x", "y", "x", "y", "x"] {
            try sql("trending_topics", "UPDATE trending_topics SET category = '\(category)', updated_at = created_at")
            #expect(try run().events == 1)
            #expect(try trend("category") == .text(category))
            #expect(try run().events == 0)
        }
        for _ in 0..<2 {
            try sql("trending_topics", "DELETE FROM trending_topics")
            #expect(try run().events == 1)
            #expect(try trend("id") == nil)
            try sql(
                "trending_topics",
                "INSERT INTO trending_topics (id, topic, source, timestamp, created_at, updated_at) VALUES (1, 'a', 's', '2023-01-01', '2023-01-01', '2023-01-01')"
            )
            #expect(try run().events == 1)
            #expect(try trend("topic") == .text("a"))
            #expect(try run().events == 0)
        }
        #expect(try store.verify().isWhole)
    }

    @Test func childrenComeBackWithTheirParent() throws {
        try sql("image_library", "INSERT INTO image_library (id, character, file_path, source) VALUES (1, 'nutsy', 'p', 's')")
        try sql("image_usage", "INSERT INTO image_usage (id, image_id, video_id) VALUES (1, 1, 'v')")
        #expect(try run().events == 2)
        // With foreign keys off the use stays behind, as in many an old file.
        try sql("image_library", "PRAGMA foreign_keys = OFF")
        try sql("image_library", "CREATE TABLE kept AS SELECT * FROM image_library")
        try sql("image_library", "DELETE FROM image_library")
        let gone = try run()
        #expect(gone.events == 1 && gone.reasons.count == 1 && gone.reasons[0].contains("FOREIGN KEY"))
        try sql("image_library", "INSERT INTO image_library SELECT * FROM kept")
        #expect(try run().events == 2)
        #expect(try store.rows("SELECT count(*) FROM image_usage") == [[.integer(1)]])
    }

    @Test func whatSpoolChangedStays() throws {
        try sql("trending_topics", "INSERT INTO trending_topics (id, topic, source) VALUES (1, 'a', 's'), (2, 'b', 's')")
        #expect(try run().events == 2)
        try store.append(CloudEvent(type: "trend.used", data: #"{"id":1}"#))
        try store.append(CloudEvent(type: "trend.removed", data: #"{"id":2}"#))
        #expect(try run().events == 0)
        #expect(try trend("used_flag") == .integer(1))
        try sql("trending_topics", "UPDATE trending_topics SET category = 'new' WHERE id = 1")
        #expect(try run().events == 1)
        #expect(try trend("category") == .text("new"))
    }

    @Test func rowsOfTheStoreAreNotTouched() throws {
        try store.append(CloudEvent(type: "trend.captured", data: #"{"topic":"mine","source":"s"}"#))
        try store.append(CloudEvent(type: "trend.captured", data: #"{"topic":"mine too","source":"s"}"#))
        try sql("trending_topics", "INSERT INTO trending_topics (id, topic, source) VALUES (1, 'theirs', 's'), (7, 'theirs', 's')")
        let result = try run()
        #expect(result.reasons == ["the store has another row with this key, which did not come from this system"])
        #expect(result.events == 1)
        #expect(try trend("topic") == .text("mine"))
        #expect(try store.rows("SELECT count(*) FROM trending_topics") == [[.integer(3)]])
        let importer = try Importer(store, .excuseMyFrench, old.paths)
        _ = try importer.run()
        let comparison = try importer.verify()
        #expect(comparison[0].isEqual && comparison[0].own == 1 && comparison[0].rejected == 1)
    }

    @Test func uniqueValuesMayMoveAlong() throws {
        for id in 1...3 {
            try sql(
                "image_library", "INSERT INTO image_library (id, character, file_path, source) VALUES (\(id), 'nutsy', 'path-\(id)', 's')")
        }
        #expect(try run().events == 3)
        try sql("image_library", "UPDATE image_library SET file_path = 'path-4' WHERE id = 3")
        try sql("image_library", "UPDATE image_library SET file_path = 'path-3' WHERE id = 2")
        try sql("image_library", "UPDATE image_library SET file_path = 'path-2' WHERE id = 1")
        let result = try run()
        #expect(result.reasons == [] && result.events == 3)
        try SystemTests.compare(old, store, "moved")
    }
}

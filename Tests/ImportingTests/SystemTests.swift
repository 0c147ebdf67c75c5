import EventLog
import Importing
import Projection
import Spool
import TestSupport
import Testing

/// Each system's old databases, with random rows in the old schema: after an import the views are the old tables.
struct SystemTests {
    private let folder = TemporaryFolder()

    /// Every table of the old databases, as both have it.
    static func compare(_ old: OldSystem, _ store: Store, _ note: String) throws {
        for table in old.tables {
            let columns = try old.columns(table)
            let list = columns.map { "\"\($0)\"" }.joined(separator: ", ")
            let expected = try old.rows(table, columns)
            let found = try store.rows("SELECT \(list) FROM \(table) ORDER BY \(OldSchema.key(of: table))")
            #expect(found.count == expected.count, "\(note), \(table)")
            if let place = zip(found, expected).enumerated().first(where: { $0.element.0 != $0.element.1 }) {
                Issue.record("\(note), \(table) row \(place.offset): \(place.element.0) is not \(place.element.1)")
            }
        }
    }

    @Test(arguments: LegacySystem.allCases)
    func viewsAreTheOldTables(system: LegacySystem) throws {
        let old = try OldSystem(system, in: folder, seed: 7)
        try old.fill(150)
        try Changes.beyondTheRules(old)
        let store = try Store.create(at: folder["store"])

        var report = try Importer(store, system, old.paths).run(dryRun: true) { Issue.record("rejected \($0)") }
        let planned = report.stored
        #expect(try store.log.head() == 0, "a dry run stores nothing")
        var importer = try Importer(store, system, old.paths)
        report = try importer.run { Issue.record("rejected \($0)") }
        #expect(report.stored == planned)
        #expect(report.rows == report.stored + report.storedBefore)
        #expect(report.rows > 300 && report.rejected == 0)
        try Self.compare(old, store, "first import")
        try checkDerived(old, store)
        #expect(try importer.verify().allSatisfy { $0.isEqual && $0.rejected == 0 })

        report = try Importer(store, system, old.paths).run()
        #expect(report.stored == 0 && report.removed == 0 && report.storedBefore == report.rows, "a second import stores nothing")

        let before = try Changes.rows(old)
        try Changes.grow(old)
        let after = try Changes.rows(old)
        let head = try store.log.head()
        importer = try Importer(store, system, old.paths)
        #expect(try importer.run(dryRun: true).stored > 0)
        #expect(try store.log.head() == head)
        report = try importer.run { Issue.record("rejected \($0)") }
        for table in report.tables {
            let difference = Changes.difference(before[table.name] ?? [:], after[table.name] ?? [:])
            #expect(table.new == difference.new, "\(table.name)")
            // What a removed row leaves behind with NULL is as it should be before its own turn comes.
            let isSetNull = ["scenes", "api_usage"].contains(table.name)
            #expect(isSetNull ? table.changed <= difference.changed : table.changed == difference.changed, "\(table.name)")
            #expect(table.removed == difference.gone, "\(table.name)")
        }
        #expect(try store.log.head() == head + UInt64(report.stored + report.removed))
        try Self.compare(old, store, "grown")
        try checkDerived(old, store)
        #expect(try importer.verify().allSatisfy { $0.isEqual && $0.own == 0 })
        #expect(try Importer(store, system, old.paths).run().stored == 0)
        #expect(try store.verify().isWhole)
    }

    /// Tables that are made of the imported ones, as the old views compute them.
    private func checkDerived(_ old: OldSystem, _ store: Store) throws {
        let queries: [String]
        switch old.system {
        case .excuseMyFrench: queries = ["SELECT * FROM latest_video_metrics ORDER BY video_id, platform"]
        case .storyToVideo:
            // Fractions of 64 add up exactly in any order.
            queries = ["SELECT * FROM api_usage_daily ORDER BY api_provider, day"]
        default: queries = []
        }
        for sql in queries {
            let table = old.system == .excuseMyFrench ? "video_metrics" : "api_usage"
            #expect(try store.rows(sql) == old.database(of: table).run(sql), "\(sql)")
        }
    }

    @Test func eventsHaveTheirTimesAndSource() throws {
        let old = try OldSystem(.excuseMyFrench, in: folder, seed: 3)
        try old.run(
            "trending_topics", "INSERT INTO trending_topics (id, topic, source, timestamp) VALUES (4, 't', 's', '2023-05-06T07:08:09.5Z')")
        try old.run(
            "trending_topics", "INSERT INTO trending_topics (id, topic, source, timestamp) VALUES (9, 't', 's', '2021-01-01 00:00:00')")
        let store = try Store.create(at: folder["store"])
        _ = try Importer(store, .excuseMyFrench, old.paths).run()
        let events = try store.rows("SELECT id, source, type, subject, time FROM events ORDER BY position").map { $0.map(\.plainText) }
        #expect(
            events == [
                ["trending_topics:9", "import:excuse-my-french", "trend.imported", "trend:9", "2021-01-01T00:00:00Z"],
                ["trending_topics:4", "import:excuse-my-french", "trend.imported", "trend:4", "2023-05-06T07:08:09.500Z"],
            ])
        let receipt = try store.append(CloudEvent(type: "trend.captured", data: #"{"topic":"new","source":"s"}"#))
        #expect(receipt.rows == [RowReference(table: "trending_topics", key: "10")])
    }

    @Test func aSubsetOfTheFilesIsEnough() throws {
        let old = try OldSystem(.excuseMyFrench, in: folder, seed: 5)
        try old.fill(20)
        let store = try Store.create(at: folder["store"])
        let first = try Importer(store, .excuseMyFrench, [old.paths[2]]).run()
        #expect(first.tables.map(\.name) == ["image_library", "image_usage", "image_collections", "collection_images"])
        #expect(first.missingTables == ["trending_topics", "search_history", "video_metadata", "video_metrics"])
        _ = try Importer(store, .excuseMyFrench, Array(old.paths[0...1])).run()
        try Self.compare(old, store, "in two parts")
    }
}

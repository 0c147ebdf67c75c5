import Foundation
import JSON
import Jobs
import Projection
import Spool
import TestSupport
import Testing

struct SampleDataTests {
    /// Values for the named queries that take some.
    private static let values: [String: [SQLValue]] = [
        "unused_topics": [.integer(5)], "topics_since": [.text("2020-01-01"), .integer(5)], "video_metrics_latest": [.text("video_001")],
        "best_image": [.text("nutsy"), .text("happy")],
        "cached_scene": [.text("A lighthouse in the fog"), .text(#"{"decision_history":[]}"#)],
        "api_costs": [.text("2020-01-01")], "workflow_files": [.text("sample-workflow")], "job": [.text("sample-job")],
        "results": [.text("sample-job")], "assets_of_type": [.text("video"), .integer(5)],
    ]

    @Test func everyTableAndEveryQuestionHasRows() throws {
        let folder = TemporaryFolder()
        let store = try Store.create(at: folder["store"])
        let first = try store.loadSample()
        #expect(first.repeated == 0)
        let head = try store.log.head()
        let again = try store.loadSample()
        #expect(again.stored == 0 && again.repeated == first.stored)
        #expect(try store.log.head() == head)
        for projector in Catalog.projectors {
            for table in projector.tables.map(\.schema.name) {
                #expect(try !store.rows("SELECT * FROM \(table)").isEmpty, "\(table)")
            }
            for view in projector.views { #expect(try !store.rows("SELECT * FROM \(view.name)").isEmpty, "\(view.name)") }
            for query in projector.queries {
                let values = Self.values[query.name] ?? []
                #expect(values.count == query.parameters.count, "\(query.name)")
                #expect(try !store.rows(query.sql, values).isEmpty, "\(query.name)")
                // A limit that comes from the command line is text.
                #expect(try !store.rows(query.sql, values.map { .text($0.plainText) }).isEmpty, "\(query.name) with text")
            }
        }
        #expect(try store.verify().isWhole)
    }

    /// Events of several domains carry the same tag: each row is explained by those of its own.
    @Test func everyKindOfRowIsExplained() throws {
        let folder = TemporaryFolder()
        let store = try Store.create(at: folder["store"])
        try store.loadSample()
        for (table, key) in [
            ("latest_video_metrics", ["video_001", "tiktok"]), ("video_metrics", ["1"]), ("video_metadata", ["1"]),
            ("image_library", ["1"]),
            ("image_usage", ["1"]), ("trending_topics", ["2"]), ("videos", ["1"]), ("jobs", ["1"]), ("clips", ["1"]),
        ] {
            let changes = try store.engine.why(table, key: key)
            #expect(changes.first?.kind == .made, "\(table) \(key)")
        }
    }

    /// A store that has rows of its own takes the sample as well.
    @Test func goesIntoAStoreInUse() throws {
        let folder = TemporaryFolder()
        let store = try Store.create(at: folder["store"])
        try store.append(.init(type: "timeline.saved", data: #"{"name":"mine","timeline_json":{"items":[]}}"#))
        try store.loadSample()
        #expect(
            try store.rows("SELECT name, is_active FROM timelines ORDER BY id") == [
                [.text("mine"), .integer(0)], [.text("Opening night"), .integer(1)],
            ])
    }

    /// The shapes that clients get are the same from Swift and from SQL.
    @Test func jobShapesAgree() throws {
        let folder = TemporaryFolder()
        let store = try Store.create(at: folder["store"])
        try store.loadSample()
        let job = try #require(try store.job("sample-job"))
        let text = String(decoding: try JSONEncoding.encode(job), as: UTF8.self)
        #expect(!text.contains("celery") && !text.contains("\"id\""))
        for (name, value) in [
            ("job", try JSONEncoding.encode(job)),
            ("results", try JSONEncoding.encode(try #require(try store.results(ofJob: "sample-job")))),
        ] {
            let query = try #require(Catalog.projectors.flatMap(\.queries).first { $0.name == name })
            let columns = try store.query(query.sql, [.text("sample-job")]) { result in
                _ = try result.next()
                return Dictionary(uniqueKeysWithValues: zip(result.columns, result.row))
            }
            for member in try JSONDocument(parsing: value).root.members {
                let column = try #require(columns[member.key])
                if member.value.kind == .object || member.value.kind == .array {
                    let fromSQL = try JSONDocument(parsing: Array(Self.withoutNulls(column.plainText).utf8)).root
                    #expect(fromSQL.isEquivalent(to: member.value), "\(name).\(member.key): \(column) and \(member.value.rawText)")
                } else {
                    #expect(column.plainText == member.value.string, "\(name).\(member.key)")
                }
            }
        }
        let progress = try #require(try store.progress(ofJob: "sample-job"))
        let message = try JSONDocument(parsing: JSONEncoding.encode(progress)).root
        #expect(message["data"]?["progress"]?["stage"]?.string == "transcription")
        #expect(try store.job("none") == nil)
    }

    /// Swift leaves absent fields out where SQL writes null.
    private static func withoutNulls(_ text: String) -> String {
        text.replacing(/"[a-z0-9_]+":null,/, with: "").replacing(/,"[a-z0-9_]+":null/, with: "")
    }
}

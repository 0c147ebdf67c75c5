import EventLog
import JSON
import Projection
import Shows
import TestSupport
import Testing

@Suite struct ShowsTests {
    @Test func tablesAreThoseOfTheOldSystem() throws {
        let database = try Legacy.Database("shows", times: .unix)
        let refusals = try Legacy.compareTelling(ShowsOracle.facts(3000, seed: 47), to: shows, database, ShowsOracle.statements)
        let rules = Set(refusals.compactMap { ($0 as? RuleViolation)?.rule })
        #expect(rules == [.check, .unique, .foreignKey, .notFound, .conflict])
        #expect(refusals.contains { $0 is JSONError })
        #expect(refusals.count > 300 && refusals.count < 2500)
    }

    @Test func goldenEvents() throws {
        try Legacy.checkGolden(
            [
                TimelineSaved.self, TimelineActivated.self, TimelineRemoved.self, AssetAdded.self, AssetValidated.self, AssetRejected.self,
                AssetRemoved.self, ThumbnailStored.self, SettingChanged.self, PlaybackMoved.self, Imported<Timeline>.self,
                Imported<Asset>.self,
                Imported<Thumbnail>.self, Removed<Thumbnail>.self, Imported<Setting>.self, Removed<Setting>.self,
                Imported<PlaybackState>.self,
            ], of: shows)
    }

    // MARK: One thing at a time

    private struct Store {
        let folder = TemporaryFolder()
        let engine: Engine

        init() throws { engine = try Legacy.engine(shows, in: folder) }

        @discardableResult
        func append(_ type: String, _ data: String, at seconds: Int64 = 1000) throws -> Receipt {
            let event = CloudEvent(type: type, data: data, time: Timestamp(microseconds: seconds * 1_000_000))
            return try engine.append([AppendRequest([event])])[0].get()[0]
        }

        func rows(_ table: String) throws -> [[SQLValue]] {
            let snapshot = try engine.snapshot(of: ["shows"])
            defer { snapshot.end() }
            return try Legacy.rows(snapshot.projection("shows").table(table))
        }
    }

    @Test func newStoreHasSettingsAndState() throws {
        let store = try Store()
        #expect(
            try store.rows("settings") == [
                [.text("master_volume"), .text("0.8"), .integer(0)],
                [.text("operator_ui_layout"), .text(#"{"left_panel_width":250}"#), .integer(0)],
                [.text("theme"), .text(#"{"id":"neon-chalkboard"}"#), .integer(0)],
            ])
        #expect(try store.rows("playback_state") == [[.integer(1), .null, .integer(0), .integer(0), .integer(0), .integer(0)]])
    }

    @Test func nullTakesThePlayerOffItsTimeline() throws {
        let store = try Store()
        let saved = try store.append("timeline.saved", #"{"name":"a","timeline_json":{"items":[]},"notes":"n"}"#)
        #expect(saved.subject == "timeline:1")
        #expect(saved.rows == [RowReference(table: "timelines", key: "1")])
        let moved = try store.append("playback.moved", #"{"timeline_id":1,"timecode_ms":12500}"#)
        #expect(moved.subject == "playback:1")
        try store.append("playback.moved", #"{"is_playing":true}"#)
        #expect(try store.rows("playback_state")[0][1...4] == [.integer(1), .integer(0), .integer(12500), .integer(1)])
        try store.append("playback.moved", #"{"timeline_id":null}"#)
        #expect(try store.rows("playback_state")[0][1...4] == [.null, .integer(0), .integer(12500), .integer(1)])

        try store.append("timeline.saved", #"{"id":1,"name":"b","timeline_json":{"items":[]}}"#)
        #expect(try store.rows("timelines")[0][7] == .text("n"))
        try store.append("timeline.saved", #"{"id":1,"name":"b","timeline_json":{"items":[]},"notes":null}"#)
        #expect(try store.rows("timelines")[0][7] == .null)
        for json in [#"{"timeline_id":null}"#, #"{"timeline_id":3}"#, "{}"] {
            let event = try JSONDocument(parsing: Array(json.utf8)).decode(PlaybackMoved.self, rejectUnknownFields: true)
            #expect(String(decoding: try JSONEncoding.encode(event), as: UTF8.self) == json)
        }
    }

    @Test func oneTimelineIsActive() throws {
        let store = try Store()
        for name in ["a", "b", "c"] { try store.append("timeline.saved", #"{"name":"\#(name)","timeline_json":{}}"#) }
        try store.append("timeline.activated", #"{"id":1}"#)
        let activated = try store.append("timeline.activated", #"{"id":3}"#, at: 2000)
        #expect(activated.subject == "timeline:3")
        #expect(try store.rows("timelines").map { $0[6] } == [.integer(0), .integer(0), .integer(1)])
        #expect(try store.rows("timelines").map { $0[5] } == [.integer(2000), .integer(1000), .integer(2000)])
        #expect(throws: RuleViolation.self) { try store.append("timeline.activated", #"{"id":4}"#) }
        #expect(try store.rows("timelines").map { $0[6] } == [.integer(0), .integer(0), .integer(1)])
        var positions: [Position] = []
        try store.engine.log.forEach(EventFilter(tags: ["timeline:1"])) {
            positions.append($0.position)
            return true
        }
        #expect(positions == [1, 4, 5])
    }

    @Test func thumbnailColumnStandsForContent() throws {
        #expect(Thumbnail.table.schema.columns.filter(\.isBlobHash).map(\.name) == ["thumbnail_blob"])
        let store = try Store()
        try store.append("asset.added", #"{"id":"a","type":"logo","path":"/a.png","file_size_bytes":1}"#)
        let hash = String(repeating: "0f", count: 32)
        let first = try store.append(
            "thumbnail.stored", #"{"asset_id":"a","size":"small","width":150,"height":84,"blob":"\#(hash)"}"#)
        #expect(first.subject == "asset:a")
        #expect(first.rows == [RowReference(table: "asset_thumbnails", key: "1")])
        let other = String(repeating: "a9", count: 32)
        try store.append("thumbnail.stored", #"{"asset_id":"a","size":"small","width":150,"height":85,"blob":"\#(other)"}"#)
        let rows = try store.rows("asset_thumbnails")
        #expect(rows.count == 1)
        #expect(rows[0][0] == .integer(1))
        #expect(rows[0][5] == .blob(Array(repeating: 0xA9, count: 32)))
        let error = #expect(throws: JSONError.self) {
            try store.append("thumbnail.stored", #"{"asset_id":"a","size":"small","width":1,"height":1,"blob":"\#(other.uppercased())"}"#)
        }
        #expect(error?.description.contains("64 lower-case hexadecimal digits") == true)
    }
}

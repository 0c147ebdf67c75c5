import EventLog
import Metrics
import Projection
import Spool
import TestSupport
import Testing
import Trends

/// The Swift of the articles is what is compiled and run here.
struct ArticleTests {
    /// Each block of Swift stands in a source file as it stands in the article, but for the indentation.
    @Test(arguments: [("AddingADomain", "Narrations", 4), ("FromSwift", "ArticleTests", 7)])
    func blocksAreInTheSource(article: String, file: String, count: Int) throws {
        let source = Self.lines(try TestFiles.read("Tests/SpoolTests/\(file).swift"))
        let text = String(decoding: try TestFiles.read("Sources/Spool/Spool.docc/\(article).md"), as: UTF8.self)
        let blocks = text.split(separator: "```swift\n").dropFirst().compactMap { $0.split(separator: "\n```").first }
        #expect(blocks.count == count)
        for block in blocks {
            let lines = Self.lines(Array(block.utf8))
            let isThere = source.indices.contains { source[$0...].starts(with: lines) }
            #expect(isThere, "\(article): \(block)")
        }
    }

    private static func lines(_ bytes: [UInt8]) -> [String] {
        String(decoding: bytes, as: UTF8.self).split(separator: "\n").map { $0.drop { $0 == " " } }.filter { !$0.isEmpty }.map(String.init)
    }

    @Test func fromSwift() async throws {
        let path = TemporaryFolder()["store"]
        var printed: [String] = []
        func print(_ values: Any...) { printed.append(values.map { "\($0)" }.joined(separator: " ")) }

        let store = try Store.create(at: path)
        try store.append(VideoRegistered(videoID: "video_001", title: "The market bakery"), source: "renderer")
        let receipt = try store.append(TrendCaptured(topic: "AI art", source: "reddit", relevanceScore: 0.92))
        print(receipt.position, receipt.subject, receipt.rows)  // 2 trend:1 [trending_topics:1]
        #expect(printed == ["2 trend:1 [trending_topics:1]"])

        do {
            try store.append(TrendRescored(id: 1, relevanceScore: 1.2))
        } catch let violation as RuleViolation {
            print(violation)  // CHECK rule of trending_topics.relevance_score, row 1: expected that …
        }
        #expect(
            printed.last
                == "CHECK rule of trending_topics.relevance_score, row 1: expected that relevance_score is between 0.0 and 1.0, found 1.2"
        )

        let event = try CloudEvent(
            MetricsRecorded(videoID: "video_001", platform: "tiktok", views: 250), id: "tiktok-2025-01-12", source: "scraper")
        let receipts = try await store.append(AppendRequest([event], expected: .any))
        #expect(receipts.map(\.isRepeat) == [false])
        #expect(try await store.append(AppendRequest([event])).map(\.isRepeat) == [true])

        let latest = try store.read(metrics) { views in try views.get(LatestMetrics.table, "video_001", "tiktok") }
        let topics = try store.read(trends) { views in
            try views.first(5, Trend.table, where: ["used_flag": false], orderedBy: .descending("relevance_score"))
        }
        #expect(latest?.snapshot.views == 250 && topics.map(\.topic) == ["AI art"])

        var total: Int64 = 0
        if let column = LatestMetrics.table.place(of: "views") {
            try store.read(metrics) { views in
                try views.forEachRow(of: LatestMetrics.table) { row in
                    total += row.integer(column) ?? 0
                    return true
                }
            }
        }
        #expect(total == 250)

        let rows = try store.rows("SELECT title, views FROM latest_video_metrics WHERE platform = ?", [.text("tiktok")])
        #expect(rows == [[.text("The market bakery"), .integer(250)]])
        #expect(try store.rows("SELECT title FROM latest_video_metrics", asOf: .position(2)).isEmpty)

        printed = []
        try store.log.forEach(EventFilter(tags: ["video:video_001"])) { record in
            print(record.position, record.type, record.recordedTime)
            return true
        }
        #expect(printed.map { $0.prefix(20) } == ["1 video.registered 2", "3 metrics.recorded 2"])
    }

    @Test func addingADomain() throws {
        let path = TemporaryFolder()["store"]
        try Store.create(at: path).append(VideoRegistered(videoID: "video_001"))
        let store = try Store(at: path, projectors: Catalog.projectors + [narrations])
        let first = try store.append(NarrationRecorded(videoID: "video_001", voice: "Ada", seconds: 61.5))
        try store.append(NarrationRecorded(videoID: "video_001", voice: "Ben", seconds: 58))
        #expect(first.subject == "narration:1")
        try store.append(NarrationChosen(id: 1))
        #expect(try store.rows("SELECT voice FROM chosen_narrations") == [[.text("Ada")]])
        try store.append(NarrationChosen(id: 2))
        #expect(try store.rows("SELECT * FROM chosen_narrations") == [[.text("video_001"), .text("Ben"), .real(58)]])
        #expect(try store.rows("SELECT voice FROM chosen_narrations", asOf: .position(4)) == [[.text("Ada")]])

        for (event, rule) in [
            (NarrationRecorded(videoID: "video_001", voice: "Ada", seconds: 1), RuleViolation.Rule.unique),
            (NarrationRecorded(videoID: "video_001", voice: "Cy", seconds: 0), .check),
        ] {
            let violation = #expect(throws: RuleViolation.self) { try store.append(event) }
            #expect(violation?.rule == rule)
        }
        #expect(throws: RuleViolation.self) { try store.append(NarrationChosen(id: 9)) }
        var types: [String] = []
        try store.log.forEach(EventFilter(tags: ["video:video_001"])) { record in
            types.append(record.type)
            return true
        }
        #expect(types == ["video.registered", "narration.recorded", "narration.recorded"])
    }
}

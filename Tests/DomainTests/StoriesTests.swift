import EventLog
import JSON
import Projection
import Stories
import Testing

@Suite struct StoriesTests {
    @Test func tablesEqualTheOldOnes() throws {
        let pair = try SideBySide.Pair(stories, seed: "stories", startingAt: "2024-02-28T22:00:00Z")
        try pair.compareColumns()
        var facts = StoriesFacts(seed: 0x5701_0001)
        for _ in 0..<1200 { try facts.tellNext(to: pair) }
        try pair.compare()
        try pair.compareWithRebuild()
        #expect(pair.accepted > 500)
        for type in [
            "session.started", "session.advanced", "narrative.written", "prompts.written", "media.attached", "session.removed",
            "scene.cached", "scene.evicted", "cached_video.saved", "cached_video.evicted",
        ] {
            #expect(pair.refused[type] ?? 0 > 0, "no \(type) was refused")
        }
    }

    @Test func goldenLinesSurvive() throws {
        try GoldenLines.check(SessionStarted.self)
        try GoldenLines.check(SessionAdvanced.self)
        try GoldenLines.check(NarrativeWritten.self)
        try GoldenLines.check(PromptsWritten.self)
        try GoldenLines.check(MediaAttached.self)
        try GoldenLines.check(SessionRemoved.self)
        try GoldenLines.check(SceneCached.self)
        try GoldenLines.check(SceneEvicted.self)
        try GoldenLines.check(CachedVideoSaved.self)
        try GoldenLines.check(CachedVideoEvicted.self)
    }

    @Test func decisionsAreAppended() throws {
        let pair = try SideBySide.Pair(stories, seed: "stories", startingAt: "2024-01-01T00:00:00Z")
        func append(_ type: String, _ data: String) throws -> Receipt {
            try pair.engine.append([AppendRequest([CloudEvent(type: type, data: data)])])[0].get()[0]
        }
        func narrative() throws -> String { try Rows.all(pair.engine, "sessions")[0][5].plainText }

        #expect(try append("session.started", #"{"id":"s1","scenario":"A \"fog\""}"#).subject == "session:s1")
        #expect(try narrative() == #"{"scenario":"A \"fog\"","last_narrative":null,"decision_history":[]}"#)
        _ = try append("session.advanced", #"{"id":"s1","decision":{"go": "up"}}"#)
        _ = try append("session.advanced", #"{"id":"s1","decision":7,"current_scene_id":2}"#)
        #expect(try narrative() == #"{"scenario":"A \"fog\"","last_narrative":null,"decision_history":[{"go": "up"},7]}"#)
        // null is no decision.
        _ = try append("session.advanced", #"{"id":"s1","decision":null}"#)
        #expect(try narrative().hasSuffix("[{\"go\": \"up\"},7]}"))
        // Of the narrative that comes with it, if one does; without a decision it is kept as it was sent.
        _ = try append("session.advanced", #"{"id":"s1","decision":"b","partial_narrative":{"decision_history": [ "a" ], "x": 1.0}}"#)
        #expect(try narrative() == #"{"decision_history":["a","b"],"x":1.0}"#)
        _ = try append("session.advanced", #"{"id":"s1","partial_narrative":[ 1 ]}"#)
        #expect(try narrative() == "[ 1 ]")
        let refusal = #expect(throws: RuleViolation.self) { try append("session.advanced", #"{"id":"s1","decision":"c"}"#) }
        #expect(refusal?.field == "partial_narrative")
        #expect(try narrative() == "[ 1 ]")
    }

    @Test func secondWriteKeepsTheRow() throws {
        let pair = try SideBySide.Pair(stories, seed: "stories", startingAt: "2024-01-01T00:00:00Z")
        func append(_ type: String, _ data: String) throws -> Receipt {
            try pair.engine.append([AppendRequest([CloudEvent(type: type, data: data)])])[0].get()[0]
        }
        _ = try append("session.started", #"{"id":"s1","scenario":"x"}"#)
        let first = try append("narrative.written", #"{"session_id":"s1","data":{"a": 1}}"#)
        #expect(first.rows == [RowReference(table: "narrative_data", key: "1")])
        #expect(first.subject == "session:s1")
        pair.clock.now = pair.clock.now.adding(seconds: 60)
        #expect(try append("narrative.written", #"{"session_id":"s1","data":[2]}"#).rows.isEmpty)
        #expect(
            try Rows.all(pair.engine, "narrative_data") == [[.integer(1), .text("s1"), .text("[2]"), .text("2024-01-01T00:00:00Z")]])
        let refusal = #expect(throws: RuleViolation.self) {
            try append("narrative.written", #"{"session_id":"s1","data":[3],"id":9}"#)
        }
        #expect(refusal?.rule == .conflict)
    }

    @Test(arguments: ["", ".", "..", "a/b.mp4", "/etc/passwd", "a\\u0000b"])
    func videosAreNamedWithoutFolder(_ filename: String) throws {
        let pair = try SideBySide.Pair(stories, seed: "stories", startingAt: "2024-01-01T00:00:00Z")
        let event = CloudEvent(type: "cached_video.saved", data: "{\"filename\":\"\(filename)\",\"url_path\":\"/static/videos/x\"}")
        let refusal = #expect(throws: RuleViolation.self) { try pair.engine.append([AppendRequest([event])])[0].get() }
        #expect(refusal?.field == "filename")
    }

    /// What does not fit is refused; it must not end the process.
    @Test func limitsAreRefusals() throws {
        let pair = try SideBySide.Pair(stories, seed: "stories", startingAt: "2024-01-01T00:00:00Z")
        func append(_ type: String, _ data: String) throws -> Receipt {
            try pair.engine.append([AppendRequest([CloudEvent(type: type, data: data)])])[0].get()[0]
        }
        let long = String(repeating: "s", count: 70_000)
        #expect(throws: AppendError.self) { try append("session.started", #"{"id":"\#(long)","scenario":"x"}"#) }
        #expect(try Rows.all(pair.engine, "sessions").isEmpty)
        _ = try append("cached_video.saved", #"{"filename":"a.mp4","url_path":"/a.mp4","id":9223372036854775807}"#)
        let refusal = #expect(throws: RuleViolation.self) {
            try append("cached_video.saved", #"{"filename":"b.mp4","url_path":"/b.mp4"}"#)
        }
        #expect(refusal?.field == "id")
        _ = try append("cached_video.saved", #"{"filename":"b.mp4","url_path":"/b.mp4","id":5}"#)
        #expect(try Rows.all(pair.engine, "videos").map { $0[0] } == [.integer(5), .integer(.max)])
    }

    /// A decision as deep as an event may be is one that the next decision can follow.
    @Test func deepDecisionsCanBeFollowed() throws {
        let pair = try SideBySide.Pair(stories, seed: "stories", startingAt: "2024-01-01T00:00:00Z")
        func append(_ type: String, _ data: String) throws {
            _ = try pair.engine.append([AppendRequest([CloudEvent(type: type, data: data)])])[0].get()
        }
        let deep = String(repeating: "[", count: 127) + String(repeating: "]", count: 127)
        try append("session.started", #"{"id":"s1","scenario":"x"}"#)
        try append("session.advanced", #"{"id":"s1","decision":\#(deep)}"#)
        try append("session.advanced", #"{"id":"s1","decision":1}"#)
        #expect(try Rows.all(pair.engine, "sessions")[0][5].plainText.hasSuffix("[\(deep),1]}"))
    }
}

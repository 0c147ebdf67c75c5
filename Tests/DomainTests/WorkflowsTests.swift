import EventLog
import JSON
import Projection
import Testing
import Workflows

@Suite struct WorkflowsTests {
    @Test func tablesEqualTheOldOnes() throws {
        let pair = try SideBySide.Pair(workflows, seed: "workflows", startingAt: "2024-02-27T20:00:00Z")
        try pair.compareColumns()
        var facts = WorkflowsFacts(seed: 0x3092_0002)
        for place in 1...2000 {
            try facts.tellNext(to: pair)
            if place > 60, place.isMultiple(of: 37) { try pair.compare(["api_usage_daily"]) }
        }
        try pair.compare()
        try pair.compareWithRebuild()
        #expect(pair.accepted > 700)
        for type in [
            "workflow.created", "workflow.phase_changed", "workflow.completed", "workflow.failed", "workflow.archived",
            "file.generated", "scene.described", "api.called", "user.registered", "user.session_started", "user.session_ended",
        ] {
            #expect(pair.refused[type] ?? 0 > 0, "no \(type) was refused")
        }
    }

    @Test func goldenLinesSurvive() throws {
        try GoldenLines.check(WorkflowCreated.self)
        try GoldenLines.check(WorkflowPhaseChanged.self)
        try GoldenLines.check(WorkflowCompleted.self)
        try GoldenLines.check(WorkflowFailed.self)
        try GoldenLines.check(WorkflowArchived.self)
        try GoldenLines.check(FileGenerated.self)
        try GoldenLines.check(SceneDescribed.self)
        try GoldenLines.check(APICalled.self)
        try GoldenLines.check(UserRegistered.self)
        try GoldenLines.check(UserSessionStarted.self)
        try GoldenLines.check(UserSessionEnded.self)
    }

    @Test func sumsThatDoNotFitAreRefused() throws {
        let pair = try SideBySide.Pair(workflows, seed: "workflows", startingAt: "2024-01-01T00:00:00Z")
        func refusal(_ data: String) throws -> RuleViolation? {
            let event = CloudEvent(type: "api.called", data: "{\"api_provider\":\"openai\",\"endpoint\":\"/v1\",\(data)}")
            do {
                _ = try pair.engine.append([AppendRequest([event])])[0].get()
                return nil
            } catch let violation as RuleViolation {
                return violation
            }
        }
        let before: [[SQLValue]] = [
            [
                .text("openai"), .text("2024-01-01"), .integer(1), .integer(1), .integer(.max), .real(1e308), .real(1e308), .integer(1),
                .real(1e308),
            ]
        ]
        #expect(try refusal(#""tokens_used":9223372036854775807,"cost_usd":1e308,"response_time":1e308"#) == nil)
        #expect(try Rows.all(pair.engine, "api_usage_daily") == before)
        #expect(try refusal(#""tokens_used":1"#)?.field == "total_tokens")
        #expect(try refusal(#""cost_usd":1e308"#)?.field == "total_cost")
        #expect(try refusal(#""response_time":1e308"#)?.field == "total_response_time")
        // Nothing of a refused call stays, in neither table.
        #expect(try Rows.all(pair.engine, "api_usage_daily") == before)
        #expect(try Rows.all(pair.engine, "api_usage").count == 1)
        try pair.compareWithRebuild()
    }

    @Test func eventsAreFoundUnderTheirEntities() throws {
        let pair = try SideBySide.Pair(workflows, seed: "workflows", startingAt: "2024-01-01T00:00:00Z")
        func append(_ type: String, _ data: String) throws -> Receipt {
            try pair.engine.append([AppendRequest([CloudEvent(type: type, data: data)])])[0].get()[0]
        }
        func types(of tag: String) throws -> [String] {
            var types: [String] = []
            try pair.engine.log.forEach(EventFilter(tags: [tag])) { event in
                types.append(event.type)
                return true
            }
            return types
        }
        #expect(try append("user.registered", #"{"id":"u1","name":"Ada"}"#).subject == "user:u1")
        _ = try append("user.session_started", #"{"user_id":"u1","session_id":"s1"}"#)
        _ = try append("user.session_ended", #"{"session_id":"s1"}"#)
        _ = try append("workflow.created", #"{"id":"w1","original_prompt":"A fox","user_id":"u1"}"#)
        let file = try append("file.generated", #"{"workflow_id":"w1","file_type":"image","file_path":"/f/1.png","file_name":"1.png"}"#)
        #expect(file.subject == "file:1")
        #expect(file.rows == [RowReference(table: "generated_files", key: "1")])
        _ = try append("scene.described", #"{"workflow_id":"w1","scene_number":1,"description":"x","image_file_id":1}"#)
        _ = try append("api.called", #"{"workflow_id":"w1","api_provider":"openai","endpoint":"/v1"}"#)
        _ = try append("workflow.completed", #"{"id":"w1","total_processing_time":1.5}"#)
        _ = try append("workflow.archived", #"{"id":"w1"}"#)
        #expect(try types(of: "user:u1") == ["user.registered", "user.session_started", "workflow.created"])
        #expect(try types(of: "user_session:s1") == ["user.session_started", "user.session_ended"])
        #expect(try types(of: "file:1") == ["file.generated", "scene.described"])
        #expect(
            try types(of: "workflow:w1") == [
                "workflow.created", "file.generated", "scene.described", "api.called", "workflow.completed", "workflow.archived",
            ])
        #expect(try Rows.all(pair.engine, "workflows").isEmpty)
        #expect(try Rows.all(pair.engine, "generated_files").isEmpty)
        #expect(try Rows.all(pair.engine, "scenes").isEmpty)
        // What it cost stays known.
        #expect(try Rows.all(pair.engine, "api_usage")[0][1] == .null)
        #expect(try Rows.all(pair.engine, "api_usage_daily").count == 1)
    }
}

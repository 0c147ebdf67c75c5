import EventLog
import Projection
import TestSupport

/// Facts about workflows, each as an event and as the statements of the old code.
struct WorkflowsFacts {
    private var chance: SideBySide.Chance
    private let workflowIDs = (0..<60).map { "00000000-0000-4000-8000-0000000000\($0 + 10)" }
    private let userIDs = (0..<12).map { "user é \($0)" }
    private let phases = ["prompt_enhancement", "scene_generation", "image_generation", "video_generation", ""]
    private var time = Timestamp(microseconds: 0)

    init(seed: UInt64) { chance = SideBySide.Chance(seed: seed) }

    mutating func tellNext(to pair: SideBySide.Pair) throws {
        pair.clock.now = Timestamp(
            microseconds: pair.clock.now.microseconds + Int64(chance.number(0...1800)) * 1_000_000 + Int64(chance.pick([0, 999_999])))
        // One in four arrives late.
        time = chance.oneIn(4) ? pair.clock.now.adding(seconds: -Int64(chance.number(1...3_000_000))) : pair.clock.now
        switch chance.number(0...23) {
        case 0...2: try create(pair)
        case 3...5: try changePhase(pair)
        case 6, 7: try complete(pair)
        case 8: try fail(pair)
        case 9, 10: try archive(pair)
        case 11...13: try generateFile(pair)
        case 14...16: try describeScene(pair)
        case 17...20: try callAPI(pair)
        case 21: try register(pair)
        case 22: try startSession(pair)
        default: try endSession(pair)
        }
    }

    private mutating func workflowID() -> String { chance.oneIn(15) ? chance.pick(["", "none"]) : chance.pick(workflowIDs) }

    private mutating func userID() -> String { chance.oneIn(15) ? chance.pick(["", "nobody"]) : chance.pick(userIDs) }

    private mutating func rowID() -> Int? { chance.oneIn(8) ? chance.number(1...120) : nil }

    /// Writes created_at into the event, sometimes; returns what the row shows.
    private mutating func createdAt(_ fields: inout SideBySide.Fields, _ pair: SideBySide.Pair) throws -> String {
        guard chance.oneIn(4) else { return try pair.sqlTime(pair.clock.now) }
        let written = chance.written(pair.clock.now.adding(seconds: -Int64(chance.number(0...500_000))))
        fields.set(json: "created_at", written.json)
        return try pair.sqlTime(written.time)
    }

    private mutating func create(_ pair: SideBySide.Pair) throws {
        let id = workflowID()
        let prompt = chance.text()
        let title = chance.maybe(chance.text())
        let scenes = chance.maybe(chance.number(-1...12))
        let user = chance.oneIn(2) ? userID() : nil
        var fields = SideBySide.Fields()
        fields.set("id", id)
        fields.set("original_prompt", prompt)
        fields.set("story_title", title)
        fields.set("max_scenes", scenes)
        fields.set("user_id", user)
        let createdAt = try createdAt(&fields, pair)
        let updatedAt = try pair.sqlTime(time)
        try pair.tell("workflow.created", fields, at: time) { database in
            try database.change(
                """
                INSERT INTO workflows (id, original_prompt, story_title, max_scenes, user_id, created_at, updated_at)
                VALUES (?, ?, ?, coalesce(?, 4), ?, ?, ?)
                """, [id, prompt, title, scenes, user, createdAt, updatedAt])
        }
    }

    private mutating func changePhase(_ pair: SideBySide.Pair) throws {
        let id = workflowID()
        let phase = chance.pick(phases)
        let story = chance.maybe(chance.text())
        var fields = SideBySide.Fields()
        fields.set("id", id)
        fields.set("phase", phase)
        fields.set("enhanced_story", story)
        let updatedAt = try pair.sqlTime(time)
        try pair.tell("workflow.phase_changed", fields, at: time) { database in
            try database.change(
                """
                UPDATE workflows SET status = 'active', current_phase = ?2, enhanced_story = coalesce(?3, enhanced_story),
                    error_message = NULL, updated_at = ?4 WHERE id = ?1 AND status <> 'completed'
                """, [id, phase, story, updatedAt])
        }
    }

    private mutating func complete(_ pair: SideBySide.Pair) throws {
        let id = workflowID()
        let seconds = chance.pick([0, 184.25, -0.5, 1e300, chance.real(0...900)])
        let given = chance.oneIn(4) ? chance.written(pair.clock.now.adding(seconds: -Int64(chance.number(0...9_000_000)))) : nil
        var fields = SideBySide.Fields()
        fields.set("id", id)
        fields.set("total_processing_time", seconds)
        fields.set(json: "completed_at", given?.json)
        let completedAt = try pair.sqlTime(given?.time ?? time)
        let updatedAt = try pair.sqlTime(time)
        try pair.tell("workflow.completed", fields, at: time) { database in
            try database.change(
                """
                UPDATE workflows SET status = 'completed', completed_at = ?2, total_processing_time = ?3, error_message = NULL,
                    updated_at = ?4 WHERE id = ?1 AND status <> 'completed'
                """, [id, completedAt, seconds, updatedAt])
        }
    }

    private mutating func fail(_ pair: SideBySide.Pair) throws {
        let id = workflowID()
        let message = chance.text()
        var fields = SideBySide.Fields()
        fields.set("id", id)
        fields.set("error_message", message)
        let updatedAt = try pair.sqlTime(time)
        try pair.tell("workflow.failed", fields, at: time) { database in
            try database.change(
                "UPDATE workflows SET status = 'failed', error_message = ?2, updated_at = ?3 WHERE id = ?1 AND status <> 'completed'",
                [id, message, updatedAt])
        }
    }

    private mutating func archive(_ pair: SideBySide.Pair) throws {
        let id = workflowID()
        var fields = SideBySide.Fields()
        fields.set("id", id)
        try pair.tell("workflow.archived", fields, at: time) { database in
            try database.change("DELETE FROM workflows WHERE id = ? AND status = 'completed'", [id])
        }
    }

    private mutating func generateFile(_ pair: SideBySide.Pair) throws {
        let workflow = workflowID()
        let type = chance.pick(["image", "video", "audio", ""])
        let name = chance.text()
        let size = chance.maybe(chance.pick([0, 1_024_000, -1, .max, chance.number(0...1 << 33)]))
        let metadata = chance.maybe(chance.json()).flatMap { $0 == "null" ? nil : $0 }
        let id = rowID()
        var fields = SideBySide.Fields()
        fields.set("workflow_id", workflow)
        fields.set("file_type", type)
        fields.set("file_path", "/files/\(name)")
        fields.set("file_name", name)
        fields.set("file_size", size)
        fields.set(json: "metadata", metadata)
        fields.set("id", id)
        let createdAt = try createdAt(&fields, pair)
        try pair.tell("file.generated", fields, at: time) { database in
            try database.change(
                "INSERT INTO generated_files VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                [id, workflow, type, "/files/\(name)", name, size, metadata, createdAt])
        }
    }

    private mutating func describeScene(_ pair: SideBySide.Pair) throws {
        let workflow = workflowID()
        let number = chance.number(0...6)
        let description = chance.text()
        let prompt = chance.maybe(chance.text())
        // Mostly a file that is there: any workflow's.
        var file: Int?
        if chance.oneIn(2),
            case .integer(let id)? = try pair.database.value("SELECT id FROM generated_files ORDER BY id * 7919 % 101, id LIMIT 1")
        {
            file = chance.oneIn(8) ? 1_000_000 : Int(id)
        }
        let id = rowID()
        var fields = SideBySide.Fields()
        fields.set("workflow_id", workflow)
        fields.set("scene_number", number)
        fields.set("description", description)
        fields.set("prompt", prompt)
        fields.set("image_file_id", file)
        fields.set("id", id)
        let createdAt = try createdAt(&fields, pair)
        try pair.tell("scene.described", fields, at: time) { database in
            try database.change(
                "INSERT INTO scenes VALUES (?, ?, ?, ?, ?, ?, ?)", [id, workflow, number, description, prompt, file, createdAt])
        }
    }

    private mutating func callAPI(_ pair: SideBySide.Pair) throws {
        let workflow = chance.oneIn(2) ? workflowID() : nil
        let provider = chance.pick(["openai", "é", ""])
        let endpoint = chance.text()
        let tokens = chance.maybe(chance.pick([0, 1250, -1, 1 << 50, chance.number(0...100_000)]))
        let cost = chance.maybe(chance.pick([0, 0.04, 0.1, 1e12, -0.01, chance.real(0...0.3)]))
        let seconds = chance.maybe(chance.pick([0, 2.75, -1e-9, 0.3, chance.real(0...60)]))
        let success = chance.maybe(chance.oneIn(2))
        let message = chance.maybe(chance.text())
        // Imports give ids that ascend: the sums are then in the order of the ids. Or one that is taken.
        var id: Int?
        if chance.oneIn(8), case .integer(let highest)? = try pair.database.value("SELECT max(id) FROM api_usage") {
            id = Int(highest) + chance.pick([0, 1, 5])
        }
        var fields = SideBySide.Fields()
        fields.set("workflow_id", workflow)
        fields.set("api_provider", provider)
        fields.set("endpoint", endpoint)
        fields.set("tokens_used", tokens)
        fields.set("cost_usd", cost)
        fields.set("response_time", seconds)
        fields.set("success", success)
        fields.set("error_message", message)
        fields.set("id", id)
        let createdAt = try createdAt(&fields, pair)
        try pair.tell("api.called", fields, at: time) { database in
            try database.change(
                "INSERT INTO api_usage VALUES (?, ?, ?, ?, ?, ?, ?, coalesce(?, 1), ?, ?)",
                [id, workflow, provider, endpoint, tokens, cost, seconds, success, message, createdAt])
        }
    }

    private mutating func register(_ pair: SideBySide.Pair) throws {
        let id = userID()
        let name = chance.text()
        let email = chance.maybe("ada@example.org")
        var fields = SideBySide.Fields()
        fields.set("id", id)
        fields.set("name", name)
        fields.set("email", email)
        let createdAt = try createdAt(&fields, pair)
        try pair.tell("user.registered", fields, at: time) { database in
            try database.change("INSERT INTO users VALUES (?, ?, ?, ?)", [id, name, email, createdAt])
        }
    }

    private mutating func startSession(_ pair: SideBySide.Pair) throws {
        let user = userID()
        let session = "session_\(chance.number(1...80))"
        var fields = SideBySide.Fields()
        fields.set("user_id", user)
        fields.set("session_id", session)
        let createdAt = try createdAt(&fields, pair)
        let startedAt = try pair.sqlTime(time)
        try pair.tell("user.session_started", fields, at: time) { database in
            try database.change("INSERT INTO user_sessions VALUES (?, ?, ?, NULL, ?)", [session, user, startedAt, createdAt])
        }
    }

    private mutating func endSession(_ pair: SideBySide.Pair) throws {
        let session = "session_\(chance.number(1...80))"
        var fields = SideBySide.Fields()
        fields.set("session_id", session)
        let endedAt = try pair.sqlTime(time)
        try pair.tell("user.session_ended", fields, at: time) { database in
            try database.change(
                "UPDATE user_sessions SET ended_at = ?2 WHERE session_id = ?1 AND ended_at IS NULL", [session, endedAt])
        }
    }
}

import EventLog
import Projection
import TestSupport

/// Facts about games, each as an event and as the statements of the old code.
struct StoriesFacts {
    private var chance: SideBySide.Chance
    private let sessionIDs = (0..<40).map { "00000000-0000-4000-8000-0000000000\($0 + 10)" }
    private let filenames = (0..<40).map { "scene \($0) é.mp4" } + ["", "..", "a/b.mp4", "日本.mp4"]
    private var time = Timestamp(microseconds: 0)

    init(seed: UInt64) { chance = SideBySide.Chance(seed: seed) }

    mutating func tellNext(to pair: SideBySide.Pair) throws {
        pair.clock.now = Timestamp(
            microseconds: pair.clock.now.microseconds + Int64(chance.number(0...7200)) * 1_000_000 + Int64(chance.pick([0, 500_000])))
        // One in four arrives late.
        time = chance.oneIn(4) ? pair.clock.now.adding(seconds: -Int64(chance.number(1...3_000_000))) : pair.clock.now
        switch chance.number(0...19) {
        case 0...3: try start(pair)
        case 4...7: try advance(pair)
        case 8, 9: try write("narrative.written", "narrative_data", pair)
        case 10, 11: try write("prompts.written", "scene_prompts", pair)
        case 12, 13: try write("media.attached", "media_urls", pair)
        case 14: try remove(pair)
        case 15, 16: try cacheScene(pair)
        case 17: try evictScene(pair)
        case 18: try saveVideo(pair)
        default: try evictVideo(pair)
        }
    }

    private mutating func sessionID() -> String { chance.oneIn(15) ? chance.pick(["", "nobody"]) : chance.pick(sessionIDs) }

    /// Sometimes given, as imports do, and often enough one that is taken.
    private mutating func rowID() -> Int? { chance.oneIn(8) ? chance.number(1...60) : nil }

    /// What the event says of created_at, and what the row shows.
    private mutating func createdAt(_ fields: inout SideBySide.Fields, _ pair: SideBySide.Pair) throws -> (given: Bool, text: String) {
        guard chance.oneIn(4) else { return (false, try pair.isoTime(pair.clock.now)) }
        let written = chance.written(pair.clock.now.adding(seconds: -Int64(chance.number(0...100_000_000))))
        fields.set(json: "created_at", written.json)
        return (true, try pair.isoTime(written.time))
    }

    private mutating func narrative(of scenario: String) -> String {
        chance.pick([
            #"{"scenario":"x","last_narrative":null,"decision_history":[]}"#,
            #"{"scenario":"x","last_narrative":"caf\u00e9","decision_history":["a",{"b":[1.50]}]}"#,
            #"{"decision_history":[null]}"#, #"{"decision_history":{}}"#, "[]", "5", "{}",
        ])
    }

    private mutating func start(_ pair: SideBySide.Pair) throws {
        let id = sessionID()
        let scenario = chance.text()
        let scene = chance.maybe(chance.number(-1...9))
        let narrative = chance.maybe(narrative(of: scenario))
        var fields = SideBySide.Fields()
        fields.set("id", id)
        fields.set("scenario", scenario)
        fields.set("current_scene_id", scene)
        fields.set(json: "partial_narrative", narrative)
        let createdAt = try createdAt(&fields, pair).text
        let updatedAt = try pair.isoTime(time)
        try pair.tell("session.started", fields, at: time) { database in
            try database.change(
                """
                INSERT INTO sessions (id, scenario, current_scene_id, created_at, updated_at, partial_narrative)
                VALUES (?1, ?2, coalesce(?3, 0), ?4, ?5, ?6)
                """, [id, scenario, scene, createdAt, updatedAt, narrative ?? beginning(of: scenario)])
        }
    }

    /// As json.dumps(…, ensure_ascii=False, separators=(',', ':')) writes it.
    private func beginning(of scenario: String) -> String {
        var fields = SideBySide.Fields()
        fields.set("scenario", scenario)
        fields.set(json: "last_narrative", "null")
        fields.set(json: "decision_history", "[]")
        return fields.json
    }

    private mutating func advance(_ pair: SideBySide.Pair) throws {
        let id = sessionID()
        let scene = chance.maybe(chance.number(0...1 << 50))
        let narrative = chance.oneIn(4) ? narrative(of: "") : nil
        let decision = chance.maybe(chance.pick(["\"Climb the stairs\"", "[1,{\"a\":null}]", "true", "\"caf\\u00e9\"", "12.50"]))
        var fields = SideBySide.Fields()
        fields.set("id", id)
        fields.set("current_scene_id", scene)
        fields.set(json: "partial_narrative", narrative)
        fields.set(json: "decision", decision)
        let updatedAt = try pair.isoTime(time)
        try pair.tell("session.advanced", fields, at: time) { database in
            try database.change(
                """
                UPDATE sessions SET current_scene_id = coalesce(?2, current_scene_id),
                    partial_narrative = coalesce(?3, partial_narrative), updated_at = ?4 WHERE id = ?1
                """, [id, scene, narrative, updatedAt])
            guard let decision else { return }
            try database.change(
                """
                UPDATE sessions SET partial_narrative = json_insert(partial_narrative, '$.decision_history[#]', json(?2))
                WHERE id = ?1 AND json_type(partial_narrative, '$.decision_history') = 'array'
                """, [id, decision])
        }
    }

    private mutating func write(_ type: String, _ table: String, _ pair: SideBySide.Pair) throws {
        let session = sessionID()
        let data = chance.json()
        let id = rowID()
        var fields = SideBySide.Fields()
        fields.set("session_id", session)
        fields.set(json: "data", data)
        fields.set("id", id)
        let createdAt = try createdAt(&fields, pair)
        try pair.tell(type, fields, at: time) { database in
            guard let stored = try database.value("SELECT id FROM \(table) WHERE session_id = ?", [session]) else {
                try database.change(
                    "INSERT INTO \(table) (id, session_id, data, created_at) VALUES (?, ?, ?, ?)", [id, session, data, createdAt.text])
                return
            }
            guard case .integer(let storedID) = stored else { return }
            try database.change(
                "UPDATE \(table) SET data = ?3, created_at = coalesce(?4, created_at) WHERE session_id = ?1 AND id = ?2",
                [session, id ?? Int(storedID), data, createdAt.given ? createdAt.text : nil as String?])
        }
    }

    private mutating func remove(_ pair: SideBySide.Pair) throws {
        let id = sessionID()
        var fields = SideBySide.Fields()
        fields.set("id", id)
        try pair.tell("session.removed", fields, at: time) { try $0.change("DELETE FROM sessions WHERE id = ?", [id]) }
    }

    private mutating func cacheScene(_ pair: SideBySide.Pair) throws {
        let scenario = chance.pick(["", "A lighthouse in the fog", "é", "e\u{301}", String(repeating: "fog ", count: 150)])
        // Longer than a key of the store can be, with the same beginning.
        let history = String(repeating: "\"go on\",", count: 80) + "\(chance.number(0...3))"
        let narrative = chance.oneIn(2) ? "{\"decision_history\":[\(history)]}" : chance.json()
        let next = (0..<3).map { _ in chance.json() }
        let id = rowID()
        var fields = SideBySide.Fields()
        fields.set("scenario", scenario)
        fields.set(json: "partial_narrative", narrative)
        fields.set(json: "next_narrative", next[0])
        fields.set(json: "next_scene_prompts", next[1])
        fields.set(json: "next_media_urls", next[2])
        fields.set("id", id)
        let createdAt = try createdAt(&fields, pair).text
        try pair.tell("scene.cached", fields, at: time) { database in
            try database.change(
                "INSERT INTO scene_cache VALUES (?, ?, ?, ?, ?, ?, ?)", [id, scenario, narrative, next[0], next[1], next[2], createdAt])
        }
    }

    private mutating func evictScene(_ pair: SideBySide.Pair) throws {
        let id = chance.number(0...60)
        var fields = SideBySide.Fields()
        fields.set("id", id)
        try pair.tell("scene.evicted", fields, at: time) { try $0.change("DELETE FROM scene_cache WHERE id = ?", [id]) }
    }

    private mutating func saveVideo(_ pair: SideBySide.Pair) throws {
        let filename = chance.pick(filenames)
        let path = "/static/videos/\(filename)"
        let scene = chance.maybe(chance.number(-3...1 << 40))
        let isCombined = chance.maybe(chance.oneIn(2))
        let prompt = chance.maybe(chance.text())
        let id = rowID()
        var fields = SideBySide.Fields()
        fields.set("filename", filename)
        fields.set("url_path", path)
        fields.set("scene_id", scene)
        fields.set("is_combined", isCombined)
        fields.set("original_prompt", prompt)
        fields.set("id", id)
        let createdAt = try createdAt(&fields, pair).text
        try pair.tell("cached_video.saved", fields, at: time) { database in
            try database.change(
                "INSERT INTO videos VALUES (?, ?, ?, ?, coalesce(?, 0), ?, ?)",
                [id, filename, path, scene, isCombined, prompt, createdAt])
        }
    }

    private mutating func evictVideo(_ pair: SideBySide.Pair) throws {
        let filename = chance.pick(filenames)
        var fields = SideBySide.Fields()
        fields.set("filename", filename)
        fields.set("reason", chance.text())
        try pair.tell("cached_video.evicted", fields, at: time) { try $0.change("DELETE FROM videos WHERE filename = ?", [filename]) }
    }
}

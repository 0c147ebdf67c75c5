import Importing
import Projection
import Spool
import TestSupport

/// An old system's databases, made with its own schema and filled with random rows.
final class OldSystem {
    /// How times are written in text columns.
    enum Times { case mixed, postgres }

    let system: LegacySystem
    let databases: [(path: String, database: SQLiteDatabase)]
    var random: SplitMix64
    let times: Times
    private var nextID: [String: Int] = [:]

    static func seeds(of system: LegacySystem) -> [String] {
        switch system {
        case .excuseMyFrench: ["trends", "metrics", "image_library"]
        case .narrativeGame: ["stories"]
        case .storyToVideo: ["workflows"]
        case .lectureHighlights: ["jobs"]
        case .primeTime: ["shows"]
        }
    }

    /// Tables in an order in which they can be filled.
    static func tables(of system: LegacySystem) -> [String] {
        switch system {
        case .excuseMyFrench:
            [
                "trending_topics", "search_history", "video_metadata", "video_metrics", "image_library", "image_usage", "image_collections",
                "collection_images",
            ]
        case .narrativeGame: ["sessions", "narrative_data", "scene_prompts", "media_urls", "scene_cache", "videos"]
        case .storyToVideo: ["users", "user_sessions", "workflows", "generated_files", "scenes", "api_usage"]
        case .lectureHighlights:
            ["jobs", "transcripts", "silence_regions", "layout_analysis", "content_segments", "clips", "processing_logs"]
        case .primeTime: ["timelines", "assets", "asset_thumbnails", "settings", "playback_state"]
        }
    }

    init(_ system: LegacySystem, in folder: TemporaryFolder, seed: UInt64, times: Times = .mixed) throws {
        self.system = system
        self.times = times
        random = SplitMix64(seed: seed)
        databases = try Self.seeds(of: system).map { name in
            (folder["\(name).db"], try SQLiteDatabase(at: folder["\(name).db"], seeds: [name]))
        }
    }

    var paths: [String] { databases.map(\.path) }
    var tables: [String] { Self.tables(of: system) }

    /// The database that has a table.
    func database(of table: String) throws -> SQLiteDatabase {
        for (_, database) in databases where try !database.run("SELECT 1 FROM sqlite_master WHERE name = ?", [.text(table)]).isEmpty {
            return database
        }
        throw TestFailure("no database has \(table)")
    }

    func run(_ table: String, _ sql: String, _ parameters: [SQLValue] = []) throws {
        try database(of: table).run(sql, parameters)
    }

    // MARK: Filling

    func fill(_ count: Int) throws {
        for (_, database) in databases { try database.execute("BEGIN") }
        for table in tables where table != "playback_state" {
            let database = try database(of: table)
            let columns = try database.run("PRAGMA table_info(\(table))").map {
                Field(name: $0[1].plainText, type: $0[2].plainText, isRequired: $0[3] == .integer(1))
            }
            for _ in 0..<count { try insert(into: table, columns, database) }
        }
        for (_, database) in databases { try database.execute("COMMIT") }
    }

    struct Field {
        let name: String
        let type: String
        let isRequired: Bool
    }

    private func insert(into table: String, _ columns: [Field], _ database: SQLiteDatabase) throws {
        var row: [String: SQLValue] = [:]
        for column in columns { row[column.name] = try value(table, column, row, database) }
        let places = columns.map { _ in "?" }.joined(separator: ", ")
        // Some random rows have a pair that is taken.
        try database.run("INSERT OR IGNORE INTO \(table) VALUES (\(places))", columns.map { row[$0.name] ?? .null })
    }

    private func value(_ table: String, _ column: Field, _ row: [String: SQLValue], _ database: SQLiteDatabase) throws -> SQLValue {
        let path = "\(table).\(column.name)"
        if let parent = OldSchema.references[path] {
            if !column.isRequired, oneIn(4) { return .null }
            guard case .integer(let count) = try database.run("SELECT count(*) FROM \(parent.table)")[0][0], count > 0 else { return .null }
            let place = SQLValue.integer(Int64(number(0...Int(count) - 1)))
            return try database.run("SELECT \(parent.column) FROM \(parent.table) ORDER BY id LIMIT 1 OFFSET ?", [place])[0][0]
        }
        if column.name == "id", column.type == "INTEGER" {
            nextID[table, default: 0] += oneIn(5) ? number(2...40) : 1
            return .integer(Int64(nextID[table] ?? 0))
        }
        if OldSchema.unique.contains(path) {
            nextID[path, default: 0] += 1
            return .text(oneIn(6) ? "ünï/\(nextID[path] ?? 0) 🎬" : "\(column.name)-\(nextID[path] ?? 0)").withoutSlash(
                path == "videos.filename")
        }
        if !column.isRequired, oneIn(4) { return .null }
        if let choices = OldSchema.choices[path] { return choices[number(0...choices.count - 1)] }
        if OldSchema.times.contains(column.name) { return time(column) }
        if OldSchema.json.contains(path) { return .text(json()) }
        if OldSchema.scores.contains(column.name) { return .real(Double(number(0...1024)) / 1024) }
        switch (path, column.type) {
        case ("asset_thumbnails.thumbnail_blob", _):
            return .blob((0..<number(1...6000)).map { _ in UInt8.random(in: 0...255, using: &random) })
        case ("settings.key", _): return .text("key \(number(0...400))")
        case ("progress_percent", _): return .real(Double(number(0...100)))
        case (_, "REAL"):
            if column.name == "end_time", case .real(let start)? = row["start_time"] { return .real(start + Double(number(0...64)) / 8) }
            return .real(Double(number(0...4000)) / 64)
        case (_, "INTEGER"), (_, "BIGINT"): return .integer(Int64(number(0...100_000)))
        case (_, "BOOLEAN"): return .integer(Int64(number(0...1)))
        default: return .text(text())
        }
    }

    // MARK: Values

    func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
    func oneIn(_ count: Int) -> Bool { number(1...count) == 1 }

    func text() -> String {
        let words = [
            "", "fox", "A lighthouse in the fog", "é", "e\u{301}", "日本語", "👩‍👩‍👧 & \u{202E}x", "it's \"quoted\", \\ here",
            "line\nbreak\ttab\r\n",
            " spaces ", "NULL", "0", "\\N", "\\.", String(repeating: "long ", count: 130),
        ]
        return words[number(0...words.count - 1)] + (oneIn(2) ? "" : " \(number(0...40))")
    }

    func json() -> String {
        let values = [
            "{}", "[]", #"{"a" :  1,"b":[ 1.50 , null ]}"#, " {\"spaced\": true}\n", #""text""#, "null", "12345678901234567890", "-0.0",
            #"{"caf\u00e9": "日本", "deep": [[[{}]]]}"#, "{\n  \"scene\": \(number(0...500))\n}",
        ]
        return values[number(0...values.count - 1)]
    }

    private func time(_ column: Field) -> SQLValue {
        let seconds = 1_600_000_000 + number(0...100_000_000)
        if column.type == "INTEGER" { return .integer(Int64(seconds)) }
        let day = ["2023-11-14", "2024-02-29", "1999-12-31", "2031-01-01"][number(0...3)]
        let clock = "\(number(10...23)):\(number(10...59)):\(number(10...59))"
        if times == .postgres { return .text("\(day) \(clock)\(oneIn(2) ? ".\(number(10_000...99_999))1" : "")+00") }
        switch number(0...5) {
        case 0: return .text("\(day)T\(clock)Z")
        case 1: return .text("\(day) \(clock).\(number(0...999_999))")
        case 2: return .text("\(day)T\(clock).123456+02:00")
        case 3: return .text(day)
        default: return .text("\(day) \(clock)")
        }
    }

    // MARK: Looking

    /// A table's rows by their key, in the order of the columns given.
    func rows(_ table: String, _ columns: [String]) throws -> [[SQLValue]] {
        let list = columns.map { "\"\($0)\"" }.joined(separator: ", ")
        return try database(of: table).run("SELECT \(list) FROM \(table) ORDER BY \(OldSchema.key(of: table))")
    }

    func columns(_ table: String) throws -> [String] { try database(of: table).run("PRAGMA table_info(\(table))").map { $0[1].plainText } }
}

struct TestFailure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

extension SQLValue {
    fileprivate func withoutSlash(_ isFile: Bool) -> SQLValue {
        guard isFile, case .text(let text) = self else { return self }
        return .text(text.replacing("/", with: "-"))
    }
}

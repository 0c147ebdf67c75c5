import Importing
import Projection
import TestSupport

/// What happens to an old database between two imports, and what is odd in one from the beginning.
enum Changes {
    /// Every table's rows by key.
    static func rows(_ old: OldSystem) throws -> [String: [[SQLValue]: [SQLValue]]] {
        var result: [String: [[SQLValue]: [SQLValue]]] = [:]
        for table in old.tables {
            let columns = try old.columns(table)
            let key = OldSchema.key(of: table).split(separator: ", ").compactMap { columns.firstIndex(of: String($0)) }
            for row in try old.rows(table, columns) { result[table, default: [:]][key.map { row[$0] }] = row }
        }
        return result
    }

    static func difference(
        _ before: [[SQLValue]: [SQLValue]], _ after: [[SQLValue]: [SQLValue]]
    ) -> (new: Int, changed: Int, gone: Int) {
        let new = after.keys.filter { before[$0] == nil }.count
        let changed = after.filter { key, row in before[key].map { $0 != row } ?? false }.count
        return (new, changed, before.keys.filter { after[$0] == nil }.count)
    }

    /// States that no history of the tables led to.
    static func beyondTheRules(_ old: OldSystem) throws {
        switch old.system {
        case .excuseMyFrench:
            try old.run("image_library", "UPDATE image_library SET usage_count = usage_count + 100 + id WHERE id % 2 = 0")
            try old.run("image_library", "UPDATE image_library SET last_used_at = NULL WHERE id % 5 = 0")
            try old.run("video_metrics", "UPDATE video_metrics SET engagement_rate = NULL WHERE id % 7 = 0")
        case .primeTime:
            try old.run("timelines", "UPDATE timelines SET is_active = 1 WHERE id = (SELECT max(id) FROM timelines)")
            try old.run("settings", "UPDATE settings SET value = '0.25', updated_at = 1700000000 WHERE key = 'master_volume'")
            try old.run("settings", "DELETE FROM settings WHERE key = 'theme'")
            try old.run(
                "playback_state",
                "UPDATE playback_state SET timeline_id = (SELECT min(id) FROM timelines), timecode_ms = 77, updated_at = 1700000000")
        default: break
        }
    }

    static func grow(_ old: OldSystem) throws {
        // Deleted rows take what hangs on them along.
        for table in old.tables where table != "playback_state" && table != "users" {
            try old.run(table, "DELETE FROM \(table) WHERE rowid % 17 = 3")
        }
        for (table, change) in changes(of: old.system) { try old.run(table, "UPDATE \(table) SET \(change)") }
        if old.system == .storyToVideo {
            try old.run("users", "UPDATE workflows SET user_id = NULL WHERE user_id = 'id-2'")
            try old.run("users", "DELETE FROM users WHERE id = 'id-2'")
        }
        try old.fill(25)
    }

    private static func changes(of system: LegacySystem) -> [(String, String)] {
        switch system {
        case .excuseMyFrench:
            [
                ("trending_topics", "used_flag = 1 - used_flag, metadata = '{ }' WHERE id % 7 = 2"),
                ("video_metadata", "title = 'new title', status = 'posted' WHERE id % 5 = 1"),
                ("video_metrics", "views = views + 1, timestamp = '2035-01-01 00:00:' || (10 + id % 50) WHERE id % 11 = 4"),
                ("image_library", "usage_count = usage_count + 1, file_path = file_path || 'x' WHERE id % 6 = 1"),
                ("image_usage", "scene_number = 99 WHERE id % 9 = 1"),
            ]
        case .narrativeGame:
            [
                ("sessions", "current_scene_id = current_scene_id + 1, updated_at = '2035-02-03 04:05:06.5' WHERE rowid % 4 = 0"),
                ("narrative_data", "data = '[ 1 ]' WHERE id % 5 = 0"),
                ("videos", "original_prompt = NULL WHERE id % 6 = 0"),
            ]
        case .storyToVideo:
            [
                (
                    "workflows",
                    "status = 'completed', completed_at = '2035-01-01T00:00:00Z', total_processing_time = 2.5 WHERE rowid % 4 = 0"
                ),
                ("api_usage", "cost_usd = 0.25, api_provider = 'other' WHERE id % 13 = 0"),
                ("generated_files", "file_size = NULL WHERE id % 5 = 0"),
            ]
        case .lectureHighlights:
            [
                ("jobs", "status = 'failed', current_stage = 'uploading', error_message = 'x' WHERE id % 3 = 0"),
                ("clips", "duration = duration + 1 WHERE id % 5 = 0"),
            ]
        case .primeTime:
            [
                // The active one changes over from the newest to the oldest.
                ("timelines", "is_active = (id = (SELECT min(id) FROM timelines))"),
                ("asset_thumbnails", "thumbnail_blob = x'010203' WHERE id % 7 = 0"),
                ("assets", "error_state = NULL, validated_at = 1800000000 WHERE rowid % 5 = 0"),
                ("playback_state", "is_playing = 1, updated_at = 1800000000"),
            ]
        }
    }
}

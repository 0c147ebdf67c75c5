import EventLog
import Projection
import Shows
import TestSupport

/// Facts of shows, and what the old system's code did at each of them.
enum ShowsOracle {
    // MARK: The old code

    static func statements(_ type: String) -> [String] {
        switch type {
        case "timeline.saved":
            [
                """
                UPDATE timelines SET name = :name, timeline_json = :timeline_json, theme_id = coalesce(:theme_id, theme_id),
                notes = CASE WHEN :has_notes THEN :notes ELSE notes END, updated_at = :now WHERE id = :id
                """,
                """
                INSERT INTO timelines (id, name, timeline_json, theme_id, created_at, updated_at, notes)
                SELECT :id, :name, :timeline_json, coalesce(:theme_id, 'neon-chalkboard'), coalesce(:created_at, :recorded), :now, :notes
                WHERE NOT EXISTS (SELECT 1 FROM timelines WHERE id = :id)
                """,
            ]
        case "timeline.activated":
            [
                """
                UPDATE timelines SET is_active = 0, updated_at = :now
                WHERE is_active = 1 AND id <> :id AND EXISTS (SELECT 1 FROM timelines WHERE id = :id)
                """,
                "UPDATE timelines SET is_active = 1, updated_at = :now WHERE id = :id",
            ]
        case "timeline.removed": ["DELETE FROM timelines WHERE id = :id"]
        case "asset.added":
            [
                """
                INSERT INTO assets (id, type, path, width, height, duration_ms, file_size_bytes, hash, mime_type, codec_info, added_at,
                metadata_json)
                VALUES (:id, :type, :path, :width, :height, :duration_ms, :file_size_bytes, :hash, :mime_type, :codec_info,
                coalesce(:added_at, :now), :metadata_json)
                """
            ]
        case "asset.validated": ["UPDATE assets SET validated_at = :now, error_state = NULL WHERE id = :id"]
        case "asset.rejected": ["UPDATE assets SET validated_at = NULL, error_state = :error_state WHERE id = :id"]
        case "asset.removed": ["DELETE FROM assets WHERE id = :id"]
        case "thumbnail.stored":
            [
                """
                UPDATE asset_thumbnails SET width = :width, height = :height, thumbnail_blob = :blob,
                created_at = coalesce(:created_at, :recorded)
                WHERE asset_id = :asset_id AND size = :size AND (:id IS NULL OR id = :id)
                """,
                """
                INSERT INTO asset_thumbnails (id, asset_id, size, width, height, thumbnail_blob, created_at)
                SELECT :id, :asset_id, :size, :width, :height, :blob, coalesce(:created_at, :recorded)
                WHERE NOT EXISTS (SELECT 1 FROM asset_thumbnails WHERE asset_id = :asset_id AND size = :size)
                """,
            ]
        case "setting.changed":
            [
                """
                INSERT INTO settings (key, value, updated_at) VALUES (:key, :value, :now)
                ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at
                """
            ]
        default:
            [
                """
                UPDATE playback_state SET timeline_id = CASE WHEN :has_timeline_id THEN :timeline_id ELSE timeline_id END,
                current_index = coalesce(:current_index, current_index), timecode_ms = coalesce(:timecode_ms, timecode_ms),
                is_playing = coalesce(:is_playing, is_playing), updated_at = :now WHERE id = 1
                """
            ]
        }
    }

    // MARK: Facts

    private static let assetIDs =
        ["asset_1", "asset_2", "asset_3", "", "\u{E9}", "e\u{301}", "写真📷", "a\nb"]
        + ["x", "y"].map { String(repeating: "long ", count: 150) + $0 }

    static func facts(_ count: Int, seed: UInt64) -> [Legacy.Fact] {
        var random = FactRandom(seed: seed)
        return (0..<count).map { _ in fact(&random) }
    }

    private static func fact(_ random: inout FactRandom) -> Legacy.Fact {
        let time = random.time()
        let asset = Legacy.Field.text(random.pick(assetIDs))
        let timeline = Legacy.Field.int(random.below(30) + 1)
        switch random.below(100) {
        case 0..<15: return saved(&random, time)
        case 15..<23: return Legacy.Fact("timeline.activated", at: time, [("id", timeline)])
        case 23..<28: return Legacy.Fact("timeline.removed", at: time, [("id", timeline)])
        case 28..<42: return added(&random, asset, time)
        case 42..<48: return Legacy.Fact("asset.validated", at: time, [("id", asset)])
        case 48..<54:
            let state = random.pick(AssetError.allCases.map(\.rawValue) + ["LOST"])
            return Legacy.Fact("asset.rejected", at: time, [("id", asset), ("error_state", .text(state))])
        case 54..<58: return Legacy.Fact("asset.removed", at: time, [("id", asset)])
        case 58..<75: return thumbnail(&random, asset, time)
        case 75..<87: return setting(&random, time)
        default:
            return Legacy.Fact(
                "playback.moved", at: time,
                [
                    ("timeline_id", random.optional { .int($0.below(30) + 1) }), ("current_index", random.optional { .int($0.size()) }),
                    ("timecode_ms", random.optional { .int($0.size()) }), ("is_playing", random.optional { .bool($0.below(2) == 0) }),
                ])
        }
    }

    private static func saved(_ random: inout FactRandom, _ time: Timestamp) -> Legacy.Fact {
        Legacy.Fact(
            "timeline.saved", at: time,
            [
                ("id", random.below(2) == 0 ? .int(random.below(25) + 1) : nil), ("name", .text(random.text())),
                ("timeline_json", random.json()), ("theme_id", random.optional { .text($0.text()) }),
                ("notes", random.optional { .text($0.text()) }), ("created_at", random.below(4) == 0 ? random.moment() : nil),
            ])
    }

    private static func added(_ random: inout FactRandom, _ asset: Legacy.Field, _ time: Timestamp) -> Legacy.Fact {
        Legacy.Fact(
            "asset.added", at: time,
            [
                ("id", asset), ("type", .text(random.pick(["photo", "video", "music", "logo", "video", "photo", "text"]))),
                ("path", .text("/assets/\(random.below(40))\(random.below(6) == 0 ? random.text() : "")")),
                ("file_size_bytes", .int(random.size())), ("width", random.optional { .int($0.size()) }),
                ("height", random.optional { .int($0.size()) }), ("duration_ms", random.optional { .int($0.size()) }),
                ("hash", random.optional { .text($0.text()) }), ("mime_type", random.optional { .text($0.text()) }),
                ("codec_info", random.optional { $0.json() }), ("metadata_json", random.optional { $0.json() }),
                ("added_at", random.optional { $0.moment() }),
            ])
    }

    private static func thumbnail(_ random: inout FactRandom, _ asset: Legacy.Field, _ time: Timestamp) -> Legacy.Fact {
        var blob = "c0ffee" + (0..<58).map { _ in random.pick(Array("0123456789abcdef").map(String.init)) }.joined()
        if random.below(15) == 0 {
            blob = random.pick(["", String(blob.dropLast()), blob + "0", blob.uppercased(), "g" + blob.dropFirst()])
        }
        return Legacy.Fact(
            "thumbnail.stored", at: time,
            [
                ("asset_id", asset), ("size", .text(random.pick(["small", "medium", "large", "huge", "small"]))),
                ("width", .int(random.size())), ("height", .int(random.size())), ("blob", .hash(blob)),
                ("id", random.below(6) == 0 ? .int(random.below(60) + 1) : nil),
                ("created_at", random.below(4) == 0 ? random.moment() : nil),
            ])
    }

    private static func setting(_ random: inout FactRandom, _ time: Timestamp) -> Legacy.Fact {
        let volumes: [Legacy.Field] = [
            .text("0.8"), .text("1.5"), .json("0.25"), .json("1"), .json("-0.1"), .text(""), .text("loud"), .text("0x1p-1"), .text("nan"),
            .text("{}"), .json("true"), .text(" 0.5 "), .text("1e-3"), .json("null"), .text("0.8extra"),
        ]
        let key = random.pick(["theme", "master_volume", "operator_ui_layout", "last_timeline_id", "", "clé"])
        let others: [Legacy.Field] = [.text(random.text()), .json(#"{ "left" : 250 }"#), .json("[1, 2.50]"), .json("false")]
        let value = random.pick(key == "master_volume" ? volumes : others)
        return Legacy.Fact("setting.changed", at: time, [("key", .text(key)), ("value", value)])
    }
}

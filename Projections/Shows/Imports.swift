import EventLog
import Projection

extension Timeline: Importable { public static let noun = "timeline" }

extension Asset: Importable { public static let noun = "asset" }

extension Thumbnail: Importable {
    public static let noun = "thumbnail"
    public static func tags(of row: Thumbnail) -> [Tag] { [Tag("asset", row.assetID)] }
}

extension Setting: Importable { public static let noun = "setting" }

extension PlaybackState: Importable {
    public static let noun = "playback"
    public static func tags(of row: PlaybackState) -> [Tag] { row.timelineID.map { [Tag("timeline", $0)] } ?? [] }
}

/// At most one timeline is active, also of those that are imported.
func timelineImported(_ before: Timeline?, _ timeline: Timeline, _ views: ViewWriter) throws {
    guard timeline.isActive, before?.isActive != true else { return }
    for other in try views.all(Timeline.table, where: ["is_active": true]) where other.id != timeline.id {
        throw RuleViolation(
            .unique, table: "timelines", row: "\(timeline.id)", field: "is_active", "timeline \(other.id) is active, and one alone can be")
    }
}

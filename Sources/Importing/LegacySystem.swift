/// A system whose databases can be taken over.
public enum LegacySystem: String, CaseIterable, Sendable {
    /// Trends, metrics and images, in three SQLite files.
    case excuseMyFrench = "excuse-my-french"
    /// Game sessions and the caches of scenes and videos, in one SQLite file.
    case narrativeGame = "narrative-game"
    /// Workflows from a prompt to a video, in one SQLite file.
    case storyToVideo = "story-to-video"
    /// Lectures and what was found in them, in PostgreSQL.
    case lectureHighlights = "lecture-highlights"
    /// Timelines and assets of shows, in one SQLite file.
    case primeTime = "primetime"

    /// Its tables, each after those that its rows name.
    var tables: [LegacyTable] {
        switch self {
        case .excuseMyFrench: excuseMyFrenchTables
        case .narrativeGame: narrativeGameTables
        case .storyToVideo: storyToVideoTables
        case .lectureHighlights: lectureHighlightsTables
        case .primeTime: primeTimeTables
        }
    }

    /// The source of its events.
    public var eventSource: String { "import:\(rawValue)" }
}

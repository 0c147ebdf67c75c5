import EventLog
import Projection

extension Session: Importable { public static let noun = "session" }

/// What a session has one of: the same rows in three tables.
public protocol ImportableContent: Importable where TableRow == SessionContent {}

extension ImportableContent {
    public static func tags(of row: SessionContent) -> [Tag] { [Tag("session", row.sessionID)] }
}

public enum ImportedNarrative: ImportableContent {
    public static let noun = "narrative"
    public static var table: Table<SessionContent> { SessionContent.narratives }
}

public enum ImportedPrompts: ImportableContent {
    public static let noun = "prompts"
    public static var table: Table<SessionContent> { SessionContent.prompts }
}

public enum ImportedMedia: ImportableContent {
    public static let noun = "media"
    public static var table: Table<SessionContent> { SessionContent.mediaURLs }
}

extension CachedScene: Importable { public static let noun = "cached_scene" }

extension CachedVideo: Importable {
    public static let noun = "cached_video"
    public static func tags(of row: CachedVideo) -> [Tag] { [Tag(videoNamed: row.filename)] }
}

import Projection

/// The columns of the table `events`, in order.
public enum EventColumn: Int, CaseIterable, Sendable {
    case position, id, source, type, subject
    case streamVersion, time, recordedTime, tags
    case correlationID, causationID, actor, schemaVersion, data
    /// Hidden: reads back the tag that was asked for.
    case tag

    public var name: String {
        switch self {
        case .position: "position"
        case .id: "id"
        case .source: "source"
        case .type: "type"
        case .subject: "subject"
        case .streamVersion: "stream_version"
        case .time: "time"
        case .recordedTime: "recorded_time"
        case .tags: "tags"
        case .correlationID: "correlation_id"
        case .causationID: "causation_id"
        case .actor: "actor"
        case .schemaVersion: "schema_version"
        case .data: "data"
        case .tag: "tag"
        }
    }

    public var type: ColumnType {
        switch self {
        case .position, .streamVersion, .schemaVersion: .integer
        default: .text
        }
    }

    public var isNullable: Bool {
        switch self {
        case .correlationID, .causationID, .actor: true
        default: false
        }
    }

    /// What it holds.
    public var summary: String {
        switch self {
        case .position: "PRIMARY KEY: its place in the log, from 1 without gaps"
        case .id: "unique within its source"
        case .source: "who reported it"
        case .type: "such as image.used"
        case .subject: "the primary entity, such as video:video_001"
        case .streamVersion: "its number within its subject's stream, from 1"
        case .time: "when it happened, ISO 8601"
        case .recordedTime: "when it was stored, ISO 8601; never goes back"
        case .tags: "all it is about, the subject first: a JSON array"
        case .correlationID: "what it belongs to"
        case .causationID: "the event that led to it"
        case .actor: "who did it"
        case .schemaVersion: "of its data"
        case .data: "the fact as JSON, as it was sent"
        case .tag: "hidden: WHERE tag = 'image:42' finds all about it"
        }
    }

    var declaration: String {
        switch self {
        case .position: "position INTEGER PRIMARY KEY NOT NULL"
        case .tag: "tag TEXT HIDDEN"
        default: "\(name) \(type.rawValue)\(isNullable ? "" : " NOT NULL")"
        }
    }
}

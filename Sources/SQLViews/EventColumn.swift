/// The columns of the table `events`, in order.
enum EventColumn: Int, CaseIterable {
    case position, id, source, type, subject
    case streamVersion, time, recordedTime, tags
    case correlationID, causationID, actor, schemaVersion, data
    /// Hidden: reads back the tag that was asked for.
    case tag

    var name: String {
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

    var declaration: String {
        switch self {
        case .position: "position INTEGER PRIMARY KEY NOT NULL"
        case .streamVersion, .schemaVersion: "\(name) INTEGER NOT NULL"
        case .correlationID, .causationID, .actor: "\(name) TEXT"
        case .tag: "tag TEXT HIDDEN"
        default: "\(name) TEXT NOT NULL"
        }
    }
}

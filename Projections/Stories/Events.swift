import EventLog
import JSON

/// `session.started`: a player began a game in a scenario.
public struct SessionStarted: Event {
    public static let type = "session.started"

    /// A UUID.
    public var id: String
    public var scenario: String
    public var currentSceneID: Int?
    /// {scenario, last_narrative, decision_history}; the beginning of the scenario when missing.
    public var partialNarrative: JSONText?
    /// Given by imports; the recorded time otherwise.
    public var createdAt: Timestamp?

    public init(id: String, scenario: String, currentSceneID: Int? = nil, partialNarrative: JSONText? = nil, createdAt: Timestamp? = nil) {
        self.id = id
        self.scenario = scenario
        self.currentSceneID = currentSceneID
        self.partialNarrative = partialNarrative
        self.createdAt = createdAt
    }

    enum CodingKeys: String, CodingKey {
        case id, scenario
        case currentSceneID = "current_scene_id"
        case partialNarrative = "partial_narrative"
        case createdAt = "created_at"
    }

    public var subject: Tag? { Tag("session", id) }
}

/// `session.advanced`: a game went on; what is not given stays.
public struct SessionAdvanced: Event {
    public static let type = "session.advanced"

    public var id: String
    public var currentSceneID: Int?
    public var partialNarrative: JSONText?
    /// What the player decided, any JSON value but null: it is appended to the narrative's decision_history.
    public var decision: JSONText?

    public init(id: String, currentSceneID: Int? = nil, partialNarrative: JSONText? = nil, decision: JSONText? = nil) {
        self.id = id
        self.currentSceneID = currentSceneID
        self.partialNarrative = partialNarrative
        self.decision = decision
    }

    enum CodingKeys: String, CodingKey {
        case id
        case currentSceneID = "current_scene_id"
        case partialNarrative = "partial_narrative"
        case decision
    }

    public var subject: Tag? { Tag("session", id) }
}

/// Something a session has one of, written as a whole: a second write replaces the first.
protocol SessionContentWritten: Event {
    var sessionID: String { get }
    var content: JSONText { get }
    var id: Int? { get }
    var createdAt: Timestamp? { get }
}

extension SessionContentWritten {
    public var subject: Tag? { Tag("session", sessionID) }
}

/// `narrative.written`: a session's story, scene by scene.
public struct NarrativeWritten: SessionContentWritten {
    public static let type = "narrative.written"

    public var sessionID: String
    public var content: JSONText
    /// Given by imports; assigned otherwise.
    public var id: Int?
    /// Given by imports; the recorded time of the first write otherwise.
    public var createdAt: Timestamp?

    enum CodingKeys: String, CodingKey {
        case sessionID = "session_id"
        case content = "data"
        case id
        case createdAt = "created_at"
    }
}

/// `prompts.written`: the prompts from which a session's scenes are made.
public struct PromptsWritten: SessionContentWritten {
    public static let type = "prompts.written"

    public var sessionID: String
    public var content: JSONText
    /// Given by imports; assigned otherwise.
    public var id: Int?
    /// Given by imports; the recorded time of the first write otherwise.
    public var createdAt: Timestamp?

    enum CodingKeys: String, CodingKey {
        case sessionID = "session_id"
        case content = "data"
        case id
        case createdAt = "created_at"
    }
}

/// `media.attached`: where the videos and images of a session's scenes are.
public struct MediaAttached: SessionContentWritten {
    public static let type = "media.attached"

    public var sessionID: String
    public var content: JSONText
    /// Given by imports; assigned otherwise.
    public var id: Int?
    /// Given by imports; the recorded time of the first write otherwise.
    public var createdAt: Timestamp?

    enum CodingKeys: String, CodingKey {
        case sessionID = "session_id"
        case content = "data"
        case id
        case createdAt = "created_at"
    }
}

/// `session.removed`: a session goes, with its narrative, prompts and media URLs; the log keeps them.
public struct SessionRemoved: Event {
    public static let type = "session.removed"

    public var id: String

    public init(id: String) { self.id = id }

    public var subject: Tag? { Tag("session", id) }
}

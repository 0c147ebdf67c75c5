import EventLog
import JSON

/// `timeline.saved`: a timeline was made or, under an id that is there, changed.
public struct TimelineSaved: Event {
    public static let type = "timeline.saved"

    /// Assigned to a new timeline when missing.
    public var id: Int?
    public var name: String
    public var timelineJSON: JSONText
    /// `neon-chalkboard` when missing from a new timeline; otherwise what it was.
    public var themeID: String?
    public var notes: Patch<String>
    /// Given by imports; the recorded time otherwise.
    public var createdAt: Timestamp?

    public init(
        id: Int? = nil, name: String, timelineJSON: JSONText, themeID: String? = nil, notes: Patch<String>, createdAt: Timestamp? = nil
    ) {
        self.id = id
        self.name = name
        self.timelineJSON = timelineJSON
        self.themeID = themeID
        self.notes = notes
        self.createdAt = createdAt
    }

    enum CodingKeys: String, CodingKey {
        case id, name
        case timelineJSON = "timeline_json"
        case themeID = "theme_id"
        case notes
        case createdAt = "created_at"
    }

    public var subject: Tag? { id.map { Tag("timeline", $0) } }
}

/// `timeline.activated`: a timeline became the one that is shown; no other is then.
public struct TimelineActivated: Event {
    public static let type = "timeline.activated"

    public var id: Int

    public init(id: Int) { self.id = id }

    public var subject: Tag? { Tag("timeline", id) }
}

/// `timeline.removed`: a timeline goes; playback that was on it is on none.
public struct TimelineRemoved: Event {
    public static let type = "timeline.removed"

    public var id: Int

    public init(id: Int) { self.id = id }

    public var subject: Tag? { Tag("timeline", id) }
}

/// `playback.moved`: where the player is. What is missing stays; a `timeline_id` of null takes it off its timeline.
public struct PlaybackMoved: Event {
    public static let type = "playback.moved"

    public var timelineID: Patch<Int>
    /// The place among the timeline's items, from 0.
    public var currentIndex: Int?
    /// The time within the item, in milliseconds.
    public var timecodeMs: Int?
    public var isPlaying: Bool?

    public init(timelineID: Patch<Int>, currentIndex: Int? = nil, timecodeMs: Int? = nil, isPlaying: Bool? = nil) {
        self.timelineID = timelineID
        self.currentIndex = currentIndex
        self.timecodeMs = timecodeMs
        self.isPlaying = isPlaying
    }

    enum CodingKeys: String, CodingKey {
        case timelineID = "timeline_id"
        case currentIndex = "current_index"
        case timecodeMs = "timecode_ms"
        case isPlaying = "is_playing"
    }

    public var tags: [Tag] { timelineID.value.map { [Tag("timeline", $0)] } ?? [] }
}

/// `setting.changed`: a setting got a value.
public struct SettingChanged: Event {
    public static let type = "setting.changed"

    public var key: String
    /// A string is the text of the setting; any other JSON is, as it was sent.
    public var value: JSONText

    public init(key: String, value: JSONText) {
        self.key = key
        self.value = value
    }

    public var subject: Tag? { Tag("setting", key) }
}

// The domain that the article "Adding a domain" builds: `ArticleTests` holds the two together.
import EventLog
import Projection

/// `narration.recorded`: a voice has read a video's script.
public struct NarrationRecorded: Event {
    public static let type = "narration.recorded"

    public var videoID: String
    public var voice: String
    public var seconds: Double

    public init(videoID: String, voice: String, seconds: Double) {
        self.videoID = videoID
        self.voice = voice
        self.seconds = seconds
    }

    enum CodingKeys: String, CodingKey {
        case videoID = "video_id"
        case voice, seconds
    }

    public var tags: [Tag] { [Tag("video", videoID)] }
}

/// `narration.chosen`: this is the one that the video gets.
public struct NarrationChosen: Event {
    public static let type = "narration.chosen"

    public var id: Int

    public init(id: Int) { self.id = id }

    public var subject: Tag? { Tag("narration", id) }
}

/// A row of `narrations`.
public struct Narration: Row {
    public var id = 0
    public var videoID = ""
    public var voice = ""
    public var seconds = 0.0
    public var isChosen = false
    public var createdAt = SQLTime()

    public init() {}

    public mutating func columns(_ column: inout ColumnCoder) {
        column("id", &id)
        column("video_id", &videoID)
        column("voice", &voice)
        column("seconds", &seconds)
        column("is_chosen", &isChosen)
        column("created_at", &createdAt)
    }

    public static let table = Table<Narration>(
        "narrations", key: "id", assigned: true,
        elements: [
            .entity("narration"),
            .unique("video_id", "voice"),
            .check("seconds", "is above 0") { $0.seconds > 0 },
            .index("idx_narrations_chosen", "video_id", where: "is_chosen", is: true),
        ])
}

public let narrations = Projector(
    "narrations", version: 1, tables: [Narration.table],
    views: [
        SQLView(
            "chosen_narrations", "The narration of each video that has one.",
            sql: "SELECT video_id, voice, seconds FROM narrations WHERE is_chosen = 1")
    ]
) {
    On(NarrationRecorded.self) { event, views in
        var narration = Narration()
        narration.videoID = event.videoID
        narration.voice = event.voice
        narration.seconds = event.seconds
        narration.createdAt = SQLTime(event.recordedTime)
        try views.insert(Narration.table, narration)
    }
    On(NarrationChosen.self) { event, views in
        let chosen = try views.update(Narration.table, event.id) { $0.isChosen = true }
        for other in try views.all(Narration.table, where: ["video_id": chosen.videoID]) where other.isChosen && other.id != event.id {
            try views.update(Narration.table, other.id) { $0.isChosen = false }
        }
    }
}

import EventLog
import JSON
import Projection

/// Timelines of shows, the files they are made of, and the player's state.
public let shows = Projector(
    "shows", version: 1, replaces: "PrimeTime", tables: [Timeline.table, Asset.table, Thumbnail.table, Setting.table, PlaybackState.table],
    queries: showQueries
) {
    On(TimelineSaved.self) { event, views in
        let old = try event.id.flatMap { try views.get(Timeline.table, $0) }
        var timeline = old ?? Timeline()
        timeline.name = event.name
        timeline.timelineJSON = event.timelineJSON
        timeline.themeID = event.themeID ?? timeline.themeID
        timeline.notes = event.notes.applied(to: timeline.notes)
        timeline.updatedAt = UnixTime(event.time)
        if old == nil {
            timeline.id = event.id ?? 0
            timeline.createdAt = UnixTime(event.createdAt ?? event.recordedTime)
        }
        try views.upsert(Timeline.table, timeline)
    }
    On(TimelineActivated.self) { event, views in
        for active in try views.all(Timeline.table, where: ["is_active": true]) where active.id != event.id {
            try views.update(Timeline.table, active.id) { timeline in
                timeline.isActive = false
                timeline.updatedAt = UnixTime(event.time)
            }
        }
        try views.update(Timeline.table, event.id) { timeline in
            timeline.isActive = true
            timeline.updatedAt = UnixTime(event.time)
        }
    }
    On(TimelineRemoved.self) { event, views in
        try views.delete(Timeline.table, event.id)
    }
    On(AssetAdded.self) { event, views in
        try views.insert(Asset.table, Asset(event))
    }
    On(AssetValidated.self) { event, views in
        try views.update(Asset.table, event.id) { asset in
            asset.validatedAt = UnixTime(event.time)
            asset.errorState = nil
        }
    }
    On(AssetRejected.self) { event, views in
        try views.update(Asset.table, event.id) { asset in
            asset.validatedAt = nil
            asset.errorState = event.errorState
        }
    }
    On(AssetRemoved.self) { event, views in
        try views.delete(Asset.table, event.id)
    }
    On(ThumbnailStored.self) { event, views in
        try store(event, views)
    }
    On(SettingChanged.self) { event, views in
        var setting = Setting(event.key, try text(of: event.value))
        setting.updatedAt = UnixTime(event.time)
        try views.upsert(Setting.table, setting)
    }
    On(PlaybackMoved.self) { event, views in
        try views.update(PlaybackState.table, 1) { state in
            state.timelineID = event.timelineID.applied(to: state.timelineID)
            state.currentIndex = event.currentIndex ?? state.currentIndex
            state.timecodeMs = event.timecodeMs ?? state.timecodeMs
            state.isPlaying = event.isPlaying ?? state.isPlaying
            state.updatedAt = UnixTime(event.time)
        }
    }
    On.imported(Timeline.self, then: timelineImported)
    On.imported(Asset.self)
    On.imported(Thumbnail.self)
    On.removed(Thumbnail.self)
    On.imported(Setting.self)
    On.removed(Setting.self)
    On.imported(PlaybackState.self)
}

extension Asset {
    init(_ event: Recorded<AssetAdded>) {
        id = event.id
        type = event.assetType
        path = event.path
        width = event.width
        height = event.height
        durationMs = event.durationMs
        fileSizeBytes = event.fileSizeBytes
        hash = event.hash
        mimeType = event.mimeType
        codecInfo = event.codecInfo
        addedAt = UnixTime(event.addedAt ?? event.time)
        metadataJSON = event.metadataJSON
    }
}

/// An asset has one picture of a size, which keeps its id when another takes its place.
private func store(_ event: Recorded<ThumbnailStored>, _ views: ViewWriter) throws {
    let old = try views.first(Thumbnail.table, where: ["asset_id": event.assetID, "size": event.size])
    if let old, let id = event.id, id != old.id {
        throw RuleViolation(
            .conflict, table: "asset_thumbnails", row: "\(old.id)", field: "id",
            "the \(event.size.rawValue) thumbnail of asset '\(event.assetID)' has this id, the event says \(id)")
    }
    var thumbnail = old ?? Thumbnail()
    thumbnail.id = old?.id ?? event.id ?? 0
    thumbnail.assetID = event.assetID
    thumbnail.size = event.size
    thumbnail.width = event.width
    thumbnail.height = event.height
    thumbnail.thumbnailBlob = event.blob
    thumbnail.createdAt = UnixTime(event.createdAt ?? event.recordedTime)
    if old == nil { try views.insert(Thumbnail.table, thumbnail) } else { try views.upsert(Thumbnail.table, thumbnail) }
}

/// What a setting's column holds: the string itself, or the JSON as it was sent.
private func text(of value: JSONText) throws -> String {
    try JSONDocument(parsing: Array(value.text.utf8)).root.string ?? value.text
}

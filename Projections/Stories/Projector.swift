import EventLog
import JSON
import Projection

/// Game sessions with their narrative, prompts and media, and the caches of scenes and videos.
public let stories = Projector(
    "stories", version: 1, replaces: "Narrative game",
    tables: [
        Session.table, SessionContent.narratives, SessionContent.prompts, SessionContent.mediaURLs, CachedScene.table, CachedVideo.table,
    ], queries: storyQueries
) {
    On(SessionStarted.self) { event, views in
        var session = Session()
        session.id = event.id
        session.scenario = event.scenario
        session.currentSceneID = event.currentSceneID ?? 0
        session.createdAt = ISOTime(event.createdAt ?? event.recordedTime)
        session.updatedAt = ISOTime(event.time)
        session.partialNarrative = event.partialNarrative ?? PartialNarrative.beginning(of: event.scenario)
        try views.insert(Session.table, session)
    }
    On(SessionAdvanced.self) { event, views in
        try views.update(Session.table, event.id) { session in
            session.currentSceneID = event.currentSceneID ?? session.currentSceneID
            session.partialNarrative = event.partialNarrative ?? session.partialNarrative
            if let decision = event.decision {
                session.partialNarrative = try PartialNarrative.appending(
                    decision, to: session.partialNarrative, ofSession: session.id)
            }
            session.updatedAt = ISOTime(event.time)
        }
    }
    On(NarrativeWritten.self) { event, views in
        try write(event, to: SessionContent.narratives, views)
    }
    On(PromptsWritten.self) { event, views in
        try write(event, to: SessionContent.prompts, views)
    }
    On(MediaAttached.self) { event, views in
        try write(event, to: SessionContent.mediaURLs, views)
    }
    On(SessionRemoved.self) { event, views in
        try views.delete(Session.table, event.id)
    }
    On(SceneCached.self) { event, views in
        var scene = CachedScene()
        scene.id = event.id ?? 0
        scene.scenario = event.scenario
        scene.partialNarrative = event.partialNarrative
        scene.nextNarrative = event.nextNarrative
        scene.nextScenePrompts = event.nextScenePrompts
        scene.nextMediaURLs = event.nextMediaURLs
        scene.createdAt = ISOTime(event.createdAt ?? event.recordedTime)
        try views.insert(CachedScene.table, scene)
    }
    On(SceneEvicted.self) { event, views in
        try views.delete(CachedScene.table, event.id)
    }
    On(CachedVideoSaved.self) { event, views in
        var video = CachedVideo()
        video.id = event.id ?? 0
        video.filename = event.filename
        video.urlPath = event.urlPath
        video.sceneID = event.sceneID
        video.isCombined = event.isCombined ?? false
        video.originalPrompt = event.originalPrompt
        video.createdAt = ISOTime(event.createdAt ?? event.recordedTime)
        try views.insert(CachedVideo.table, video)
    }
    On(CachedVideoEvicted.self) { event, views in
        guard let video = try views.first(CachedVideo.table, where: ["filename": event.filename]) else {
            throw RuleViolation(
                .notFound, table: "videos", row: "?", field: "filename", "there is no video '\(event.filename)'")
        }
        try views.delete(CachedVideo.table, video.id)
    }
    On.imported(Session.self)
    On.imported(ImportedNarrative.self)
    On.removed(ImportedNarrative.self)
    On.imported(ImportedPrompts.self)
    On.removed(ImportedPrompts.self)
    On.imported(ImportedMedia.self)
    On.removed(ImportedMedia.self)
    On.imported(CachedScene.self)
    On.imported(CachedVideo.self)
}

/// A second write replaces the data of the first. The row stays the same one: it keeps its id and, unless an import gives another,
/// its created_at, which is when the session first had such data.
private func write(_ event: Recorded<some SessionContentWritten>, to table: Table<SessionContent>, _ views: ViewWriter) throws {
    guard let stored = try views.first(table, where: ["session_id": event.sessionID]) else {
        var row = SessionContent()
        row.id = event.id ?? 0
        row.sessionID = event.sessionID
        row.content = event.content
        row.createdAt = ISOTime(event.createdAt ?? event.recordedTime)
        try views.insert(table, row)
        return
    }
    if let id = event.id, id != stored.id {
        throw RuleViolation(
            .conflict, table: table.name, row: "\(id)", field: "id", "the session has row \(stored.id) already")
    }
    try views.update(table, stored.id) { row in
        row.content = event.content
        if let createdAt = event.createdAt { row.createdAt = ISOTime(createdAt) }
    }
}

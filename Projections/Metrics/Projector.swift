import EventLog
import Projection

/// Videos and how they do on the platforms.
public let metrics = Projector(
    "metrics", version: 1, replaces: "Excuse My French, metrics.db", tables: [Video.table, MetricsSnapshot.table, LatestMetrics.table],
    queries: metricsQueries
) {
    On(VideoRegistered.self) { event, views in
        var video = Video()
        video.id = event.id ?? 0
        video.videoID = event.videoID
        video.title = event.title
        video.description = event.description
        video.topic = event.topic
        video.scriptPath = event.scriptPath
        video.audioPath = event.audioPath
        video.videoPath = event.videoPath
        video.durationSeconds = event.durationSeconds
        video.createdAt = SQLTime(event.createdAt ?? event.recordedTime)
        video.change(to: event.status ?? .draft, at: event.time)
        if let postedAt = event.postedAt { video.postedAt = SQLTime(postedAt) }
        try describeLatest(views.insert(Video.table, video), event.videoID, views)
    }
    On(VideoUpdated.self) { event, views in
        let video = try update(event.videoID, views) { video in
            video.title = event.title ?? video.title
            video.description = event.description ?? video.description
            video.topic = event.topic ?? video.topic
            video.scriptPath = event.scriptPath ?? video.scriptPath
            video.audioPath = event.audioPath ?? video.audioPath
            video.videoPath = event.videoPath ?? video.videoPath
            video.durationSeconds = event.durationSeconds ?? video.durationSeconds
            if let status = event.status { video.change(to: status, at: event.time) }
        }
        try describeLatest(video, event.videoID, views)
    }
    On(VideoStatusChanged.self) { event, views in
        _ = try update(event.videoID, views) { $0.change(to: event.status, at: event.time) }
    }
    On(VideoRemoved.self) { event, views in
        try views.delete(Video.table, find(event.videoID, views).id)
        try describeLatest(nil, event.videoID, views)
    }
    On(MetricsRecorded.self) { event, views in
        try showLatest(views.insert(MetricsSnapshot.table, MetricsSnapshot(event)), views)
    }
    On.imported(Video.self, then: videoImported)
    On.imported(MetricsSnapshot.self, then: metricsImported)
    On.removed(MetricsSnapshot.self, then: findLatest)
}

extension Video {
    /// `posted_at` is when the status became posted.
    mutating func change(to new: VideoStatus, at time: Timestamp) {
        if new == .posted && status != .posted { postedAt = SQLTime(time) }
        status = new
    }
}

extension MetricsSnapshot {
    init(_ event: Recorded<MetricsRecorded>) {
        id = event.id ?? 0
        videoID = event.videoID
        platform = event.platform
        views = event.data.views ?? 0
        likes = event.likes ?? 0
        comments = event.comments ?? 0
        shares = event.shares ?? 0
        saves = event.saves ?? 0
        watchTimeSeconds = event.watchTimeSeconds ?? 0
        engagementRate = event.engagementRate ?? computedEngagementRate
        timestamp = SQLTime(event.time)
        createdAt = SQLTime(event.createdAt ?? event.recordedTime)
    }

    /// (likes + comments + shares + saves) / views, at most 1.0; 0 when nobody has seen the video.
    private var computedEngagementRate: Double {
        guard views > 0 else { return 0 }
        // In Double, because the sum of huge counters would overflow an Int.
        let interactions = Double(likes) + Double(comments) + Double(shares) + Double(saves)
        return min(1, interactions / Double(views))
    }
}

private func find(_ videoID: String, _ views: ViewWriter) throws -> Video {
    guard let video = try views.first(Video.table, where: ["video_id": videoID]) else {
        throw RuleViolation(.notFound, table: "video_metadata", row: videoID, field: "video_id", "there is no such video")
    }
    return video
}

private func update(_ videoID: String, _ views: ViewWriter, _ change: (inout Video) -> Void) throws -> Video {
    try views.update(Video.table, find(videoID, views).id, change: change)
}

/// Shows a new snapshot, unless a newer one is there: one that arrives late does not displace it.
func showLatest(_ snapshot: MetricsSnapshot, _ views: ViewWriter) throws {
    let latest = try views.get(LatestMetrics.table, snapshot.videoID, snapshot.platform)
    guard latest.map({ $0.snapshot.timestamp < snapshot.timestamp }) ?? true else { return }
    var row = latest ?? LatestMetrics()
    row.snapshot = snapshot
    if latest == nil { row.describe(try views.first(Video.table, where: ["video_id": snapshot.videoID])) }
    try views.upsert(LatestMetrics.table, row)
}

/// The view shows titles at once, on every platform.
func describeLatest(_ video: Video?, _ videoID: String, _ views: ViewWriter) throws {
    for var latest in try views.all(LatestMetrics.table, where: ["video_id": videoID]) {
        latest.describe(video)
        try views.upsert(LatestMetrics.table, latest)
    }
}

import EventLog
import Projection

extension Video: Importable { public static let noun = "video" }

extension MetricsSnapshot: Importable { public static let noun = "metrics" }

/// The view shows a video's titles at once, also under the name that it had before.
func videoImported(_ before: Video?, _ video: Video, _ views: ViewWriter) throws {
    if let before, before.videoID != video.videoID { try describeLatest(nil, before.videoID, views) }
    try describeLatest(video, video.videoID, views)
}

/// A new snapshot is compared with the latest one; after another change the latest is looked for.
func metricsImported(_ before: MetricsSnapshot?, _ snapshot: MetricsSnapshot, _ views: ViewWriter) throws {
    guard let before else { return try showLatest(snapshot, views) }
    try findLatest(before, views)
    if before.videoID != snapshot.videoID || before.platform != snapshot.platform { try findLatest(snapshot, views) }
}

/// Looks for the newest snapshot of the video and platform of `snapshot`, which changed or went.
func findLatest(_ snapshot: MetricsSnapshot, _ views: ViewWriter) throws {
    let snapshots = try views.all(MetricsSnapshot.table, where: ["video_id": snapshot.videoID, "platform": snapshot.platform])
    if try views.get(LatestMetrics.table, snapshot.videoID, snapshot.platform) != nil {
        try views.delete(LatestMetrics.table, snapshot.videoID, snapshot.platform)
    }
    // The rule that a moment has one snapshot is the index, which is in the order of the times.
    if let latest = snapshots.last { try showLatest(latest, views) }
}

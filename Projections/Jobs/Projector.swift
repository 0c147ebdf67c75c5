import EventLog
import Projection

/// Lectures being processed, and what was found in them.
public let jobs = Projector(
    "jobs", version: 1, replaces: "Lecture highlights",
    tables: [
        Job.table, TranscriptSegment.table, SilenceRegion.table, LayoutAnalysis.table, ContentSegment.table, Clip.table,
        ProcessingLog.table,
    ], queries: jobQueries
) {
    On(JobCreated.self) { event, views in
        try views.insert(Job.table, Job(event))
    }
    On(JobQueued.self) { event, views in
        try update(event.jobID, .queued, at: event.time, views) { job in
            job.celeryTaskID = event.celeryTaskID ?? job.celeryTaskID
        }
    }
    On(JobStageAdvanced.self) { event, views in
        try update(event.jobID, .advanced(event.stage), at: event.time, views) { job in
            job.progressPercent = event.percent
            job.progressMessage = event.message
            job.etaSeconds = event.etaSeconds
        }
    }
    On(JobCompleted.self) { event, views in
        try update(event.jobID, .completed, at: event.time, views) { job in
            job.progressPercent = 100
            job.compiledVideoS3Key = event.compiledVideoS3Key ?? job.compiledVideoS3Key
            job.videoDuration = event.videoDuration ?? job.videoDuration
            job.videoMetadata = event.videoMetadata ?? job.videoMetadata
            job.completedAt = ISOTime(event.completedAt ?? event.time)
        }
    }
    On(JobFailed.self) { event, views in
        try update(event.jobID, .failed, at: event.time, views) { job in
            job.errorMessage = event.errorMessage
        }
    }
    On(JobRemoved.self) { event, views in
        try views.delete(Job.table, find(event.jobID, views).id)
    }
    On(TranscriptSegmentAdded.self) { event, views in
        try views.insert(TranscriptSegment.table, TranscriptSegment(event))
    }
    On(SilenceDetected.self) { event, views in
        try views.insert(SilenceRegion.table, SilenceRegion(event))
    }
    On(LayoutAnalyzed.self) { event, views in
        try views.insert(LayoutAnalysis.table, LayoutAnalysis(event))
    }
    On(ContentSegmented.self) { event, views in
        try views.insert(ContentSegment.table, ContentSegment(event))
    }
    On(ClipGenerated.self) { event, views in
        try views.insert(Clip.table, Clip(event))
    }
    On(ProcessingLogged.self) { event, views in
        try views.insert(ProcessingLog.table, ProcessingLog(event))
    }
    On.imported(Job.self)
    On.imported(TranscriptSegment.self)
    On.removed(TranscriptSegment.self)
    On.imported(SilenceRegion.self)
    On.removed(SilenceRegion.self)
    On.imported(LayoutAnalysis.self)
    On.removed(LayoutAnalysis.self)
    On.imported(ContentSegment.self)
    On.removed(ContentSegment.self)
    On.imported(Clip.self)
    On.removed(Clip.self)
    On.imported(ProcessingLog.self)
    On.removed(ProcessingLog.self)
}

extension Job {
    /// Takes a report; another attempt begins without the last one's error and progress.
    ///
    /// - Throws: `RuleViolation` when it does not follow what was reported before.
    mutating func take(_ report: StageMachine.Report) throws(RuleViolation) {
        var machine = StageMachine(status: status, stage: currentStage)
        do {
            if try machine.take(report) {
                errorMessage = nil
                progressPercent = 0
                progressMessage = nil
                etaSeconds = nil
            }
        } catch {
            throw RuleViolation(.custom("STAGE"), table: "jobs", row: "\(id)", field: "current_stage", "job '\(jobID)' \(error)")
        }
        status = machine.status
        currentStage = machine.stage
    }
}

private func find(_ jobID: String, _ views: ViewWriter) throws -> Job {
    guard let job = try views.first(Job.table, where: ["job_id": jobID]) else {
        throw RuleViolation(.notFound, table: "jobs", row: "?", field: "job_id", "there is no job '\(jobID)'")
    }
    return job
}

private func update(
    _ jobID: String, _ report: StageMachine.Report, at time: Timestamp, _ views: ViewWriter, _ change: (inout Job) -> Void
) throws {
    try views.update(Job.table, find(jobID, views).id) { job in
        try job.take(report)
        change(&job)
        job.updatedAt = ISOTime(time)
    }
}

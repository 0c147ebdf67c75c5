import EventLog
import Projection

// What each creating event says of its row.

extension Job {
    init(_ event: Recorded<JobCreated>) {
        id = event.id ?? 0
        jobID = event.jobID
        userID = event.userID
        filename = event.filename
        fileSize = event.fileSize
        contentType = event.contentType
        originalS3Key = event.originalS3Key
        videoDuration = event.videoDuration
        videoMetadata = event.videoMetadata
        celeryTaskID = event.celeryTaskID
        extraMetadata = event.extraMetadata
        createdAt = ISOTime(event.createdAt ?? event.recordedTime)
        updatedAt = ISOTime(event.time)
    }
}

extension TranscriptSegment {
    init(_ event: Recorded<TranscriptSegmentAdded>) {
        id = event.id ?? 0
        segmentID = event.segmentID
        jobID = event.jobID
        startTime = event.startTime
        endTime = event.endTime
        duration = event.endTime - event.startTime
        text = event.text
        confidence = event.confidence
        speakerID = event.speakerID
        createdAt = ISOTime(event.createdAt ?? event.recordedTime)
    }
}

extension SilenceRegion {
    init(_ event: Recorded<SilenceDetected>) {
        id = event.id ?? 0
        regionID = event.regionID
        jobID = event.jobID
        startTime = event.startTime
        endTime = event.endTime
        duration = event.endTime - event.startTime
        silenceType = event.silenceType
        amplitudeThreshold = event.amplitudeThreshold
        createdAt = ISOTime(event.createdAt ?? event.recordedTime)
    }
}

extension LayoutAnalysis {
    init(_ event: Recorded<LayoutAnalyzed>) {
        id = event.id ?? 0
        layoutID = event.layoutID
        jobID = event.jobID
        screenRegion = event.screenRegion
        cameraRegion = event.cameraRegion
        splitRatio = event.splitRatio
        layoutType = event.layoutType
        confidenceScore = event.confidenceScore
        sampleFrameTime = event.sampleFrameTime
        createdAt = ISOTime(event.createdAt ?? event.recordedTime)
    }
}

extension ContentSegment {
    init(_ event: Recorded<ContentSegmented>) {
        id = event.id ?? 0
        segmentID = event.segmentID
        jobID = event.jobID
        startTime = event.startTime
        endTime = event.endTime
        duration = event.endTime - event.startTime
        topic = event.topic
        description = event.description
        importanceScore = event.importanceScore
        keywords = event.keywords
        concepts = event.concepts
        segmentOrder = event.segmentOrder
        createdAt = ISOTime(event.createdAt ?? event.recordedTime)
    }
}

extension Clip {
    init(_ event: Recorded<ClipGenerated>) {
        id = event.id ?? 0
        clipID = event.clipID
        jobID = event.jobID
        contentSegmentID = event.contentSegmentID
        title = event.title
        topic = event.topic
        importanceScore = event.importanceScore
        startTime = event.startTime
        endTime = event.endTime
        duration = event.endTime - event.startTime
        s3Key = event.s3Key
        fileSizeBytes = event.fileSizeBytes
        thumbnailS3Key = event.thumbnailS3Key
        subtitleS3Key = event.subtitleS3Key
        clipOrder = event.clipOrder
        extraMetadata = event.extraMetadata
        createdAt = ISOTime(event.createdAt ?? event.recordedTime)
    }
}

extension ProcessingLog {
    init(_ event: Recorded<ProcessingLogged>) {
        id = event.id ?? 0
        logID = event.logID
        jobID = event.jobID
        stage = event.stage
        agentName = event.agentName
        status = event.status
        durationSeconds = event.durationSeconds
        errorMessage = event.errorMessage
        extraMetadata = event.extraMetadata
        createdAt = ISOTime(event.createdAt ?? event.recordedTime)
    }
}

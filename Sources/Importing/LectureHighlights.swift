import Jobs

/// The tables of the lecture system, which are PostgreSQL's.
///
/// From a server a time is the text that `COPY` writes with the time zone UTC, so that a connection and an export made there give the same rows.
let lectureHighlightsTables = [
    LegacyTable(
        Job.self, of: jobs, times: ["created_at", "updated_at"], changed: "updated_at",
        required: ["job_id", "filename", "file_size", "content_type", "original_s3_key"],
        removal: .event("job.removed", ["job_id": "job_id"])),
    LegacyTable(
        TranscriptSegment.self, of: jobs, times: ["created_at"], required: ["segment_id", "start_time", "end_time", "duration", "text"]),
    LegacyTable(
        SilenceRegion.self, of: jobs, times: ["created_at"],
        required: ["region_id", "start_time", "end_time", "duration", "silence_type"]),
    LegacyTable(
        LayoutAnalysis.self, of: jobs, times: ["created_at"],
        required: ["layout_id", "screen_region", "camera_region", "split_ratio", "layout_type"]),
    LegacyTable(
        ContentSegment.self, of: jobs, times: ["created_at"],
        required: [
            "segment_id", "start_time", "end_time", "duration", "topic", "importance_score", "keywords", "concepts", "segment_order",
        ]),
    LegacyTable(
        Clip.self, of: jobs, times: ["created_at"], required: ["clip_id", "title", "start_time", "end_time", "duration", "s3_key"]),
    LegacyTable(ProcessingLog.self, of: jobs, times: ["created_at"], required: ["log_id", "stage", "status"]),
]

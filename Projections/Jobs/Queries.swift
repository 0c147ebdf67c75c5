import Projection

/// The shapes of `JobResponse` and `ResultsResponse`, for those who ask in SQL.
let jobQueries = [
    NamedQuery(
        "job", "job_id", summary: "A job as clients see it.",
        sql: """
            SELECT job_id, status, filename, created_at, updated_at,
                CASE WHEN current_stage IS NOT NULL THEN
                    json_object('stage', current_stage, 'percent', progress_percent, 'message', progress_message, 'eta_seconds', eta_seconds)
                END AS progress,
                error_message
            FROM jobs WHERE job_id = ?
            """),
    NamedQuery(
        "results", "job_id", summary: "What came out of a job: clips in their order, the transcript, what is known of the lecture.",
        sql: """
            SELECT job_id,
                (SELECT json_group_array(json(clip)) FROM (
                    SELECT json_object('clip_id', clip_id, 'content_segment_id', content_segment_id, 'title', title, 'topic', topic,
                        'importance_score', importance_score, 'start_time', start_time, 'end_time', end_time, 'duration', duration,
                        's3_key', s3_key, 'file_size_bytes', file_size_bytes, 'thumbnail_s3_key', thumbnail_s3_key,
                        'subtitle_s3_key', subtitle_s3_key, 'clip_order', clip_order, 'extra_metadata', json(extra_metadata)) AS clip
                    FROM clips WHERE clips.job_id = jobs.job_id ORDER BY coalesce(clip_order, 9223372036854775807), start_time, id
                )) AS clips,
                (SELECT json_group_array(json(segment)) FROM (
                    SELECT json_object('segment_id', segment_id, 'start_time', start_time, 'end_time', end_time, 'text', text,
                        'confidence', confidence, 'speaker_id', speaker_id) AS segment
                    FROM transcripts WHERE transcripts.job_id = jobs.job_id ORDER BY start_time, id
                )) AS transcript,
                json_object('filename', filename, 'video_duration', video_duration, 'video_metadata', json(video_metadata),
                    'compiled_video_s3_key', compiled_video_s3_key, 'extra_metadata', json(extra_metadata),
                    'completed_at', completed_at) AS metadata
            FROM jobs WHERE job_id = ?
            """),
]

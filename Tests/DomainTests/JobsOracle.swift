import EventLog
import Jobs
import Projection
import TestSupport

/// Facts of lectures, and what the old system's code did at each of them.
enum JobsOracle {
    // MARK: The old code

    /// A retry begins without the last attempt's error and progress.
    private static let forgetAttempt = """
        error_message = CASE WHEN status = 'failed' THEN NULL ELSE error_message END,
        progress_percent = CASE WHEN status = 'failed' THEN 0.0 ELSE progress_percent END,
        progress_message = CASE WHEN status = 'failed' THEN NULL ELSE progress_message END,
        eta_seconds = CASE WHEN status = 'failed' THEN NULL ELSE eta_seconds END
        """

    private static let stages = """
        'uploading silence_detection transcription layout_analysis content_analysis segmentation compilation complete'
        """

    static func statements(_ type: String) -> [String] {
        switch type {
        case "job.created":
            [
                """
                INSERT INTO jobs (id, job_id, user_id, filename, file_size, content_type, original_s3_key, video_duration, video_metadata,
                celery_task_id, extra_metadata, created_at, updated_at)
                VALUES (:id, :job_id, :user_id, :filename, :file_size, :content_type, :original_s3_key, :video_duration, :video_metadata,
                :celery_task_id, :extra_metadata, coalesce(:created_at, :recorded), :now)
                """
            ]
        case "job.queued":
            [
                """
                UPDATE jobs SET \(forgetAttempt), current_stage = CASE WHEN status = 'failed' THEN NULL ELSE current_stage END,
                status = 'queued', celery_task_id = coalesce(:celery_task_id, celery_task_id), updated_at = :now
                WHERE job_id = :job_id AND status IN ('pending', 'queued', 'failed')
                """
            ]
        case "job.stage_advanced":
            [
                """
                UPDATE jobs SET error_message = NULL, status = 'running', current_stage = :stage, progress_percent = :percent,
                progress_message = :message, eta_seconds = :eta_seconds, updated_at = :now
                WHERE job_id = :job_id AND status <> 'completed'
                AND (status = 'failed' OR current_stage IS NULL OR instr(\(stages), current_stage) <= instr(\(stages), :stage))
                """
            ]
        case "job.completed":
            [
                """
                UPDATE jobs SET status = 'completed', current_stage = 'complete', progress_percent = 100.0,
                compiled_video_s3_key = coalesce(:compiled_video_s3_key, compiled_video_s3_key),
                video_duration = coalesce(:video_duration, video_duration), video_metadata = coalesce(:video_metadata, video_metadata),
                completed_at = coalesce(:completed_at, :now), updated_at = :now
                WHERE job_id = :job_id AND status IN ('pending', 'queued', 'running')
                """
            ]
        case "job.failed":
            [
                """
                UPDATE jobs SET status = 'failed', error_message = :error_message, updated_at = :now
                WHERE job_id = :job_id AND status <> 'completed'
                """
            ]
        case "job.removed": ["DELETE FROM jobs WHERE job_id = :job_id"]
        case "transcript.segment_added": insert("transcripts", "segment_id", "text", "confidence", "speaker_id", times: true)
        case "silence.detected": insert("silence_regions", "region_id", "silence_type", "amplitude_threshold", times: true)
        case "layout.analyzed":
            insert(
                "layout_analysis", "layout_id", "screen_region", "camera_region", "split_ratio", "layout_type", "confidence_score",
                "sample_frame_time")
        case "content.segmented":
            insert(
                "content_segments", "segment_id", "topic", "description", "importance_score", "keywords", "concepts", "segment_order",
                times: true)
        case "clip.generated":
            insert(
                "clips", "clip_id", "content_segment_id", "title", "topic", "importance_score", "s3_key", "file_size_bytes",
                "thumbnail_s3_key", "subtitle_s3_key", "clip_order", "extra_metadata", times: true)
        default:
            insert(
                "processing_logs", "log_id", "stage", "agent_name", "status", "duration_seconds", "error_message", "extra_metadata")
        }
    }

    private static func insert(_ table: String, _ columns: String..., times: Bool = false) -> [String] {
        let all = ["id", "job_id"] + (times ? ["start_time", "end_time"] : []) + columns
        return [
            """
            INSERT INTO \(table) (\(all.joined(separator: ", ")), \(times ? "duration, " : "")created_at)
            VALUES (:\(all.joined(separator: ", :")), \(times ? ":end_time - :start_time, " : "")coalesce(:created_at, :recorded))
            """
        ]
    }

    // MARK: Facts

    /// Some are the same to Swift's strings and not to a database; one is longer than an LMDB key, with a twin that ends otherwise.
    private static let jobIDs =
        ["job_1", "job_2", "job_3", "", "j\u{E9}", "je\u{301}", "講義🎓", "a\nb\u{0}c", "'; DROP TABLE jobs; --"]
        + ["x", "y"].map { String(repeating: "long ", count: 150) + $0 }

    static func facts(_ count: Int, seed: UInt64) -> [Legacy.Fact] {
        var random = FactRandom(seed: seed)
        return (0..<count).map { _ in fact(&random) }
    }

    private static func fact(_ random: inout FactRandom) -> Legacy.Fact {
        let time = random.time()
        let job = Legacy.Field.text(random.pick(jobIDs))
        switch random.below(100) {
        case 0..<12: return created(&random, job, time)
        case 12..<20:
            return Legacy.Fact("job.queued", at: time, [("job_id", job), ("celery_task_id", random.optional { .text($0.text()) })])
        case 20..<40: return advanced(&random, job, time)
        case 40..<44: return completed(&random, job, time)
        case 44..<50: return Legacy.Fact("job.failed", at: time, [("job_id", job), ("error_message", .text(random.text()))])
        case 50..<53: return Legacy.Fact("job.removed", at: time, [("job_id", job)])
        case 53..<66: return transcript(&random, job, time)
        case 66..<74: return silence(&random, job, time)
        case 74..<80: return layout(&random, job, time)
        case 80..<87: return content(&random, job, time)
        case 87..<94: return clip(&random, job, time)
        default: return log(&random, job, time)
        }
    }

    private static func created(_ random: inout FactRandom, _ job: Legacy.Field, _ time: Timestamp) -> Legacy.Fact {
        Legacy.Fact(
            "job.created", at: time,
            [
                ("job_id", job), ("filename", .text(random.text())), ("file_size", .int(random.size())),
                ("content_type", .text("video/mp4")), ("original_s3_key", .text(random.text())),
                ("user_id", random.optional { .text($0.text()) }), ("extra_metadata", random.optional { $0.json() }),
                ("video_duration", random.optional { .real($0.seconds()) }), ("video_metadata", random.optional { $0.json() }),
                ("celery_task_id", random.optional { .text($0.text()) }),
            ] + random.origin())
    }

    private static func advanced(_ random: inout FactRandom, _ job: Legacy.Field, _ time: Timestamp) -> Legacy.Fact {
        Legacy.Fact(
            "job.stage_advanced", at: time,
            [
                ("job_id", job), ("stage", .text(random.pick(ProcessingStage.allCases.map(\.rawValue) + ["uploaded"]))),
                ("percent", random.pick([.real(42.5), .int(0), .int(100), .real(99.999), .real(100.5), .int(-1), .real(7)])),
                ("message", random.optional { .text($0.text()) }), ("eta_seconds", random.optional { .int($0.size()) }),
            ])
    }

    private static func completed(_ random: inout FactRandom, _ job: Legacy.Field, _ time: Timestamp) -> Legacy.Fact {
        Legacy.Fact(
            "job.completed", at: time,
            [
                ("job_id", job), ("compiled_video_s3_key", random.optional { .text($0.text()) }),
                ("video_duration", random.optional { .real($0.seconds()) }), ("video_metadata", random.optional { $0.json() }),
                ("completed_at", random.optional { $0.moment() }),
            ])
    }

    private static func transcript(_ random: inout FactRandom, _ job: Legacy.Field, _ time: Timestamp) -> Legacy.Fact {
        Legacy.Fact(
            "transcript.segment_added", at: time,
            [
                ("segment_id", random.name("seg")), ("job_id", job), ("text", .text(random.text())),
                ("confidence", random.optional { $0.score() }), ("speaker_id", random.optional { .text($0.text()) }),
            ] + random.interval() + random.origin())
    }

    private static func silence(_ random: inout FactRandom, _ job: Legacy.Field, _ time: Timestamp) -> Legacy.Fact {
        Legacy.Fact(
            "silence.detected", at: time,
            [
                ("region_id", random.name("sil")), ("job_id", job),
                ("silence_type", .text(random.pick(["audio_silence", "blank_screen", "both", "noise"]))),
                ("amplitude_threshold", random.optional { .real(-$0.seconds()) }),
            ] + random.interval() + random.origin())
    }

    private static func layout(_ random: inout FactRandom, _ job: Legacy.Field, _ time: Timestamp) -> Legacy.Fact {
        Legacy.Fact(
            "layout.analyzed", at: time,
            [
                ("layout_id", random.name("lay")), ("job_id", job), ("screen_region", random.json()), ("camera_region", random.json()),
                ("split_ratio", random.score()), ("layout_type", .text(random.text())),
                ("confidence_score", random.optional { $0.score() }),
                ("sample_frame_time", random.optional { .real($0.seconds()) }),
            ] + random.origin())
    }

    private static func content(_ random: inout FactRandom, _ job: Legacy.Field, _ time: Timestamp) -> Legacy.Fact {
        Legacy.Fact(
            "content.segmented", at: time,
            [
                ("segment_id", random.name("con")), ("job_id", job), ("topic", .text(random.text())),
                ("description", random.optional { .text($0.text()) }), ("importance_score", random.score()), ("keywords", random.json()),
                ("concepts", random.json()), ("segment_order", .int(random.below(100) - 5)),
            ] + random.interval() + random.origin())
    }

    private static func clip(_ random: inout FactRandom, _ job: Legacy.Field, _ time: Timestamp) -> Legacy.Fact {
        Legacy.Fact(
            "clip.generated", at: time,
            [
                ("clip_id", random.name("clip")), ("job_id", job), ("content_segment_id", random.optional { $0.name("con") }),
                ("title", .text(random.text())), ("topic", random.optional { .text($0.text()) }),
                ("importance_score", random.optional { $0.score() }), ("s3_key", .text(random.text())),
                ("file_size_bytes", random.optional { .int($0.size()) }), ("thumbnail_s3_key", random.optional { .text($0.text()) }),
                ("subtitle_s3_key", random.optional { .text($0.text()) }), ("clip_order", random.optional { .int($0.below(20)) }),
                ("extra_metadata", random.optional { $0.json() }),
            ] + random.interval() + random.origin())
    }

    private static func log(_ random: inout FactRandom, _ job: Legacy.Field, _ time: Timestamp) -> Legacy.Fact {
        Legacy.Fact(
            "processing.logged", at: time,
            [
                ("log_id", random.name("log")), ("job_id", job),
                ("stage", .text(random.pick(ProcessingStage.allCases.map(\.rawValue)))),
                ("agent_name", random.optional { .text($0.text()) }),
                ("status", .text(random.pick(["started", "completed", "failed", "gone"]))),
                ("duration_seconds", random.optional { .real($0.seconds()) }), ("error_message", random.optional { .text($0.text()) }),
                ("extra_metadata", random.optional { $0.json() }),
            ] + random.origin())
    }
}

import Projection

/// What the old schemas' column types do not say of the values in them.
enum OldSchema {
    static let references: [String: (table: String, column: String)] = [
        "image_usage.image_id": ("image_library", "id"),
        "collection_images.collection_id": ("image_collections", "id"),
        "collection_images.image_id": ("image_library", "id"),
        "narrative_data.session_id": ("sessions", "id"),
        "scene_prompts.session_id": ("sessions", "id"),
        "media_urls.session_id": ("sessions", "id"),
        "user_sessions.user_id": ("users", "id"),
        "workflows.user_id": ("users", "id"),
        "generated_files.workflow_id": ("workflows", "id"),
        "scenes.workflow_id": ("workflows", "id"),
        "scenes.image_file_id": ("generated_files", "id"),
        "api_usage.workflow_id": ("workflows", "id"),
        "transcripts.job_id": ("jobs", "job_id"),
        "silence_regions.job_id": ("jobs", "job_id"),
        "layout_analysis.job_id": ("jobs", "job_id"),
        "content_segments.job_id": ("jobs", "job_id"),
        "clips.job_id": ("jobs", "job_id"),
        "processing_logs.job_id": ("jobs", "job_id"),
        "asset_thumbnails.asset_id": ("assets", "id"),
    ]

    /// Texts that no two rows share.
    static let unique: Set<String> = [
        "video_metadata.video_id", "image_library.file_path", "image_collections.name", "sessions.id", "videos.filename", "users.id",
        "user_sessions.session_id", "workflows.id", "jobs.job_id", "transcripts.segment_id", "silence_regions.region_id",
        "layout_analysis.layout_id", "content_segments.segment_id", "clips.clip_id", "processing_logs.log_id", "assets.id", "assets.path",
    ]

    static let times: Set<String> = [
        "timestamp", "created_at", "updated_at", "posted_at", "last_used_at", "completed_at", "started_at", "ended_at", "added_at",
        "validated_at",
    ]

    static let json: Set<String> = [
        "trending_topics.metadata", "image_library.tags", "image_library.metadata", "sessions.partial_narrative", "narrative_data.data",
        "scene_prompts.data", "media_urls.data", "scene_cache.partial_narrative", "scene_cache.next_narrative",
        "scene_cache.next_scene_prompts", "scene_cache.next_media_urls", "generated_files.metadata", "jobs.video_metadata",
        "jobs.extra_metadata", "layout_analysis.screen_region", "layout_analysis.camera_region", "content_segments.keywords",
        "content_segments.concepts", "clips.extra_metadata", "processing_logs.extra_metadata", "timelines.timeline_json",
        "assets.codec_info", "assets.metadata_json",
    ]

    static let scores: Set<String> = [
        "relevance_score", "quality_score", "engagement_rate", "confidence", "split_ratio", "confidence_score", "importance_score",
    ]

    private static let stages = texts(
        "uploading", "silence_detection", "transcription", "layout_analysis", "content_analysis", "segmentation", "compilation", "complete")

    static let choices: [String: [SQLValue]] = [
        "trending_topics.used_flag": [.integer(0), .integer(1)],
        "video_metadata.status": texts("draft", "rendered", "posted", "archived"),
        "video_metrics.video_id": texts("video_id-1", "video_id-2", "unknown", "é"),
        "video_metrics.platform": texts("tiktok", "youtube"),
        "image_library.character": texts("butcher", "nutsy"),
        "workflows.status": texts("active", "completed", "failed"),
        "api_usage.api_provider": texts("openai", "replicate"),
        "jobs.status": texts("pending", "queued", "running", "completed", "failed"),
        "jobs.current_stage": stages,
        "jobs.progress_percent": [.real(0), .real(33.5), .real(100)],
        "silence_regions.silence_type": texts("audio_silence", "blank_screen", "both"),
        "processing_logs.stage": stages,
        "processing_logs.status": texts("started", "completed", "failed"),
        "timelines.is_active": [.integer(0)],
        "assets.type": texts("photo", "video", "music", "logo"),
        "assets.error_state": texts("INVALID_CODEC", "FILE_MISSING", "CORRUPT", "TOO_LARGE"),
        "asset_thumbnails.size": texts("small", "medium", "large"),
    ]

    static func key(of table: String) -> String {
        switch table {
        case "collection_images": "collection_id, image_id"
        case "user_sessions": "session_id"
        case "settings": "key"
        default: "id"
        }
    }

    private static func texts(_ texts: String...) -> [SQLValue] { texts.map { .text($0) } }
}

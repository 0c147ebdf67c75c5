import EventLog
import JSON
import Projection

/// Facts of every domain, enough for each documented query to return something. The same in every store; put in twice, they are there once.
enum SampleData {
    private static let source = "sample"
    /// A Sunday; the facts follow in steps of ten minutes.
    private static let start = Timestamp(microseconds: 1_756_000_000_000_000)

    static func load(into store: Store) throws -> (stored: Int, repeated: Int) {
        // Ids that the store assigns are put in where a later fact needs them.
        var values = ["$thumbnail": try store.blobs.put(thumbnail).hex]
        var counts = (stored: 0, repeated: 0)
        for (place, fact) in facts.enumerated() {
            let data = values.reduce(fact.data) { $0.replacing($1.key, with: $1.value) }
            let receipt = try store.append(
                CloudEvent(
                    id: "\(place + 1)", source: source, type: fact.type, time: start.adding(seconds: Int64(place) * 600),
                    correlationID: "sample", data: Array(data.utf8)))
            for row in receipt.rows { values["$\(row.table)"] = row.key }
            if receipt.isRepeat { counts.repeated += 1 } else { counts.stored += 1 }
        }
        return counts
    }

    /// The smallest picture that JPEG readers take for one: its markers and nothing else.
    private static let thumbnail: [UInt8] = [
        0xFF, 0xD8, 0xFF, 0xE0, 0, 16, 0x4A, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0, 0xFF, 0xD9,
    ]

    // Named by the facts themselves, not by row numbers: a store with other rows takes them as well.
    private static let facts: [(type: String, data: String)] = [
        ("trend.captured", #"{"topic":"AI art generators","source":"google_trends","relevance_score":0.92,"category":"technology"}"#),
        ("trend.captured", #"{"topic":"Retro gaming","source":"reddit","relevance_score":0.71,"category":"lifestyle"}"#),
        ("trend.captured", #"{"topic":"Urban gardening","source":"twitter","relevance_score":0.64,"metadata":{"region":"GB"}}"#),
        ("trend.used", #"{"topic":"Retro gaming","source":"reddit","video_id":"video_001"}"#),
        ("search.performed", #"{"query":"funny animals","source":"reddit","result_count":25}"#),
        ("video.registered", #"{"video_id":"video_001","title":"Nutsy plays","topic":"Retro gaming","duration_seconds":58.5}"#),
        ("video.registered", #"{"video_id":"video_002","title":"The butcher paints","topic":"AI art generators","status":"rendered"}"#),
        ("video.status_changed", #"{"video_id":"video_001","status":"posted"}"#),
        ("metrics.recorded", #"{"video_id":"video_001","platform":"tiktok","views":1200,"likes":140,"comments":12,"shares":9}"#),
        ("metrics.recorded", #"{"video_id":"video_001","platform":"instagram","views":800,"likes":95,"saves":17}"#),
        ("metrics.recorded", #"{"video_id":"video_001","platform":"tiktok","views":5400,"likes":610,"comments":48,"shares":31}"#),
        (
            "image.added",
            #"{"character":"nutsy","file_path":"sample/nutsy_happy.png","source":"generated","emotion":"happy","pose":"jumping","quality_score":0.9}"#
        ),
        (
            "image.added",
            #"{"character":"butcher","file_path":"sample/butcher_sad.png","source":"photo","emotion":"sad","quality_score":0.7,"tags":["shop"]}"#
        ),
        ("image.used", #"{"file_path":"sample/nutsy_happy.png","video_id":"video_001","scene_number":1}"#),
        ("collection.created", #"{"name":"sample","description":"Images to try things with"}"#),
        ("collection.image_added", #"{"name":"sample","image_id":$image_library,"sort_order":1}"#),
        ("session.started", #"{"id":"00000000-0000-4000-8000-000000000001","scenario":"A lighthouse in the fog"}"#),
        ("session.advanced", #"{"id":"00000000-0000-4000-8000-000000000001","current_scene_id":1,"decision":"Climb the stairs"}"#),
        ("narrative.written", #"{"session_id":"00000000-0000-4000-8000-000000000001","data":{"text":"The lamp goes out."}}"#),
        ("prompts.written", #"{"session_id":"00000000-0000-4000-8000-000000000001","data":["a dark lighthouse"]}"#),
        ("media.attached", #"{"session_id":"00000000-0000-4000-8000-000000000001","data":["/static/videos/video_001.mp4"]}"#),
        (
            "scene.cached",
            #"{"scenario":"A lighthouse in the fog","partial_narrative":{"decision_history":[]},"next_narrative":{"text":"Steps below."},"next_scene_prompts":["stairs"],"next_media_urls":["/static/videos/stairs.mp4"]}"#
        ),
        (
            "cached_video.saved",
            #"{"filename":"video_001.mp4","url_path":"/static/videos/video_001.mp4","original_prompt":"a dark lighthouse"}"#
        ),
        ("user.registered", #"{"id":"sample-user","name":"Sample","email":"sample@example.org"}"#),
        ("user.session_started", #"{"user_id":"sample-user","session_id":"sample-session"}"#),
        ("workflow.created", #"{"id":"sample-workflow","original_prompt":"A fox learns to paint","user_id":"sample-user"}"#),
        (
            "file.generated",
            #"{"workflow_id":"sample-workflow","file_type":"image","file_path":"/files/1.png","file_name":"1.png","file_size":1024}"#
        ),
        ("scene.described", #"{"workflow_id":"sample-workflow","scene_number":1,"description":"The fox finds a brush."}"#),
        (
            "api.called",
            #"{"workflow_id":"sample-workflow","api_provider":"openai","endpoint":"/images","tokens_used":1250,"cost_usd":0.04,"response_time":2.5}"#
        ),
        (
            "api.called",
            #"{"workflow_id":"sample-workflow","api_provider":"openai","endpoint":"/images","success":false,"error_message":"rate limit"}"#
        ),
        ("workflow.completed", #"{"id":"sample-workflow","total_processing_time":184.25}"#),
        (
            "job.created",
            #"{"job_id":"sample-job","filename":"lecture.mp4","file_size":734003200,"content_type":"video/mp4","original_s3_key":"uploads/lecture.mp4"}"#
        ),
        ("job.queued", #"{"job_id":"sample-job"}"#),
        (
            "job.stage_advanced",
            #"{"job_id":"sample-job","stage":"transcription","percent":42.5,"message":"Transcribing","eta_seconds":95}"#
        ),
        (
            "transcript.segment_added",
            #"{"segment_id":"sample-segment","job_id":"sample-job","start_time":12.5,"end_time":17.25,"text":"Let us begin.","confidence":0.97}"#
        ),
        (
            "silence.detected",
            #"{"region_id":"sample-silence","job_id":"sample-job","start_time":30.5,"end_time":34.75,"silence_type":"audio_silence"}"#
        ),
        (
            "layout.analyzed",
            #"{"layout_id":"sample-layout","job_id":"sample-job","screen_region":{"x":0},"camera_region":{"x":1440},"split_ratio":0.75,"layout_type":"side_by_side"}"#
        ),
        (
            "content.segmented",
            #"{"segment_id":"sample-content","job_id":"sample-job","start_time":12.5,"end_time":312.75,"topic":"Groups","importance_score":0.88,"keywords":["group"],"concepts":["algebra"],"segment_order":1}"#
        ),
        (
            "clip.generated",
            #"{"clip_id":"sample-clip","job_id":"sample-job","title":"What is a group?","start_time":12.5,"end_time":72.75,"s3_key":"clips/1.mp4","clip_order":1}"#
        ),
        (
            "processing.logged",
            #"{"log_id":"sample-log","job_id":"sample-job","stage":"transcription","status":"completed","duration_seconds":95.25}"#
        ),
        ("timeline.saved", #"{"name":"Opening night","timeline_json":{"name":"Opening night","theme":"neon-chalkboard","items":[]}}"#),
        ("timeline.activated", #"{"id":$timelines}"#),
        (
            "asset.added",
            #"{"id":"sample-asset","type":"video","path":"/assets/videos/intro.mp4","file_size_bytes":1024000,"width":1920,"height":1080}"#
        ),
        ("asset.validated", #"{"id":"sample-asset"}"#),
        (
            "asset.added",
            #"{"id":"sample-photo","type":"photo","path":"/assets/photos/crowd.jpg","file_size_bytes":204800,"width":1200,"height":800}"#
        ),
        ("thumbnail.stored", #"{"asset_id":"sample-asset","size":"small","width":150,"height":84,"blob":"$thumbnail"}"#),
        ("setting.changed", #"{"key":"last_timeline_id","value":"1"}"#),
        ("playback.moved", #"{"timeline_id":$timelines,"timecode_ms":12500,"is_playing":true}"#),
    ]
}

extension Store {
    /// Puts facts of every domain into the store, to try queries with; those that are there stay as they are.
    ///
    /// - Returns: how many were stored, and how many were there.
    @discardableResult
    public func loadSample() throws -> (stored: Int, repeated: Int) { try SampleData.load(into: self) }
}

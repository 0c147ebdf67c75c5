import EventLog
import TestSupport

/// Facts of all seven domains, most of which a store takes.
struct Facts {
    private var random: SplitMix64
    private var number = 0

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    private mutating func below(_ end: Int) -> Int { Int.random(in: 0..<end, using: &random) }

    private mutating func pick(_ values: [String]) -> String { values[below(values.count)] }

    /// An id that is likely in use, of things that are made at one in so many facts.
    private mutating func id(_ share: Int) -> Int { 1 + below(max(1, number / share)) }

    mutating func next() -> CloudEvent {
        number += 1
        let (type, data) = fact()
        let time = Timestamp(microseconds: 1_700_000_000_000_000 + Int64(below(90_000_000)) * 1_000_000 + Int64(below(2)) * 250_000)
        return CloudEvent(id: "fact-\(number)", source: "test", type: type, time: time, data: Array(data.utf8))
    }

    private mutating func fact() -> (String, String) {
        switch below(7) {
        case 0: trend()
        case 1: metric()
        case 2: image()
        case 3: story()
        case 4: workflow()
        case 5: job()
        default: show()
        }
    }

    private mutating func trend() -> (String, String) {
        let topic = pick(["AI art", "née «Åsa» 😀", "cats", "topic \(below(400))"])
        switch below(10) {
        case 0...4:
            return ("trend.captured", #"{"topic":"\#(topic)","source":"reddit","relevance_score":0.\#(below(100)),"category":"tech"}"#)
        case 5: return ("trend.used", #"{"id":\#(id(15)),"video_id":"v\#(below(50))"}"#)
        case 6: return ("trend.rescored", #"{"id":\#(id(15)),"relevance_score":0.\#(below(100))}"#)
        case 7: return ("trend.released", #"{"id":\#(id(15))}"#)
        case 8: return ("trend.removed", #"{"id":\#(id(15))}"#)
        default: return ("search.performed", #"{"query":"\#(topic)","source":"reddit","result_count":\#(below(90))}"#)
        }
    }

    private mutating func metric() -> (String, String) {
        let video = "v\(below(max(5, number / 40)))"
        switch below(9) {
        case 0, 1: return ("video.registered", #"{"video_id":"\#(video)","title":"T \#(number)","duration_seconds":12.5}"#)
        case 2: return ("video.updated", #"{"video_id":"\#(video)","title":"New \#(number)"}"#)
        case 3: return ("video.status_changed", #"{"video_id":"\#(video)","status":"\#(pick(["posted", "rendered"]))"}"#)
        case 4:
            return below(4) == 0
                ? ("video.removed", #"{"video_id":"\#(video)"}"#) : ("video.updated", #"{"video_id":"\#(video)","topic":"x"}"#)
        default:
            return (
                "metrics.recorded",
                #"{"video_id":"\#(video)","platform":"\#(pick(["tiktok", "youtube"]))","views":\#(1 + below(900)),"likes":\#(below(90))}"#
            )
        }
    }

    private mutating func image() -> (String, String) {
        switch below(10) {
        case 0...2:
            return (
                "image.added",
                #"{"character":"\#(pick(["nutsy", "butcher"]))","file_path":"/i/\#(number).png","source":"photo","quality_score":0.5}"#
            )
        case 3...5: return ("image.used", #"{"image_id":\#(id(30)),"video_id":"v\#(below(50))","scene_number":\#(below(9))}"#)
        case 6: return ("image.rescored", #"{"image_id":\#(id(30)),"quality_score":0.\#(below(10))}"#)
        case 7: return below(3) == 0 ? ("image.removed", #"{"image_id":\#(id(30))}"#) : ("collection.created", #"{"name":"c\#(number)"}"#)
        default: return ("collection.image_added", #"{"collection_id":\#(id(120)),"image_id":\#(id(30)),"sort_order":\#(below(9))}"#)
        }
    }

    private mutating func story() -> (String, String) {
        let session = "session-\(below(max(3, number / 40)))"
        switch below(9) {
        case 0, 1: return ("session.started", #"{"id":"\#(session)","scenario":"A lighthouse"}"#)
        case 2, 3: return ("session.advanced", #"{"id":"\#(session)","current_scene_id":\#(below(9)),"decision":"go \#(number)"}"#)
        case 4: return ("narrative.written", #"{"session_id":"\#(session)","data":{"n":\#(number)}}"#)
        case 5: return ("media.attached", #"{"session_id":"\#(session)","data":["/static/\#(number).mp4"]}"#)
        case 6: return ("cached_video.saved", #"{"filename":"f\#(below(300)).mp4","url_path":"/static/f.mp4"}"#)
        case 7: return ("cached_video.evicted", #"{"filename":"f\#(below(300)).mp4","reason":"old"}"#)
        default: return below(3) == 0 ? ("session.removed", #"{"id":"\#(session)"}"#) : ("session.advanced", #"{"id":"\#(session)"}"#)
        }
    }

    private mutating func workflow() -> (String, String) {
        let workflow = "w-\(below(max(3, number / 40)))"
        switch below(9) {
        case 0, 1: return ("workflow.created", #"{"id":"\#(workflow)","original_prompt":"A fox \#(number)"}"#)
        case 2: return ("workflow.phase_changed", #"{"id":"\#(workflow)","phase":"scene_generation"}"#)
        case 3: return ("workflow.completed", #"{"id":"\#(workflow)","total_processing_time":1.25}"#)
        case 4: return ("workflow.archived", #"{"id":"\#(workflow)"}"#)
        case 5:
            return (
                "file.generated",
                #"{"workflow_id":"\#(workflow)","file_type":"image","file_path":"/f/\#(number)","file_name":"\#(number)"}"#
            )
        default:
            return (
                "api.called",
                #"{"api_provider":"openai","endpoint":"/v1","tokens_used":\#(below(999)),"cost_usd":0.\#(below(9)),"success":true}"#
            )
        }
    }

    private mutating func job() -> (String, String) {
        let job = "j-\(below(max(3, number / 40)))"
        switch below(9) {
        case 0, 1:
            return (
                "job.created",
                #"{"job_id":"\#(job)","filename":"a.mp4","file_size":1,"content_type":"video/mp4","original_s3_key":"k"}"#
            )
        case 2, 3:
            let stage = pick(["uploading", "transcription", "segmentation"])
            return ("job.stage_advanced", #"{"job_id":"\#(job)","stage":"\#(stage)","percent":\#(below(100))}"#)
        case 4: return ("job.failed", #"{"job_id":"\#(job)","error_message":"no \#(number)"}"#)
        case 5: return below(4) == 0 ? ("job.removed", #"{"job_id":"\#(job)"}"#) : ("job.queued", #"{"job_id":"\#(job)"}"#)
        default:
            return (
                "transcript.segment_added",
                #"{"segment_id":"s\#(number)","job_id":"\#(job)","start_time":\#(below(99)),"end_time":\#(100 + below(9)),"text":"é \#(number)"}"#
            )
        }
    }

    private mutating func show() -> (String, String) {
        switch below(9) {
        case 0, 1: return ("timeline.saved", #"{"name":"Night \#(number)","timeline_json":{"items":[\#(number)]}}"#)
        case 2: return ("timeline.activated", #"{"id":\#(id(40))}"#)
        case 3, 4: return ("asset.added", #"{"id":"a-\#(number)","type":"video","path":"/a/\#(number)","file_size_bytes":\#(below(9999))}"#)
        case 5: return ("asset.validated", #"{"id":"a-\#(1 + below(number))"}"#)
        case 6: return ("asset.removed", #"{"id":"a-\#(1 + below(number))"}"#)
        case 7: return ("setting.changed", #"{"key":"theme","value":"\#(number)"}"#)
        default: return ("playback.moved", #"{"current_index":\#(below(9)),"timecode_ms":\#(number)}"#)
        }
    }
}

import EventLog
import JSON
import Jobs
import Projection
import TestSupport
import Testing

@Suite struct JobsTests {
    @Test func tablesAreThoseOfTheOldSystem() throws {
        let database = try Legacy.Database("jobs", times: .iso)
        let refusals = try Legacy.compareTelling(JobsOracle.facts(3000, seed: 20), to: jobs, database, JobsOracle.statements)
        let rules = Set(refusals.compactMap { ($0 as? RuleViolation)?.rule })
        #expect(rules == [.check, .unique, .foreignKey, .notFound, .custom("STAGE")])
        #expect(refusals.contains { $0 is JSONError })
        #expect(refusals.count > 300 && refusals.count < 2500)
    }

    @Test func goldenEvents() throws {
        try Legacy.checkGolden(
            [
                JobCreated.self, JobQueued.self, JobStageAdvanced.self, JobCompleted.self, JobFailed.self, JobRemoved.self,
                TranscriptSegmentAdded.self, SilenceDetected.self, LayoutAnalyzed.self, ContentSegmented.self, ClipGenerated.self,
                ProcessingLogged.self, Imported<Job>.self, Imported<TranscriptSegment>.self, Removed<TranscriptSegment>.self,
                Imported<SilenceRegion>.self, Removed<SilenceRegion>.self, Imported<LayoutAnalysis>.self, Removed<LayoutAnalysis>.self,
                Imported<ContentSegment>.self, Removed<ContentSegment>.self, Imported<Clip>.self, Removed<Clip>.self,
                Imported<ProcessingLog>.self, Removed<ProcessingLog>.self,
            ], of: jobs)
    }

    // MARK: Stages

    /// What each report makes of each status: the status after, `-` where it is refused, `!` where it begins another attempt.
    private static let statuses = """
                  queued    advanced  completed  failed
        pending   queued    running   completed  failed
        queued    queued    running   completed  failed
        running   -         running   completed  failed
        completed -         -         -          -
        failed    queued!   running!  -          failed
        """

    /// Where a stage may lead within an attempt: rows are the stage so far (none first), columns the next.
    private static let moves = """
        none              ++++++++
        uploading         ++++++++
        silence_detection -+++++++
        transcription     --++++++
        layout_analysis   ---+++++
        content_analysis  ----++++
        segmentation      -----+++
        compilation       ------++
        complete          -------+
        """

    @Test func everyTransition() throws {
        let rows = Self.statuses.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        let moves = Self.moves.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        let stages = moves.dropFirst().map { $0[0] }
        #expect(stages == ProcessingStage.allCases.map(\.rawValue))
        #expect(rows.dropFirst().map { $0[0] } == JobStatus.allCases.map(\.rawValue))
        var count = 0
        for row in rows.dropFirst() {
            for move in moves {
                for (report, outcome) in zip(rows[0], row.dropFirst()) {
                    for (place, next) in (report == "advanced" ? stages : [""]).enumerated() {
                        let mayMove = report != "advanced" || outcome.hasSuffix("!") || Array(move[1])[place] == "+"
                        let stageAfter: String =
                            switch report {
                            case "advanced": next
                            case "completed": "complete"
                            case "queued" where outcome.hasSuffix("!"): "none"
                            default: move[0]
                            }
                        let expected = outcome == "-" || !mayMove ? "-" : "\(outcome) \(stageAfter)"
                        #expect(
                            try Self.outcome(of: report, next, from: row[0], move[0]) == expected, "\(row[0]) \(move[0]) \(report) \(next)")
                        count += 1
                    }
                }
            }
        }
        #expect(count == 5 * 9 * 11)
    }

    private static func outcome(of report: String, _ next: String, from status: String, _ stage: String) throws -> String {
        let before = StageMachine(status: try #require(JobStatus(rawValue: status)), stage: ProcessingStage(rawValue: stage))
        var machine = before
        let reports: [String: StageMachine.Report] = [
            "queued": .queued, "completed": .completed, "failed": .failed,
            "advanced": .advanced(ProcessingStage(rawValue: next) ?? .complete),
        ]
        do {
            let isRetry = try machine.take(try #require(reports[report]))
            return "\(machine.status.rawValue)\(isRetry ? "!" : "") \(machine.stage?.rawValue ?? "none")"
        } catch is StageMachine.Refusal {
            #expect(machine == before)
            return "-"
        }
    }

    @Test func refusedStageNamesRuleJobAndStages() throws {
        let folder = TemporaryFolder()
        let engine = try Legacy.engine(jobs, in: folder)
        func append(_ type: String, _ data: String) throws -> Receipt {
            try engine.append([AppendRequest([CloudEvent(type: type, data: data)])])[0].get()[0]
        }
        let made = try append(
            "job.created", #"{"job_id":"job_123","filename":"a.mp4","file_size":1,"content_type":"video/mp4","original_s3_key":"k"}"#)
        #expect(made.subject == "job:job_123")
        #expect(made.rows == [RowReference(table: "jobs", key: "1")])
        _ = try append("job.stage_advanced", #"{"job_id":"job_123","stage":"compilation","percent":5}"#)
        let error = #expect(throws: RuleViolation.self) {
            try append("job.stage_advanced", #"{"job_id":"job_123","stage":"transcription","percent":5}"#)
        }
        #expect(
            error?.description == """
                STAGE rule of jobs.current_stage, row 1: job 'job_123' is at stage compilation and cannot go back to transcription; \
                stages only move forward until the job fails and is tried again
                """)
        _ = try append("job.failed", #"{"job_id":"job_123","error_message":"no"}"#)
        let retried = try append("job.stage_advanced", #"{"job_id":"job_123","stage":"transcription","percent":5}"#)
        #expect(retried.position == 4 && retried.streamVersion == 4)
        let clip = try append(
            "clip.generated",
            #"{"clip_id":"c1","job_id":"job_123","content_segment_id":"con_1","title":"t","start_time":1,"end_time":2,"s3_key":"k"}"#)
        #expect(clip.subject == "job:job_123")
        #expect(clip.rows == [RowReference(table: "clips", key: "1")])
        for tag in ["job:job_123", "clip:c1", "content_segment:con_1"] {
            var positions: [Position] = []
            try engine.log.forEach(EventFilter(tags: [tag])) {
                positions.append($0.position)
                return true
            }
            #expect(positions.last == clip.position, "\(tag)")
        }
    }

    @Test func lastNumberIsRefusedNotReused() throws {
        let folder = TemporaryFolder()
        let engine = try Legacy.engine(jobs, in: folder)
        let fields = #""filename":"a.mp4","file_size":1,"content_type":"video/mp4","original_s3_key":"k""#
        let last = CloudEvent(type: "job.created", data: #"{"job_id":"a","id":9223372036854775807,\#(fields)}"#)
        let next = CloudEvent(type: "job.created", data: #"{"job_id":"b",\#(fields)}"#)
        let results = try engine.append([AppendRequest([last]), AppendRequest([next])])
        _ = try results[0].get()
        let error = #expect(throws: RuleViolation.self) { try results[1].get() }
        #expect(error?.rule == .custom("AUTOINCREMENT"))
    }

    // MARK: Responses

    private static var job: Job {
        var job = Job()
        job.id = 42
        job.jobID = "job_123"
        job.filename = "lecture \"1\".mp4"
        job.celeryTaskID = "secret-task"
        job.createdAt = ISOTime(Timestamp(microseconds: 1_505_287_800_000_000))
        job.updatedAt = ISOTime(Timestamp(microseconds: 1_505_287_860_500_000))
        return job
    }

    private func expect(_ value: some Encodable, _ json: String) throws {
        let found = String(decoding: try JSONEncoding.encode(value), as: UTF8.self)
        #expect(found == json)
    }

    @Test func jobResponse() throws {
        var job = Self.job
        let head = #"{"job_id":"job_123","status""#
        let times = #""created_at":"2017-09-13T07:30:00Z","updated_at":"2017-09-13T07:31:00.500Z""#
        try expect(JobResponse(job), #"\#(head):"pending","filename":"lecture \"1\".mp4",\#(times)}"#)
        job.status = .failed
        job.currentStage = .transcription
        job.progressPercent = 42.5
        job.progressMessage = "Transcribing"
        job.etaSeconds = 95
        job.errorMessage = "the audio track is missing"
        let progress = #""progress":{"stage":"transcription","percent":42.5,"message":"Transcribing","eta_seconds":95}"#
        try expect(
            JobResponse(job),
            #"\#(head):"failed","filename":"lecture \"1\".mp4",\#(times),\#(progress),"error_message":"the audio track is missing"}"#)
        try expect(
            ProgressMessage(job),
            #"{"type":"progress","job_id":"job_123","data":{"job_id":"job_123","status":"failed",\#(progress)},"#
                + #""timestamp":"2017-09-13T07:31:00.500Z"}"#)
    }

    @Test func resultsResponse() throws {
        var job = Self.job
        job.videoDuration = 3605.5
        job.videoMetadata = JSONText(unchecked: #"{"fps": 30.0}"#)
        var second = Clip()
        second.id = 1
        second.clipID = "clip_002"
        second.title = "Unordered"
        second.s3Key = "k2"
        var first = second
        first.id = 2
        first.clipID = "clip_001"
        first.clipOrder = 1
        first.topic = "Groups"
        first.startTime = 12.5
        first.endTime = 72.75
        first.duration = 60.25
        var late = TranscriptSegment()
        late.id = 1
        late.segmentID = "seg_002"
        late.startTime = 5
        late.endTime = 6
        late.text = "second"
        var early = late
        early.id = 2
        early.segmentID = "seg_001"
        early.startTime = 1
        early.text = "first"
        early.confidence = 0.5
        try expect(
            ResultsResponse(job, clips: [second, first], transcript: [late, early]),
            #"{"job_id":"job_123","clips":["#
                + #"{"clip_id":"clip_001","title":"Unordered","topic":"Groups","start_time":12.5,"end_time":72.75,"duration":60.25,"#
                + #""s3_key":"k2","clip_order":1},"#
                + #"{"clip_id":"clip_002","title":"Unordered","start_time":0.0,"end_time":0.0,"duration":0.0,"s3_key":"k2"}],"#
                + #""transcript":[{"segment_id":"seg_001","start_time":1.0,"end_time":6.0,"text":"first","confidence":0.5},"#
                + #"{"segment_id":"seg_002","start_time":5.0,"end_time":6.0,"text":"second"}],"#
                + #""metadata":{"filename":"lecture \"1\".mp4","video_duration":3605.5,"video_metadata":{"fps": 30.0}}}"#)
    }
}

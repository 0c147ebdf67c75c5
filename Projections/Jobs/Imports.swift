import EventLog
import Projection

extension Job: Importable {
    public static let noun = "job"
    public static func tags(of row: Job) -> [Tag] { [Tag("job", row.jobID)] }
}

/// What was found in a job's lecture.
public protocol ImportableResult: Importable, Row where TableRow == Self {
    var jobID: String { get }
}

extension ImportableResult {
    public static func tags(of row: Self) -> [Tag] { [Tag("job", row.jobID)] }
}

extension TranscriptSegment: ImportableResult { public static let noun = "transcript_segment" }

extension SilenceRegion: ImportableResult { public static let noun = "silence_region" }

extension LayoutAnalysis: ImportableResult { public static let noun = "layout" }

extension ContentSegment: ImportableResult { public static let noun = "content_segment" }

extension Clip: ImportableResult { public static let noun = "clip" }

extension ProcessingLog: ImportableResult { public static let noun = "processing_log" }

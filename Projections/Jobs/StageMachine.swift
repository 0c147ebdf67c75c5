import Projection

/// Where a job stands.
public enum JobStatus: String, Codable, CaseIterable, Sendable, ColumnValue {
    case pending, queued, running, completed, failed
}

/// What is done to a lecture, in the order in which it is done.
public enum ProcessingStage: String, Codable, CaseIterable, Sendable, ColumnValue, Comparable {
    case uploading
    case silenceDetection = "silence_detection"
    case transcription
    case layoutAnalysis = "layout_analysis"
    case contentAnalysis = "content_analysis"
    case segmentation, compilation, complete

    private var place: Int { Self.allCases.firstIndex(of: self) ?? 0 }

    public static func < (a: ProcessingStage, b: ProcessingStage) -> Bool { a.place < b.place }
}

/// Which reports of a job follow which.
///
/// An attempt goes pending, queued, running; within it the stage stays or moves forward. It ends completed, which is final, or failed, after
/// which being queued or advanced begins another attempt, at any stage.
public struct StageMachine: Hashable, Sendable {
    public private(set) var status: JobStatus
    /// nil before an attempt's first stage.
    public private(set) var stage: ProcessingStage?

    /// What an event reports of a job.
    public enum Report: Hashable, Sendable {
        case queued
        case advanced(ProcessingStage)
        case completed
        case failed
    }

    /// A report that does not follow, in words that go after "job X".
    public struct Refusal: Error, Hashable, Sendable, CustomStringConvertible {
        public let description: String
    }

    public init(status: JobStatus = .pending, stage: ProcessingStage? = nil) {
        self.status = status
        self.stage = stage
    }

    /// Takes a report.
    ///
    /// - Returns: whether it begins another attempt, of which nothing is known yet.
    public mutating func take(_ report: Report) throws(Refusal) -> Bool {
        let isRetry = status == .failed
        switch (status, report) {
        case (.completed, _):
            throw Refusal(description: "is completed\(at(stage)) and takes no more reports, found \(report)")
        case (.running, .queued):
            throw Refusal(description: "is running\(at(stage)) and is queued again only after it failed")
        case (.failed, .completed):
            throw Refusal(description: "failed\(at(stage)) and completes\(at(.complete)) only after it was queued or advanced again")
        case (_, .queued):
            status = .queued
            if isRetry { stage = nil }
        case (_, .advanced(let next)):
            if let stage, next < stage, !isRetry {
                throw Refusal(
                    description: "is at stage \(stage.rawValue) and cannot go back to \(next.rawValue); "
                        + "stages only move forward until the job fails and is tried again")
            }
            status = .running
            stage = next
        case (_, .completed):
            status = .completed
            stage = .complete
        case (_, .failed):
            status = .failed
            return false
        }
        return isRetry
    }

    private func at(_ stage: ProcessingStage?) -> String { stage.map { " at stage \($0.rawValue)" } ?? " before its first stage" }
}

extension StageMachine.Report: CustomStringConvertible {
    public var description: String {
        switch self {
        case .queued: "queued"
        case .advanced(let stage): "advanced to stage \(stage.rawValue)"
        case .completed: "completed at stage complete"
        case .failed: "failed"
        }
    }
}

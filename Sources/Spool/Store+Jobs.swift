import Jobs
import Projection

extension Store {
    /// A job as clients see it; nil when there is none.
    ///
    /// ```swift
    /// let body = try store.job("job_123").map { try JSONEncoding.encode($0) }
    /// ```
    public func job(_ id: String) throws -> JobResponse? {
        try read(jobs) { views in try views.first(Job.table, where: ["job_id": id]).map(JobResponse.init) }
    }

    /// What came out of a job; nil when there is none.
    public func results(ofJob id: String) throws -> ResultsResponse? {
        try read(jobs) { views in
            guard let job = try views.first(Job.table, where: ["job_id": id]) else { return nil }
            return ResultsResponse(
                job, clips: try views.all(Clip.table, where: ["job_id": id]),
                transcript: try views.all(TranscriptSegment.table, where: ["job_id": id]))
        }
    }

    /// A job's standing, in the shape that live streams send.
    public func progress(ofJob id: String) throws -> ProgressMessage? {
        try read(jobs) { views in try views.first(Job.table, where: ["job_id": id]).map(ProgressMessage.init) }
    }
}

/// How long a writer waits for the one before it.
///
/// ```swift
/// try LockWait.$current.withValue(LockWait(limit: .seconds(5))) { try store.append(event) }
/// ```
public struct LockWait: Sendable {
    /// What holds in this task; a minute unless somebody said otherwise.
    @TaskLocal public static var current = LockWait()

    /// After it the write is given up with an `LMDBError` that names the holder.
    public var limit: Duration
    /// When `notice` is called.
    public var noticeAfter: Duration
    /// Told once, who is being waited for.
    public var notice: (@Sendable (LockParty) -> Void)?

    public init(limit: Duration = .seconds(60), noticeAfter: Duration = .seconds(2), notice: (@Sendable (LockParty) -> Void)? = nil) {
        self.limit = limit
        self.noticeAfter = noticeAfter
        self.notice = notice
    }
}

extension Duration {
    /// Up to the longest that fits, 292 years.
    var nanoseconds: Int64 {
        let (seconds, fraction) = components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? .max / 4 : min(whole, .max / 4) + fraction / 1_000_000_000
    }
}

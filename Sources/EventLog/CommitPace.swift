/// How long staging and commits take, as measured lately.
struct CommitPace {
    /// In nanoseconds, for one request.
    private var staging: UInt64 = 0
    /// In nanoseconds.
    private var commit: UInt64 = 0

    mutating func noteStaging(of count: Int, took nanoseconds: UInt64) { staging = Self.mean(staging, nanoseconds / UInt64(max(1, count))) }

    mutating func noteCommit(took nanoseconds: UInt64) { commit = Self.mean(commit, nanoseconds) }

    private static func mean(_ before: UInt64, _ now: UInt64) -> UInt64 { before == 0 ? now : (before * 7 + now) / 8 }

    /// Whether two commits for so many callers, half of them staged while the disk is busy with the others, are sooner done than one for all.
    func isStagingBound(callers: Int) -> Bool { staging * UInt64(callers) > commit / 2 && callers > 1 }

    /// In nanoseconds: for how long to wait for callers who may come back.
    var patience: UInt64 { min(commit / 4, 2_000_000) }
}

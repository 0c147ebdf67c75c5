import Testing

@testable import EventLog

struct CommitPaceTests {
    /// Two commits for half of the callers each are worth their flushes only where staging takes long enough.
    @Test func overlapsWhereStagingTakesLong() {
        var pace = CommitPace()
        #expect(!pace.isStagingBound(callers: 64) && pace.patience == 0)
        for _ in 0..<20 {
            pace.noteStaging(of: 16, took: 160_000)
            pace.noteCommit(took: 400_000)
        }
        #expect(pace.isStagingBound(callers: 64))
        #expect(!pace.isStagingBound(callers: 16))
        #expect(!pace.isStagingBound(callers: 1))
        #expect(pace.patience == 100_000)
        // A disk that is suddenly slow.
        for _ in 0..<40 { pace.noteCommit(took: 40_000_000) }
        #expect(!pace.isStagingBound(callers: 64))
        #expect(pace.patience == 2_000_000)
    }
}

import EventLog

/// What a check of a backup, with the earlier ones that it needs, found.
public struct BackupVerification: Sendable {
    /// How many backups were read, the full one included.
    public var backups = 0
    /// Records read and found whole.
    public var records: UInt64 = 0
    public var blobs = 0
    /// The last position in it.
    public var head: Position = 0
    /// What is wrong, at most `maximumProblems` of it.
    public var problems: [BackupProblem] = []
    public var problemCount = 0

    static let maximumProblems = 100

    public var isWhole: Bool { problemCount == 0 }
}

extension BackupChain {
    /// Reads everything in the backups and checks it, without restoring: every file's SHA-256, every record's checksum, positions without
    /// gaps, counts, blobs by their names, that nothing is missing and nothing is there that does not belong.
    public func verify(progress: (Int, Int) -> Void = { _, _ in }) throws -> BackupVerification {
        var result = BackupVerification()
        result.backups = backups.count
        result.blobs = blobs.count
        result.head = last.info.through.position
        var records: UInt64 = 0
        _ = try read(
            into: Sink(record: { _, _ in records += 1 }),
            problem: { problem in
                result.problemCount += 1
                if result.problems.count < BackupVerification.maximumProblems { result.problems.append(problem) }
            }, progress: progress)
        result.records = records
        return result
    }
}

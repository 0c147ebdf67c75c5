import LMDB

/// What a check of the log found.
public struct LogVerification: Sendable {
    /// Records read and found whole.
    public var records: UInt64 = 0
    public var bytes: UInt64 = 0
    public var head: Position = 0
    /// What is wrong, in the order of positions; at most `maximumProblems` are kept.
    public var problems: [String] = []
    public var problemCount = 0
    /// Positions whose records cannot be read.
    public var unreadable = PositionRanges()
    /// Those of them that `spool repair` cannot save either.
    public var lost = PositionRanges()

    static let maximumProblems = 100

    init() {}

    /// What is left of a log that may be too damaged to be opened.
    public init(_ salvage: LogSalvage) {
        records = salvage.records
        bytes = salvage.bytes
        head = salvage.head
        problems = salvage.problems
        problemCount = salvage.problemCount
        unreadable = salvage.unreadable
        lost = salvage.lost
    }

    mutating func note(_ problem: String) {
        problemCount += 1
        if problems.count < Self.maximumProblems { problems.append(problem) }
    }
}

extension EventLog {
    /// Reads every record: checksum, lengths, positions without gaps, recorded times that never go back. Damage does not end it.
    ///
    /// - Parameter progress: called now and then with the position reached and the head.
    public func verify(progress: (Position, Position) -> Void = { _, _ in }) throws -> LogVerification {
        guard let storage = storage as? LMDBStorage else { return try storage.read { try Self.check($0, progress) } }
        do {
            return try storage.read { log in
                do {
                    let result = try Self.check(log, progress)
                    if result.problemCount == 0 { return result }
                } catch let error as LMDBError {
                    guard error.isDamage else { throw error }
                }
                // The snapshot stays, so that nobody writes over its pages meanwhile.
                return LogVerification(try LogSalvage(at: storage.path))
            }
        } catch let error as LMDBError {
            guard error.isDamage else { throw error }
            return LogVerification(try LogSalvage(at: storage.path))
        }
    }

    private static func check(_ log: any LogReader, _ progress: (Position, Position) -> Void) throws -> LogVerification {
        var result = LogVerification()
        result.head = try log.head()
        guard result.head > 0 else { return result }
        var lastRecorded = Timestamp(microseconds: .min)
        try log.scan(1...result.head, backward: false) { position, bytes in
            do {
                let record = try RecordView(bytes, at: position)
                if record.recordedTime < lastRecorded {
                    result.note("position \(position): recorded at \(record.recordedTime), before the event at \(position - 1)")
                }
                lastRecorded = record.recordedTime
                result.records += 1
                result.bytes += UInt64(bytes.byteCount)
            } catch {
                result.note("\(error)")
                result.unreadable.add(position...position)
                result.lost.add(position...position)
            }
            if position % 16_384 == 0 { progress(position, result.head) }
            return true
        }
        return result
    }
}

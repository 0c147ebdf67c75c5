/// What a check of the log found.
public struct LogVerification: Sendable {
    /// Records read and found whole.
    public var records: UInt64 = 0
    public var bytes: UInt64 = 0
    public var head: Position = 0
    /// What is wrong, in the order of positions; at most `maximumProblems` are kept.
    public var problems: [String] = []
    public var problemCount = 0

    static let maximumProblems = 100

    mutating func note(_ problem: String) {
        problemCount += 1
        if problems.count < Self.maximumProblems { problems.append(problem) }
    }
}

extension EventLog {
    /// Reads every record: checksum, lengths, positions without gaps, recorded times that never go back.
    ///
    /// - Parameter progress: called now and then with the position reached and the head.
    public func verify(progress: (Position, Position) -> Void = { _, _ in }) throws -> LogVerification {
        try storage.read { log in
            var result = LogVerification()
            result.head = try log.head()
            guard result.head > 0 else { return result }
            var expected: Position = 1
            var lastRecorded = Timestamp(microseconds: .min)
            try log.scan(1...result.head, backward: false) { position, bytes in
                if position != expected {
                    result.note("positions \(expected) to \(position - 1) are missing")
                    expected = position
                }
                expected += 1
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
                }
                if position % 16_384 == 0 { progress(position, result.head) }
                return true
            }
            if expected != result.head + 1 { result.note("positions \(expected) to \(result.head) are missing") }
            return result
        }
    }
}

import LMDB

extension EventLog {
    /// What became of exported events.
    public struct ExportedResult: Sendable {
        /// Events that are new in the log.
        public var stored = 0
        /// Events that were there already, byte for byte.
        public var repeated = 0
        /// The place of the event that was refused, and why; those before it are stored, those after it were not tried.
        public var refusal: (place: Int, reason: any Error)?
    }

    /// Stores events of another log's export exactly as they were recorded: same positions, recorded times, stream versions, checksums.
    ///
    /// The log must be empty or a beginning of the exported one: an event at a position that is taken must be the one that is there. No rule
    /// of a domain is asked, since the other log has kept them; identity within the log is: (source, id) pairs and stream versions.
    ///
    /// - Parameter events: in the order of the export; stored under one durable commit.
    /// - Throws: when the store fails; nothing of these was stored then.
    public func append(exported events: [ExportedEvent]) throws -> ExportedResult {
        try storage.write { log in
            let head = try log.head()
            let session = try IndexSession(self, log)
            defer { session.end() }

            var sequence = RecordSequence(after: .start)
            if let last = try log.event(at: head, { ($0.checksum, $0.recordedTime) }) {
                sequence = RecordSequence(after: Checkpoint(position: head, checksum: last.0), recorded: last.1)
            }
            var result = ExportedResult()
            for (place, event) in events.enumerated() {
                do {
                    let bytes = try event.record()
                    if event.position <= head {
                        try checkRepeats(event, bytes, log)
                        result.repeated += 1
                    } else {
                        try check(event, sequence, session.changes)
                        try sequence.take(bytes.span.bytes)
                        try log.append(record: bytes.span.bytes, at: event.position)
                        session.changes.add(
                            position: event.position, id: event.event.id, source: event.event.source, type: event.event.type,
                            subject: event.event.subject ?? "", tags: event.tags, version: event.streamVersion)
                        result.stored += 1
                    }
                } catch {
                    guard error.isRefusal || error is RecordError else { throw error }
                    result.refusal = (place, error)
                    break
                }
            }
            guard result.stored > 0 else { return result }
            try session.commit(sequence.last) { try log.commit() }
            return result
        }
    }

    private func checkRepeats(_ event: ExportedEvent, _ bytes: [UInt8], _ log: any LogReader) throws {
        let isSame = try log.record(at: event.position) { $0.elementsEqual(bytes) } ?? false
        guard isSame else {
            throw ExportedEventError(
                position: event.position,
                "the log has another event at this position. An export goes into an empty store, or one whose log is a beginning of it.")
        }
    }

    private func check(_ event: ExportedEvent, _ sequence: RecordSequence, _ index: IndexChanges) throws {
        guard event.position == sequence.next else {
            throw ExportedEventError(
                position: event.position,
                "expected the event of position \(sequence.next), which comes next in the log; take the whole export")
        }
        if let taken = try index.position(ofID: event.event.id, source: event.event.source) {
            throw ExportedEventError(
                position: event.position, "its source '\(event.event.source)' and id '\(event.event.id)' are those of position \(taken)")
        }
        let version = try index.stream(event.event.subject ?? "").version &+ 1
        guard event.streamVersion == version else {
            throw ExportedEventError(
                position: event.position, "attribute 'streamversion': expected \(version) in the stream, found \(event.streamVersion)")
        }
    }
}

extension EventLog {
    /// Stores requests under one durable commit, each whole or not at all.
    ///
    /// A refused request leaves no trace and does not touch the others. An event whose (source, id) is in the log gets its first receipt.
    ///
    /// - Parameters:
    ///   - requests: at least one event each.
    ///   - participant: interprets the events first and may refuse them.
    ///   - stopsAtRefusal: requests after a refused one are not tried; the ones before it are stored.
    /// - Returns: for each request tried its receipts, or why it was refused.
    /// - Throws: when the store itself fails; nothing was stored then.
    public func append(
        _ requests: [AppendRequest], joining participant: (any AppendParticipant)? = nil, stopsAtRefusal: Bool = false
    ) throws -> [Result<[Receipt], any Error>] {
        try storage.write { log in
            let session = try IndexSession(self, log)
            defer {
                session.end()
                participant?.end()
            }
            try participant?.begin(log, types: Set(requests.lazy.flatMap(\.events).map(\.type)))

            var stage = try Stage(log: log, index: session.changes, participant: participant, now: clock())
            var results: [Result<[Receipt], any Error>] = []
            for request in requests {
                results.append(stage.add(request))
                if stopsAtRefusal, case .failure? = results.last { break }
            }
            if let failure = stage.storeFailure { throw failure }
            guard !stage.accepted.isEmpty else { return results }

            var checksum: UInt32 = 0
            for event in stage.accepted {
                let encoder = RecordFormat.Encoder(event)
                try log.append(event.position, byteCount: encoder.byteCount) { checksum = encoder.encode(into: $0) }
            }
            let checkpoint = Checkpoint(position: stage.head, checksum: checksum)
            try session.commit(log, checkpoint)
            // The events are on disk: from here on nothing may fail the append. What is behind catches up from the log.
            participant?.commit(checkpoint, isBurst: session.isBurst)
            return results
        }
    }

    /// Stores events together; one of them refused refuses all.
    @discardableResult
    public func append(_ events: [CloudEvent], expected: ExpectedVersion = .any) throws -> [Receipt] {
        try append([AppendRequest(events, expected: expected)])[0].get()
    }
}

/// The events of one commit, gathered request by request.
private struct Stage {
    let log: any LogWriter
    let index: IndexChanges
    let participant: (any AppendParticipant)?
    /// Of the current request.
    private var recordedTime: Timestamp
    private let now: Timestamp
    /// Of the last event in the log.
    private let lastRecorded: Timestamp
    private(set) var head: Position
    private(set) var accepted: [StagedEvent] = []
    /// Not the request's fault.
    private(set) var storeFailure: (any Error)?

    init(log: any LogWriter, index: IndexChanges, participant: (any AppendParticipant)?, now: Timestamp) throws {
        self.log = log
        self.index = index
        self.participant = participant
        head = try log.head()
        lastRecorded = try log.event(at: head) { $0.recordedTime } ?? Timestamp(microseconds: .min)
        self.now = max(now, lastRecorded)
        recordedTime = self.now
    }

    /// Never before the event before, and never in the future.
    private func recordedTime(of request: AppendRequest) -> Timestamp {
        let last = accepted.last?.recordedTime ?? lastRecorded
        guard let given = request.recordedTime else { return max(now, last) }
        return max(last, min(given, now))
    }

    mutating func add(_ request: AppendRequest) -> Result<[Receipt], any Error> {
        let headBefore = head
        let acceptedBefore = accepted.count
        let mark = index.mark
        recordedTime = recordedTime(of: request)
        do {
            guard storeFailure == nil else { throw AppendError.invalid(field: "events", "not tried: the store failed before") }
            let receipts = try stage(request)
            participant?.keep()
            return .success(receipts)
        } catch {
            if !error.isRefusal { storeFailure = error }
            head = headBefore
            accepted.removeLast(accepted.count - acceptedBefore)
            index.undo(to: mark)
            do { try participant?.undo() } catch { storeFailure = error }
            return .failure(error)
        }
    }

    private mutating func stage(_ request: AppendRequest) throws -> [Receipt] {
        var receipts: [Receipt] = []
        receipts.reserveCapacity(request.events.count)
        var stream: Tag?
        for (place, event) in request.events.enumerated() {
            do {
                if let first = try firstReceipt(of: event) {
                    receipts.append(first)
                    continue
                }
                let staged = try stage(event, place == 0 ? request.prepared : nil)
                if request.expected != .any {
                    if let stream, stream != staged.subject {
                        throw AppendError.invalid(
                            field: "subject", "an expected version is for one stream, found \(stream) and \(staged.subject)")
                    }
                    if stream == nil, !request.expected.allows(staged.streamVersion - 1) {
                        throw AppendError.wrongVersion(
                            stream: staged.subject.text, expected: request.expected, found: staged.streamVersion - 1)
                    }
                    stream = staged.subject
                }
                receipts.append(staged.receipt)
            } catch let error where request.events.count > 1 && error.isRefusal {
                throw EventRefusal(place: place, event: event, reason: error)
            }
        }
        return receipts
    }

    private mutating func stage(_ event: CloudEvent, _ prepared: (any PreparedData)?) throws -> StagedEvent {
        try event.validate()
        let subject = try event.subject.map { text throws(AppendError) in try Tag(text) } ?? Tag(trusted: "type:" + event.type)
        let staged = StagedEvent(
            position: head + 1, event: event, time: event.time ?? recordedTime, recordedTime: recordedTime, subject: subject,
            prepared: prepared)
        try participant?.apply(staged)
        staged.streamVersion = try index.version(ofStream: staged.subject.text) + 1
        try staged.validateLengths()
        index.add(
            position: staged.position, id: event.id, source: event.source, type: event.type, subject: staged.subject.text,
            tags: staged.tags, version: staged.streamVersion)
        head = staged.position
        accepted.append(staged)
        return staged
    }

    /// The receipt of an event that was stored, or staged, before; nil for a new one.
    private func firstReceipt(of event: CloudEvent) throws -> Receipt? {
        guard let position = try index.position(ofID: event.id, source: event.source) else { return nil }
        if let first = accepted.first, position >= first.position {
            let staged = accepted[Int(position - first.position)]
            try event.checkRepeats(staged.event.type, staged.event.data, at: position)
            return staged.receipt.asRepeat
        }
        return try log.event(at: position) { record in
            try event.checkRepeats(record.type, record.data, at: position)
            return record.receipt(isRepeat: true)
        }
    }
}

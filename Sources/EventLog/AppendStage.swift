/// Events on their way into the log, gathered request by request.
struct AppendStage {
    private let log: any LogReader
    private let index: IndexChanges
    private let participant: (any AppendParticipant)?
    /// Of the current request.
    private var recordedTime: Timestamp
    private var now: Timestamp
    /// Of the last event in the log.
    private let lastRecorded: Timestamp
    private(set) var head: Position
    private(set) var accepted: [StagedEvent] = []
    /// How many of them were taken to be stored.
    private var taken = 0
    /// Not the request's fault.
    private(set) var storeFailure: (any Error)?

    init(log: any LogReader, index: IndexChanges, participant: (any AppendParticipant)?, now: Timestamp) throws {
        self.log = log
        self.index = index
        self.participant = participant
        head = try log.head()
        lastRecorded = try log.event(at: head) { $0.recordedTime } ?? Timestamp(microseconds: .min)
        self.now = max(now, lastRecorded)
        recordedTime = self.now
    }

    /// From here on events are recorded at this time.
    mutating func advance(to now: Timestamp) { self.now = max(self.now, now) }

    /// The events accepted since they were taken last.
    mutating func take() -> [StagedEvent] {
        defer { taken = accepted.count }
        // Not a part of the same array, all of which would be copied when the next event comes.
        return Array(accepted[taken...])
    }

    /// Never before the event before, and never in the future.
    private func recordedTime(of request: AppendRequest) -> Timestamp {
        let last = accepted.last?.recordedTime ?? lastRecorded
        guard let given = request.recordedTime else { return max(now, last) }
        return max(last, min(given, now))
    }

    mutating func add(_ request: AppendRequest) -> AppendResult {
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
        for place in request.events.indices {
            // Its dozen references are counted here, and nowhere else.
            let staged = StagedEvent(
                position: head + 1, event: request.events[place], time: request.events[place].time ?? recordedTime,
                recordedTime: recordedTime, prepared: place == 0 ? request.prepared : nil)
            do {
                if let first = try firstReceipt(of: staged.event) {
                    receipts.append(first)
                    continue
                }
                try stage(staged)
                if request.expected != .any {
                    if let stream, stream != staged.subject {
                        throw AppendError.invalid(
                            field: "subject", "an expected version is for one stream, found \(stream) and \(staged.subject)")
                    }
                    if stream == nil, !request.expected.allows(staged.streamVersion &- 1) {
                        throw AppendError.wrongVersion(
                            stream: staged.subject.text, expected: request.expected, found: staged.streamVersion &- 1)
                    }
                    stream = staged.subject
                }
                receipts.append(staged.receipt)
            } catch let error where request.events.count > 1 && error.isRefusal {
                throw EventRefusal(place: place, event: staged.event, reason: error)
            }
        }
        return receipts
    }

    private mutating func stage(_ staged: StagedEvent) throws {
        try staged.event.validate()
        if let subject = staged.event.subject { staged.subject = try Tag(subject) }
        try participant?.apply(staged)
        let stream = try index.stream(staged.subject.text)
        // A damaged index may say any number.
        staged.streamVersion = stream.version &+ 1
        try staged.validateLengths()
        index.add(
            position: staged.position, type: staged.event.type, stream: stream.number, version: staged.streamVersion, tags: staged.tags)
        head = staged.position
        accepted.append(staged)
    }

    /// The receipt of an event that was stored, or staged, before; nil for a new one.
    private func firstReceipt(of event: CloudEvent) throws -> Receipt? {
        guard let position = try index.position(ofID: event.id, source: event.source) else { return nil }
        if let first = accepted.first, position >= first.position, position - first.position < accepted.count {
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

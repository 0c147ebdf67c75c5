import EventLog

/// The engine's part in one append, of one commit or several: the projections that its events concern, each caught up, rules enforced.
final class AppendSession: AppendParticipant {
    private let engine: Engine
    /// Where projections that are behind catch up from, while the append goes on.
    private var log: (any LogReader)?
    private var head: Position = 0
    /// By the projection's place, from the first event that concerns it on.
    private var sessions: [ProjectionChanges?]
    /// Which there are.
    private var places: [Int] = []
    /// Whether receipts are to name the rows that were changed.
    private let namesChanges: Bool
    /// Whether the current request changed anything, and whether the requests kept before it did.
    private var isChanged = false
    private var hasStaged = false

    init(_ engine: Engine, namesChanges: Bool) {
        self.engine = engine
        self.namesChanges = namesChanges
        sessions = Array(repeating: nil, count: engine.projections.count)
    }

    func begin(_ log: any LogReader) throws {
        self.log = log
        head = try log.head()
    }

    /// The tables of a projection as they are at the log's head and with what was staged.
    private func session(_ place: Int) throws -> ProjectionChanges? {
        if let session = sessions[place] { return session }
        guard let log else { return nil }
        // No event staged before concerns them. Nobody else appends meanwhile, so two of these never wait for each other.
        let session = try engine.projections[place].beginAppend(log, at: head)
        sessions[place] = session
        places.append(place)
        return session
    }

    func apply(_ event: StagedEvent) throws {
        guard let handler = engine.handler(of: event.event.type), let session = try session(handler.projection) else {
            throw UnknownEventType(event.event.type, known: engine.types)
        }
        let version = event.schemaVersion ?? handler.on.schemaVersion
        event.schemaVersion = version
        let place = EventPlace(
            position: event.position, time: event.time, recordedTime: event.recordedTime, schemaVersion: version,
            readableSince: version)
        if version > 1 {
            let oldest = handler.on.readableSince(version)
            event.readableSince = oldest < version ? oldest : nil
        }
        isChanged = true
        session.beginEvent()
        let labels = try handler.on.apply(event.event.data, prepared: event.prepared, place, session.views)
        var hasSubject = event.event.subject != nil
        func label(_ tag: Tag) {
            if hasSubject { event.add(tag) } else { event.setSubject(tag) }
            hasSubject = true
        }
        if let subject = labels.subject { label(subject) }
        for touch in session.views.touched {
            let buffer = session.views.buffers[touch.table]
            let isNamed = touch.kind == .made || touch.kind != .other && namesChanges
            guard isNamed || buffer.schema.entity != nil else { continue }
            try buffer.locate(touch.row)
            if isNamed {
                let row = RowReference(table: buffer.schema.name, key: buffer.keyText(of: touch.row))
                if touch.kind == .made {
                    event.rows.append(row)
                } else if touch.kind == .removed {
                    event.changed.removeAll { $0 == row }
                    event.removed.append(row)
                } else if !event.rows.contains(row), !event.changed.contains(row) {
                    event.changed.append(row)
                }
            }
            // Most often it is the subject: a tag is text, which takes longer to make than to compare.
            if hasSubject, buffer.isTag(event.subject, of: touch.row) { continue }
            if let tag = buffer.tag(of: touch.row) { label(tag) }
        }
        for tag in labels.tags { event.add(tag) }
    }

    func keep() {
        for place in places { sessions[place]?.views.keep() }
        if isChanged { hasStaged = true }
        isChanged = false
    }

    func undo() throws {
        // If that fails nothing that was gathered can be trusted.
        isChanged = true
        for place in places { try sessions[place]?.views.undo() }
        isChanged = false
    }

    func commit(_ checkpoint: Checkpoint, isBurst: Bool) {
        for place in places { engine.projections[place].behind.commit(checkpoint, isBurst: isBurst) }
        forget()
    }

    func end() {
        for place in places { engine.projections[place].behind.end(isKept: !hasStaged && !isChanged) }
        forget()
    }

    private func forget() {
        for place in places { sessions[place] = nil }
        places = []
        log = nil
    }
}

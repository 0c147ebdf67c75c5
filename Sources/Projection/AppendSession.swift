import EventLog

/// The engine's part in one commit: the projections that its events concern, each caught up, rules enforced.
final class AppendSession: AppendParticipant {
    private let engine: Engine
    private var sessions: [Int: ProjectionChanges] = [:]
    /// Whether receipts are to name the rows that were changed.
    private let namesChanges: Bool
    /// Whether the current request changed anything, and whether the requests kept before it did.
    private var isChanged = false
    private var hasStaged = false

    init(_ engine: Engine, namesChanges: Bool) {
        self.engine = engine
        self.namesChanges = namesChanges
    }

    func begin(_ log: any LogReader, types: Set<String>) throws {
        let head = try log.head()
        // Always in the same order, so that two writers never wait for each other.
        for place in Set(types.compactMap { engine.handler(of: $0)?.projection }).sorted() {
            sessions[place] = try engine.projections[place].beginAppend(log, at: head)
        }
    }

    func apply(_ event: StagedEvent) throws {
        guard let handler = engine.handler(of: event.event.type), let session = sessions[handler.projection] else {
            throw UnknownEventType(event.event.type, known: engine.types)
        }
        let version = event.event.schemaVersion ?? handler.on.schemaVersion
        event.event.schemaVersion = version
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
            let isNamed = touch.kind == .made || touch.kind == .changed && namesChanges
            guard isNamed || buffer.schema.entity != nil else { continue }
            try buffer.locate(touch.row)
            if isNamed {
                let row = RowReference(table: buffer.schema.name, key: buffer.keyText(of: touch.row))
                if touch.kind == .made {
                    event.rows.append(row)
                } else if !event.rows.contains(row), !event.changed.contains(row) {
                    event.changed.append(row)
                }
            }
            if let tag = buffer.tag(of: touch.row) { label(tag) }
        }
        for tag in labels.tags { event.add(tag) }
    }

    func keep() {
        for session in sessions.values { session.views.keep() }
        if isChanged { hasStaged = true }
        isChanged = false
    }

    func undo() throws {
        for session in sessions.values { try session.views.undo() }
        isChanged = false
    }

    func commit(_ checkpoint: Checkpoint, isBurst: Bool) {
        for place in sessions.keys { engine.projections[place].behind.commit(checkpoint, isBurst: isBurst) }
        sessions = [:]
    }

    func end() {
        for place in sessions.keys { engine.projections[place].behind.end(isKept: !hasStaged) }
        sessions = [:]
    }
}

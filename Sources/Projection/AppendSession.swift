import EventLog

/// The engine's part in one commit: the projections that its events concern, each in its write transaction, caught up, rules enforced.
final class AppendSession: AppendParticipant {
    private let engine: Engine
    private var sessions: [Int: ProjectionSession] = [:]

    /// Positions that an append folds in passing; a projection further behind is caught up in steps first.
    private static let longestGap: Position = 10_000

    /// Whether receipts are to name the rows that were changed.
    private let namesChanges: Bool

    init(_ engine: Engine, namesChanges: Bool) {
        self.engine = engine
        self.namesChanges = namesChanges
    }

    func begin(_ log: any LogReader, types: Set<String>) throws {
        let head = try log.head()
        // Always in the same order, so that two writers never wait for each other.
        for place in Set(types.compactMap { engine.handler(of: $0)?.projection }).sorted() {
            let projection = engine.projections[place]
            sessions[place] = try caughtUp(projection, log, head)
        }
    }

    /// A write transaction on tables that stand at the head.
    ///
    /// A few events are folded in passing, to be committed with the append or not at all: a refused one leaves nothing, not even this. What is
    /// far behind is caught up in transactions of its own.
    private func caughtUp(_ projection: Projection, _ log: any LogReader, _ head: Position) throws -> ProjectionSession {
        while true {
            let session = try projection.beginWrite(isNew: true)
            if try session.checkpoint().position + Self.longestGap >= head {
                let reached = try session.fold(log, through: head, limit: .max)
                if reached.position >= head { return session }
            }
            session.end()
            try projection.catchUp(with: log, through: head)
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
        session.views.beginEvent()
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
    }

    func undo() throws {
        for session in sessions.values { try session.views.undo() }
    }

    func flush() throws {
        for session in sessions.values { try session.views.flush() }
    }

    func commit(_ checkpoint: Checkpoint) throws {
        for session in sessions.values { try session.commit(checkpoint) }
    }

    func end() {
        for session in sessions.values { session.end() }
        sessions = [:]
    }
}

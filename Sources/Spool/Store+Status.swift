import EventLog
import Projection

/// How a store is doing.
public struct StoreStatus: Sendable {
    public struct ProjectionStatus: Sendable {
        public let name: String
        public let version: Int
        /// The last event in it, and how many that it handles are still to come.
        public let position: Position
        public var lag: UInt64
        /// False for one that is built when it is first used, as in a store that was restored.
        public let isBuilt: Bool
        public let bytes: Int
        public let rows: Int
        /// Events that this version's rules forbid.
        public let conflicts: Int
        /// Why it cannot be read; nil when it can.
        public let problem: String?
    }

    public let head: Position
    public let firstRecorded: Timestamp?
    public let lastRecorded: Timestamp?
    public let logBytes: Int
    public let indexPosition: Position
    public let indexBytes: Int
    public let projections: [ProjectionStatus]
    /// Events by type, most frequent first.
    public let types: [(type: String, count: UInt64, last: Position)]

    public var isHealthy: Bool { projections.allSatisfy { $0.problem == nil && $0.conflicts == 0 } }
}

extension Store {
    /// Looks without changing anything: what is behind stays behind, except for what this process has yet to write.
    public func status() throws -> StoreStatus {
        settle()
        // The index first: what another process appends meanwhile may be in it, and must be in the log then.
        let index = try self.log.index.beginRead()
        defer { index.end() }
        let log = try self.log.storage.beginRead()
        defer { log.end() }
        let head = try log.head()
        let types = try index.typeSummaries().sorted { ($1.count, $0.type) < ($0.count, $1.type) }
        let indexPosition = try index.checkpoint().position
        var projections = engine.projections.map { $0.status(index) }
        try addLag(beyond: indexPosition, log, head, to: &projections)
        return StoreStatus(
            head: head, firstRecorded: try log.event(at: 1) { $0.recordedTime }, lastRecorded: try log.event(at: head) { $0.recordedTime },
            logBytes: logBytes, indexPosition: indexPosition, indexBytes: try self.log.index.usedBytes(),
            projections: projections, types: types.map { ($0.type, $0.count, $0.last) })
    }

    /// The index tells which events a projection lacks; those that it lacks itself are looked at one by one.
    private func addLag(
        beyond indexed: Position, _ log: any LogReader, _ head: Position, to projections: inout [StoreStatus.ProjectionStatus]
    ) throws {
        guard indexed < head else { return }
        let handled = engine.projections.enumerated().flatMap { place, projection in projection.projector.types.map { ($0, place) } }
        let types = EventTypes(handled.map(\.0))
        try log.forEach(indexed + 1...head) { record in
            if let place = types.place(of: record), record.position > projections[handled[place].1].position {
                projections[handled[place].1].lag += 1
            }
            return true
        }
    }

    /// The events of each type, most frequent first, with the index brought up to date.
    public func typeCounts() throws -> [(type: String, count: UInt64, last: Position)] {
        try log.read { try $0.index.typeSummaries() }.map { ($0.type, $0.count, $0.last) }.sorted {
            ($1.count, $0.type) < ($0.count, $1.type)
        }
    }
}

extension Store {
    /// Who writes to and reads from the log, the index and the views at this moment.
    public func use() throws -> [(part: String, use: EnvironmentUse)] {
        [("log", try storage.use()), ("index", try log.index.use())] + (try engine.projections.map { ($0.name, try $0.use()) })
    }
}

extension Projection {
    fileprivate func status(_ index: IndexReader) -> StoreStatus.ProjectionStatus {
        do {
            let summary = try summary(index)
            return StoreStatus.ProjectionStatus(
                name: name, version: projector.version, position: summary.position, lag: summary.lag, isBuilt: summary.isBuilt,
                bytes: try usedBytes(), rows: summary.rows, conflicts: summary.conflicts, problem: nil)
        } catch {
            return StoreStatus.ProjectionStatus(
                name: name, version: projector.version, position: 0, lag: 0, isBuilt: true, bytes: 0, rows: 0, conflicts: 0,
                problem: "\(error)")
        }
    }
}

import EventLog
import Projection

/// How a store is doing.
public struct StoreStatus: Sendable {
    public struct ProjectionStatus: Sendable {
        public let name: String
        public let version: Int
        /// The last event in it, and how many that it handles are still to come.
        public let position: Position
        public let lag: UInt64
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
        let log = try self.log.storage.beginRead()
        defer { log.end() }
        let head = try log.head()
        let index = try self.log.index.beginRead()
        defer { index.end() }
        let types = try index.typeSummaries().sorted { ($1.count, $0.type) < ($0.count, $1.type) }
        return StoreStatus(
            head: head, firstRecorded: try log.event(at: 1) { $0.recordedTime }, lastRecorded: try log.event(at: head) { $0.recordedTime },
            logBytes: logBytes, indexPosition: try index.checkpoint().position, indexBytes: try self.log.index.usedBytes(),
            projections: engine.projections.map { $0.status(index) },
            types: types.map { ($0.type, $0.count, $0.last) })
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
                name: name, version: projector.version, position: summary.position, lag: summary.lag, bytes: try usedBytes(),
                rows: summary.rows, conflicts: summary.conflicts, problem: nil)
        } catch {
            return StoreStatus.ProjectionStatus(
                name: name, version: projector.version, position: 0, lag: 0, bytes: 0, rows: 0, conflicts: 0, problem: "\(error)")
        }
    }
}

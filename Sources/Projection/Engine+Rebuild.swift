import EventLog

/// What a rebuild or a check of a projection found.
public struct RebuildReport: Sendable {
    public let projection: String
    /// The last position in it.
    public let position: Position
    /// Where the live tables differed from a fresh fold of the log; only tables that did.
    public let differences: [TableDifference]
    /// Events that this version's rules forbid; they changed nothing.
    public let conflictCount: Int
    public let firstConflicts: [String]
}

extension Engine {
    /// Builds a projection from nothing beside the live one, compares the two and, unless it is only a check, swaps them.
    ///
    /// Appends and queries go on meanwhile.
    ///
    /// - Parameter progress: called with the position reached and the head.
    public func rebuild(
        _ name: String, checkOnly: Bool = false, progress: (Position, Position) -> Void = { _, _ in }
    ) throws -> RebuildReport {
        let live = try projection(name)
        let fresh = live.beside()
        defer { try? fresh.remove() }
        let snapshot = try snapshot(of: [name])
        defer { snapshot.end() }
        try fresh.catchUp(with: snapshot.log.log, through: snapshot.position) { progress($0, snapshot.position) }

        let reader = try fresh.beginRead()
        let differences = try snapshot.projection(name).differences(from: reader).filter { !$0.isEmpty }
        let (conflictCount, conflicts) = try reader.conflicts()
        reader.end()
        if !checkOnly {
            try live.environment.replace(with: fresh.environment) {
                try log.storage.read { try fresh.catchUp(with: $0) }
            }
        }
        return RebuildReport(
            projection: name, position: snapshot.position, differences: differences, conflictCount: conflictCount,
            firstConflicts: conflicts.map { "position \($0.position): \($0.reason)" })
    }
}

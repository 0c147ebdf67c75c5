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
    /// Appends and queries go on meanwhile; readers see the one or the other, whole. The tables that were live are kept for `rollBack`.
    ///
    /// - Parameters:
    ///   - progress: called with the position reached and the head.
    ///   - eachDifference: called for each row that differs, table by table; returns whether to go on with this table.
    public func rebuild(
        _ name: String, checkOnly: Bool = false, progress: (Position, Position) -> Void = { _, _ in },
        eachDifference: ((RowDifference) throws -> Bool)? = nil
    ) throws -> RebuildReport {
        let live = try projection(name)
        if !checkOnly { try BuildFolder.removeAbandoned(in: Folder.parent(of: live.path)) }
        let build = try live.makeBuildFolder()
        defer { build.remove() }
        let fresh = live.instance(in: build)
        let snapshot = try snapshot(of: [name])
        defer { snapshot.end() }
        try fresh.catchUp(with: snapshot.log.log, through: snapshot.position) { progress($0, snapshot.position) }

        let reader = try fresh.beginRead()
        let liveReader = try snapshot.projection(name)
        let differences = try liveReader.differences(from: reader).filter { !$0.isEmpty }
        if let eachDifference { try liveReader.forEachDifference(to: reader, eachDifference) }
        let (conflictCount, conflicts) = try reader.conflicts()
        reader.end()
        if !checkOnly {
            try live.environment.replace(with: fresh.environment, formerAt: live.former.path) {
                try log.storage.read { try fresh.catchUp(with: $0) }
            }
            // Where this build differs, what was built for questions about the past may, too.
            try live.removePast()
        }
        return RebuildReport(
            projection: name, position: snapshot.position, differences: differences, conflictCount: conflictCount,
            firstConflicts: conflicts.map { "position \($0.position): \($0.reason)" })
    }

    /// Puts the tables that the last rebuild replaced back; those that were live are kept, so that the same again undoes it.
    ///
    /// They stand where they stood then: the next append or query catches them up.
    ///
    /// - Returns: the position at which they stand.
    /// - Throws: `ProjectionError.noFormer` when there are none, or none that can be trusted after a crash of the operating system.
    @discardableResult
    public func rollBack(_ name: String) throws -> Position {
        let live = try projection(name)
        let former = live.former
        guard File.exists("\(former.path)/data.mdb") else { throw ProjectionError.noFormer(name) }
        let reader = try former.beginRead()
        let checkpoint = try reader.checkpoint()
        reader.end()
        guard let checkpoint else {
            try former.remove()
            throw ProjectionError.noFormer(name)
        }
        try live.environment.replace(with: former.environment) {}
        try live.removePast()
        return checkpoint.position
    }
}

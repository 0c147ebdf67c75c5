import EventLog
import LMDB
import Synchronization

/// A projector with its tables on disk.
public final class Projection: Sendable {
    public let projector: Projector
    // An AtomicLazyReference takes longer: each load of it looks up its type.
    private let knownLayouts = Mutex<TableLayouts?>(nil)
    let environment: DerivedEnvironment
    let settings: Settings
    let flushBytes: Int
    /// Positions that an append folds in passing; a projection further behind is caught up in steps first.
    private static let longestGap: Position = 10_000
    private let folder: String
    let log: any LogStorage
    let bootID: UInt64
    /// What appends change that is not written yet.
    let behind: WriteBehind<ProjectionChanges>
    /// Where it was last found to be at the head of the log.
    let foundCurrent = Mutex<CurrentMark?>(nil)

    public var name: String { projector.name }
    /// Where its tables are: `trends@1`.
    public var path: String { environment.path }

    /// - Parameter flushBytes: changes are written out at about this size, so that memory stays bounded at any length of the log.
    public convenience init(
        _ projector: Projector, in folder: String, of log: any LogStorage, settings: Settings, bootID: UInt64 = BootID.current,
        flushBytes: Int = 48 << 20
    ) {
        self.init(
            projector, in: folder, named: "\(projector.name)@\(projector.version)", of: log, settings: settings, bootID: bootID,
            flushBytes: flushBytes)
    }

    private init(
        _ projector: Projector, in folder: String, named name: String, of log: any LogStorage, settings: Settings, bootID: UInt64,
        flushBytes: Int, capacity: Int = 1 << 40
    ) {
        self.flushBytes = flushBytes
        self.projector = projector
        self.folder = folder
        self.log = log
        self.settings = settings
        self.bootID = bootID
        environment = DerivedEnvironment(
            at: "\(folder)/\(name)", trees: ViewWriter.treeNames(projector.tables.map(\.schema)).map { .init($0) },
            fingerprint: projector.fingerprint, log: log, bootID: bootID, capacity: capacity)
        behind = WriteBehind(environment, mostBytes: flushBytes / 3) {
            ProjectionChanges(projector, settings, flushBytes: flushBytes, enforcesChecks: true)
        }
    }

    /// Made when they are first asked for, as the projector's tables are.
    var layouts: TableLayouts {
        knownLayouts.withLock { known in
            if let known { return known }
            let layouts = TableLayouts(projector.tables)
            known = layouts
            return layouts
        }
    }

    /// Its name and version: `trends@1`.
    var label: String { "\(projector.name)@\(projector.version)" }

    /// Where its checkpoints for questions about the past are.
    var pastFolder: String { "\(folder)/.as-of/\(label)" }

    /// The tables that a rebuild replaced.
    var former: Projection { instance(at: ".former-\(label)") }

    /// A folder to build it in without disturbing anybody.
    func makeBuildFolder() throws -> BuildFolder { try BuildFolder(in: folder, for: label) }

    /// The same projection in another folder.
    func instance(in build: BuildFolder) -> Projection { instance(at: String(build.content.dropFirst(folder.count + 1))) }

    /// The same projection as it was once.
    ///
    /// - Parameter name: within `pastFolder`.
    func past(at name: String) -> Projection {
        // Many may be open at once, and address space is not without end.
        Projection(
            projector, in: folder, named: ".as-of/\(label)/\(name)", of: log, settings: settings, bootID: bootID,
            flushBytes: flushBytes, capacity: 1 << 38)
    }

    private func instance(at name: String) -> Projection {
        Projection(projector, in: folder, named: name, of: log, settings: settings, bootID: bootID, flushBytes: flushBytes)
    }

    func beginRead() throws -> ProjectionReader { ProjectionReader(try environment.beginRead(), self) }

    func beginWrite(deferring deferred: DeferredIndexes? = nil) throws -> ProjectionSession {
        ProjectionSession(self, try environment.beginWrite(), deferred: deferred)
    }

    /// Tables that stand at the head, for an append to change. It ends with `behind.commit` or `behind.end`.
    ///
    /// A few events are folded in passing. What is far behind is caught up in transactions of its own.
    func beginAppend(_ log: any LogReader, at head: Position) throws -> ProjectionChanges {
        while true {
            let (changes, start) = try behind.begin()
            do {
                if (start?.position ?? 0) + Self.longestGap >= head {
                    let reached = try changes.fold(log, from: start, through: head, limit: .max)
                    if reached.position >= head {
                        behind.advance(to: reached)
                        return changes
                    }
                }
            } catch {
                behind.end(isKept: false)
                throw error
            }
            behind.end(isKept: false)
            try catchUp(with: log, through: head)
        }
    }

    /// Brings the tables up to a position of the log, committing now and then.
    ///
    /// - Parameters:
    ///   - through: the last position to take; the head when nil.
    ///   - progress: called with the position reached.
    public func catchUp(with log: any LogReader, through: Position? = nil, progress: (Position) -> Void = { _ in }) throws {
        let last = try through ?? log.head()
        if try buildFromNothing(through: last, progress) { return }
        if try catchUpDecodingAhead(through: last, progress) { return }
        while true {
            let session = try beginWrite()
            defer { session.end() }
            let before = try session.checkpoint()
            let wasThere = try session.isInitialized()
            let reached = try session.fold(log, through: last, limit: 200_000)
            if reached != before || !wasThere { try session.commit(reached) }
            progress(reached.position)
            if reached.position >= last { return }
        }
    }

    /// Builds the tables beside their place and puts them there, where there are none yet; returns false where there are, or not much to build.
    private func buildFromNothing(through last: Position, _ progress: (Position) -> Void) throws -> Bool {
        guard last >= DecodeAhead.shortest else { return false }
        // Who else finds nothing here waits until it is there.
        let session = try beginWrite()
        defer { session.end() }
        guard try !session.isInitialized() else { return false }
        let build = try makeBuildFolder()
        defer { build.remove() }
        let fresh = instance(in: build)
        try fresh.fill(through: last, runsIn: build.path, progress)
        try environment.replace(with: fresh.environment, holding: session.transaction, durably: false) {}
        return true
    }

    /// Folds the log into empty tables, the indexes last.
    func fill(through last: Position, runsIn folder: String, _ progress: (Position) -> Void) throws {
        do {
            try fill(through: last, deferringUnique: true, runsIn: folder, progress)
        } catch is DeferredIndexes.Conflict {
            // Each event then has to be held to the rules in its turn.
            try environment.remove()
            try fill(through: last, deferringUnique: false, runsIn: folder, progress)
        }
    }

    private func fill(
        through last: Position, deferringUnique: Bool, runsIn folder: String, _ progress: (Position) -> Void
    ) throws {
        let deferred = try DeferredIndexes(projector.tables.map(\.schema), includesUnique: deferringUnique, in: folder)
        var session = try beginWrite(deferring: deferred)
        defer { session.end() }
        try session.insertInitialRows()
        let ahead = DecodeAhead(1...last, of: log, projector)
        defer { ahead.stop() }
        while true {
            let (reached, isAll) = try session.fold(ahead)
            try session.commit(reached)
            progress(reached.position)
            session = try beginWrite(deferring: deferred)
            if isAll { break }
        }
        while try !session.loadDeferred() {
            try session.commit(session.checkpoint())
            session = try beginWrite(deferring: deferred)
        }
        try session.commit(session.checkpoint())
    }

    /// Catches up on two threads where it is far behind; returns false where it is not.
    private func catchUpDecodingAhead(through last: Position, _ progress: (Position) -> Void) throws -> Bool {
        var session = try beginWrite()
        defer { session.end() }
        if try !session.isInitialized() { try session.insertInitialRows() }
        let start = try session.checkpoint().position
        guard start + DecodeAhead.shortest <= last else { return false }
        let ahead = DecodeAhead(start + 1...last, of: log, projector)
        defer { ahead.stop() }
        while true {
            let (reached, isAll) = try session.fold(ahead)
            try session.commit(reached)
            progress(reached.position)
            if isAll { return true }
            session.end()
            session = try beginWrite()
            // Another process may have gone on in between, with events that are decoded here already.
            if try session.checkpoint() != reached { return false }
        }
    }

    /// Whether every event it handles is in its tables, judged at the index's checkpoint.
    func isCurrent(_ reader: ProjectionReader, with index: IndexReader) throws -> Bool {
        guard let checkpoint = try reader.checkpoint() else { return false }
        return try projector.types.allSatisfy { type in
            try (index.summary(ofType: type)?.last ?? 0) <= checkpoint.position
        }
    }

    /// Writes what appends of this process changed and was not written yet.
    public func settle() { behind.settle() }

    /// Puts its tables on disk, so that they survive a crash of the operating system.
    public func close() throws {
        settle()
        try environment.close()
    }

    public func usedBytes() throws -> Int { try environment.usedBytes() }

    /// Who writes to and reads from it at this moment.
    public func use() throws -> EnvironmentUse { try environment.use() }

    /// Copies its tables into a new folder while others read and write; returns how far into the log they have come, nil when they were
    /// never built.
    public func copy(to folder: String) throws -> Position? { try environment.copy(to: folder)?.position }

    /// Removes its folder; the next use builds it again.
    func remove() throws { try environment.remove() }

    /// Forgets what was built for questions about the past.
    func removePast() throws { try Folder.remove(pastFolder) }
}

/// Where a projection stands.
public struct ProjectionSummary: Sendable {
    public let position: Position
    /// Whether it was ever built.
    public let isBuilt: Bool
    /// Events it handles that the index has and it has not.
    public let lag: UInt64
    public let rows: Int
    public let conflicts: Int
}

extension Projection {
    /// Looks at the tables as they are, without catching up.
    public func summary(_ index: IndexReader) throws -> ProjectionSummary {
        let reader = try beginRead()
        defer { reader.end() }
        let checkpoint = try reader.checkpoint()
        let position = checkpoint?.position ?? 0
        let end = try index.checkpoint().position
        var lag: UInt64 = 0
        if position < end {
            for type in projector.types {
                try index.forEachPosition(ofType: type, in: position + 1...end, backward: false) { _ in
                    lag += 1
                    return true
                }
            }
        }
        let rows = try projector.tables.reduce(0) { try $0 + reader.table($1.schema.name).count() }
        return ProjectionSummary(
            position: position, isBuilt: checkpoint != nil, lag: lag, rows: rows, conflicts: try reader.conflicts(limit: 0).count)
    }
}

import LMDB

/// Finds events by tag, by type and by id, and knows the version of every stream.
///
/// It is derived from the log: its own environment, committed after the log and never in the log's transaction. Deleting it is safe.
public final class EventIndex: Sendable {
    let environment: DerivedEnvironment
    let log: any LogStorage
    let bootID: UInt64
    /// What appends add that is not written yet.
    let behind: WriteBehind<IndexChanges>

    /// Version of the layout of its trees. Raise it when they change; it is part of the folder's name, so that two programs of different
    /// versions do not replace each other's index.
    public static let version = 1
    /// What its folder is called among a store's views.
    public static let folderName = "index@\(version)"
    private static let layout: UInt64 = 0x5350_4F4F_4C49_0000 | UInt64(version)

    /// - Parameter path: the index's folder, made when missing.
    public init(at path: String, of log: any LogStorage, bootID: UInt64 = BootID.current) {
        self.log = log
        self.bootID = bootID
        environment = DerivedEnvironment(
            at: path,
            trees: [
                .init("ids"), .init("streams"), .init("types"), .init("tags", .integerSets),
            ],
            fingerprint: Self.layout, log: log, bootID: bootID)
        behind = WriteBehind(environment) { IndexChanges() }
    }

    /// The index as it is written: `settle()` or `catchUp(with:)` brings it up to date, and `EventLog.beginRead()` does so by itself.
    public func beginRead() throws -> IndexReader { IndexReader(try environment.beginRead()) }

    /// What an append adds to, brought up to the log's head. It ends with `behind.commit` or `behind.end`.
    func beginAppend(_ log: any LogReader) throws -> IndexChanges {
        let head = try log.head()
        while true {
            let (changes, start) = try behind.begin()
            do {
                let reached = try changes.fold(log, from: start ?? .start, through: head, limit: 10_000)
                behind.advance(to: reached)
                if reached.position >= head { return changes }
            } catch {
                behind.end(isKept: false)
                throw error
            }
            behind.end(isKept: false)
            try catchUp(with: log)
        }
    }

    /// Reads the log from the checkpoint to its head, where the index is behind.
    public func catchUp(with log: any LogReader) throws {
        let reader = try beginRead()
        let behind = try reader.checkpoint().position < log.head()
        reader.end()
        guard behind else { return }
        try fold(log) { _ in }
    }

    /// Adds what the log has beyond the checkpoint; commits now and then, so that memory stays bounded and a crash loses little.
    private func fold(_ log: any LogReader, through last: Position = .max, progress: (Position) -> Void) throws {
        let last = min(try log.head(), last)
        while true {
            let transaction = try environment.beginWrite()
            defer { transaction.end() }
            let changes = IndexChanges()
            let reached = try changes.fold(log, from: transaction.checkpoint(), through: last, limit: 100_000)
            try changes.write(to: transaction)
            try transaction.commit(reached)
            progress(reached.position)
            if reached.position >= last { return }
        }
    }

    /// Builds the index anew beside this one and puts it in its place.
    public func rebuild(progress: (Position) -> Void = { _ in }) throws {
        let build = try BuildFolder(in: Folder.parent(of: environment.path), for: "index")
        defer { build.remove() }
        let fresh = EventIndex(at: build.content, of: log, bootID: bootID)
        try log.read { try fresh.fold($0, progress: progress) }
        try environment.replace(with: fresh.environment) { try log.read { try fresh.fold($0, progress: progress) } }
    }

    /// Builds the index anew and counts the entries in which this one differs; changes nothing.
    public func check(progress: (Position) -> Void = { _ in }) throws -> Int {
        let build = try BuildFolder(in: Folder.parent(of: environment.path), for: "index")
        defer { build.remove() }
        let fresh = EventIndex(at: build.content, of: log, bootID: bootID)
        try log.read { try catchUp(with: $0) }
        let mine = try beginRead()
        defer { mine.end() }
        let last = try mine.checkpoint().position
        // Opened after the index, the log has all that the index has; what it has beyond, others appended meanwhile.
        return try log.read { log in
            try fresh.fold(log, through: last, progress: progress)
            let theirs = try fresh.beginRead()
            defer { theirs.end() }
            var differences = 0
            for (tree, other) in zip(mine.transaction.trees, theirs.transaction.trees) {
                try mine.transaction.transaction.compare(tree, with: theirs.transaction.transaction, other) { _ in differences += 1 }
            }
            return differences
        }
    }

    /// Writes what appends of this process added and was not written yet.
    public func settle() { behind.settle() }

    /// Puts it on disk, so that it survives a crash of the operating system.
    public func close() throws {
        settle()
        try environment.close()
    }

    public func usedBytes() throws -> Int { try environment.usedBytes() }

    /// Copies it into a new folder while others read and write; returns how far into the log it has come, nil when it was never built.
    public func copy(to folder: String) throws -> Position? { try environment.copy(to: folder)?.position }
}

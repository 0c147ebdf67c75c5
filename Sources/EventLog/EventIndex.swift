import LMDB

/// Finds events by tag, by type and by id, and knows the version of every stream.
///
/// It is derived from the log: its own environment, committed after the log and never in the log's transaction. Deleting it is safe.
public final class EventIndex: Sendable {
    let environment: DerivedEnvironment
    let log: any LogStorage
    let bootID: UInt64

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
    }

    public func beginRead() throws -> IndexReader { IndexReader(try environment.beginRead()) }

    func beginWrite() throws -> IndexWriter { IndexWriter(try environment.beginWrite()) }

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
        var finished = false
        while !finished {
            let writer = try beginWrite()
            defer { writer.end() }
            finished = try writer.fold(log, through: last, limit: 100_000)
            let reached = try writer.checkpoint()
            try writer.commit(reached)
            progress(reached.position)
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

    /// Puts it on disk, so that it survives a crash of the operating system.
    public func close() throws { try environment.close() }

    public func usedBytes() throws -> Int { try environment.usedBytes() }

    /// Copies it into a new folder while others read and write; returns how far into the log it has come, nil when it was never built.
    public func copy(to folder: String) throws -> Position? { try environment.copy(to: folder)?.position }
}

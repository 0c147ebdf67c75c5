import Dispatch
import EventLog
import Glibc
import JSON
import LMDB
import Projection
import SQLViews

/// A folder with an event log and the views built from it.
///
/// ```swift
/// let store = try Store.create(at: "spool")
/// let receipt = try store.append(CloudEvent(type: "trend.captured", data: #"{"topic":"AI art","source":"reddit"}"#))
/// try store.query("SELECT topic FROM unused_recent_topics LIMIT 5") { result in
///     while try result.next() { print(result.value(0)) }
/// }
/// ```
///
/// Several processes may have a store open at once, and one process several times.
public final class Store: Sendable {
    public let path: String
    public let info: StoreInfo
    public let engine: Engine
    /// Bytes that events name by their hash.
    public let blobs: BlobStore
    let storage: LMDBStorage
    private let queue: CommitQueue
    private let runner: QueryRunner

    public var log: EventLog { engine.log }

    /// Opens an existing store.
    ///
    /// - Parameters:
    ///   - path: its folder.
    ///   - projectors: its domains.
    ///   - bootID: tells one run of the operating system from the next.
    ///   - clock: gives recorded times.
    /// - Throws: `StoreError` when there is none or its format is unknown.
    public init(
        at path: String, projectors: [Projector] = Catalog.projectors, bootID: UInt64 = BootID.current,
        clock: @escaping @Sendable () -> Timestamp = { .now() }
    ) throws {
        self.path = path
        info = try Self.readInfo(path)
        blobs = BlobStore(at: "\(path)/blobs")
        try Self.checkLog(path)
        let settings = Settings(allowed: info.allowed ?? [:], blobs: blobs)
        let storage = try LMDBStorage(at: "\(path)/log")
        self.storage = storage
        let views = "\(path)/views"
        let log = EventLog(
            storage, index: EventIndex(at: "\(views)/\(EventIndex.folderName)", of: storage, bootID: bootID), clock: clock)
        let engine = Engine(
            log, projections: projectors.map { Projection($0, in: views, of: storage, settings: settings, bootID: bootID) })
        self.engine = engine
        queue = CommitQueue { try engine.append(from: $0, namesChanges: true) }
        runner = QueryRunner(engine)
    }

    /// Makes a store where there is none, and opens it. A store that is there already stays as it is.
    ///
    /// - Parameter allowed: sets of allowed names, such as `["characters": ["butcher", "nutsy"]]`.
    @discardableResult
    public static func create(
        at path: String, allowed: [String: [String]] = [:], clock: @escaping @Sendable () -> Timestamp = { .now() }
    ) throws -> Store {
        try make(at: path, allowed: allowed)
        return try Store(at: path, clock: clock)
    }

    /// Makes a store where there is none; of several processes that try at once, one does.
    ///
    /// - Returns: false when there is one, which stays as it is.
    @discardableResult
    public static func make(at path: String, allowed: [String: [String]] = [:]) throws -> Bool {
        if exists(at: path) { return false }
        if File.isOtherThanFolder(path) { throw StoreError.notAFolder(path: path) }
        try StoreError.checkOutside(path)
        // A crash while it was made may have left the file under its first name.
        guard Folder.names(in: path).allSatisfy({ $0.hasPrefix("store.json.") }) else {
            // Another process may have made it since.
            if exists(at: path) { return false }
            throw StoreError.notEmpty(path: path)
        }
        try Folder.make(path, durably: true)
        let info = StoreInfo(format: StoreInfo.currentFormat, id: UUIDv7.make(), allowed: allowed.isEmpty ? nil : allowed)
        return try File.place("\(path)/store.json", with: JSONEncoding.encode(info) + [0x0A])
    }

    /// Makes a store anew in its folder, empty and with the same settings. Nobody may have it open.
    ///
    /// A crash in between leaves a store that can be opened: the settings are there all the time, the log goes after the views.
    public static func reset(at path: String) throws {
        let allowed = try readInfo(path).allowed
        for part in ["views", "log", "blobs", "repair.json"] { try Folder.remove("\(path)/\(part)") }
        let info = StoreInfo(format: StoreInfo.currentFormat, id: UUIDv7.make(), allowed: allowed)
        try File.replace("\(path)/store.json", with: JSONEncoding.encode(info) + [0x0A])
    }

    /// Whether there is a store in a folder.
    public static func exists(at path: String) -> Bool { File.exists("\(path)/store.json") }

    static func readInfo(_ path: String) throws -> StoreInfo {
        guard exists(at: path) else {
            if errno == EACCES { throw FileError("look into", path) }
            if File.exists("\(path)/log/data.mdb") { throw StoreError.noSettings(path: path) }
            throw File.isOtherThanFolder(path) ? StoreError.notAFolder(path: path) : StoreError.missing(path: path)
        }
        guard !Backup.exists(at: path) else { throw StoreError.isBackup(path: path) }
        let bytes = try File.read("\(path)/store.json")
        do {
            let document = try JSONDocument(parsing: bytes)
            let format = document.root["format"]?.int ?? 0
            guard format == StoreInfo.currentFormat else { throw StoreError.unknownFormat(path: path, found: format) }
            // To begin with `Codable` takes 2 % of the time of `spool append`.
            if document.root["allowed"] == nil, let id = document.root["id"]?.string { return StoreInfo(format: format, id: id) }
            return try document.decode(StoreInfo.self)
        } catch let error as JSONError {
            throw StoreError.broken(path: path, reason: error.description)
        }
    }

    /// An empty log would be made where it is missing: not beside views that are made from one.
    private static func checkLog(_ path: String) throws {
        func isMissing() throws -> Bool { try File.byteCount("\(path)/log/data.mdb") == 0 }
        // Asked twice: another process may make both meanwhile, the log first.
        if try isMissing(), !Folder.names(in: "\(path)/views").isEmpty, try isMissing() { throw StoreError.noLog(path: path) }
    }

    // MARK: Appending

    /// Stores an event, durably, or refuses it without a trace.
    ///
    /// - Throws: a `Refusal` that names the rule, the row and the field.
    @discardableResult
    public func append(_ event: CloudEvent, expected: ExpectedVersion = .any) throws -> Receipt {
        try append([event], expected: expected)[0]
    }

    /// Stores events together or not at all.
    @discardableResult
    public func append(_ events: [CloudEvent], expected: ExpectedVersion = .any) throws -> [Receipt] {
        try engine.append([AppendRequest(events, expected: expected)], namesChanges: true)[0].get()
    }

    /// Stores an event's Swift value under a new id.
    ///
    /// ```swift
    /// let receipt = try store.append(TrendCaptured(topic: "AI art", source: "reddit", relevanceScore: 0.92))
    /// ```
    ///
    /// - Throws: as for a `CloudEvent`.
    @discardableResult
    public func append(_ event: some Event, source: String = "spool", time: Timestamp? = nil) throws -> Receipt {
        try append(CloudEvent(event, source: source, time: time))
    }

    /// Stores an event; callers at the same time share durable commits.
    public func append(_ request: AppendRequest) async throws -> [Receipt] {
        // On the caller's thread: there is one only that stages.
        try await queue.append(engine.prepared(request))
    }

    // MARK: Querying

    /// Runs one SELECT statement on a consistent snapshot.
    ///
    /// A statement is kept when it was prepared: asked again with the same text and other values, it is only run.
    ///
    /// - Parameter asOf: the moment that the query is about; nil: what the options say, else now.
    /// - Throws: `QueryError` in SQL's terms.
    public func query<R>(
        _ sql: String, _ parameters: [SQLValue] = [], options: QueryOptions = QueryOptions(), asOf: AsOf? = nil,
        _ body: (QueryResult) throws -> R
    ) throws -> R {
        var options = options
        if let asOf { options.asOf = asOf }
        return try runner.run(sql, parameters, options: options, body)
    }

    /// All rows of a SELECT statement.
    public func rows(_ sql: String, _ parameters: [SQLValue] = [], asOf: AsOf? = nil) throws -> [[SQLValue]] {
        try query(sql, parameters, asOf: asOf) { result in
            var rows: [[SQLValue]] = []
            while try result.next() { rows.append(result.columns.indices.map { result.value($0) }) }
            return rows
        }
    }

    /// Reads a domain's rows as Swift values, on a consistent snapshot.
    ///
    /// ```swift
    /// let image = try store.read(imageLibrary) { views in try views.get(Image.table, 42) }
    /// ```
    ///
    /// - Parameter asOf: the moment to read them at; nil: now.
    @inlinable
    public func read<R>(_ projector: Projector, asOf: AsOf? = nil, _ body: (ViewReader) throws -> R) throws -> R {
        let tables = try beginRead(projector.name, asOf: asOf)
        defer { tables.end() }
        return try body(tables.views)
    }

    @usableFromInline
    func beginRead(_ projector: String, asOf: AsOf?) throws -> ProjectionReader {
        guard let asOf else { return try engine.tables(of: projector) }
        let snapshot = try engine.snapshot(of: [projector], asOf: asOf)
        // Its tables stay open.
        snapshot.log.end()
        return try snapshot.projection(projector)
    }

    // MARK: Upkeep

    /// For a process that ends with its stores open and does nothing with them any more, which is 0.4 ms sooner than when it closes them: the
    /// system unmaps all files at once.
    public static func leaveAll() { Environment.leaveAll() }

    /// Puts the views on disk, so that they need not be rebuilt after a crash of the operating system. The log always is.
    public func close() throws {
        settle()
        try log.index.close()
        for projection in engine.projections { try projection.close() }
    }

    /// Writes to the index and the views what this process's appends changed there, where that is still in memory.
    ///
    /// Nobody has to call it: a pause in a burst of appends does the same, and who asks a question before folds those events from the log. It
    /// spares the next process that.
    public func settle() {
        // On all cores.
        DispatchQueue.concurrentPerform(iterations: engine.projections.count + 1) { place in
            if place == 0 { log.index.settle() } else { engine.projections[place - 1].settle() }
        }
    }

    /// The same at the end of much work; where building the views again would take long they are put on disk, too.
    ///
    /// - Parameter eventCount: how many were stored.
    /// - Throws: `LMDBError` or `FileError` when they cannot be put on disk; the log has the events.
    public func settle(after eventCount: Int) throws { if eventCount >= 10_000 { try close() } else { settle() } }

    /// Makes sure that no other process has the store in a folder open. This one must not have it open either.
    ///
    /// - Throws: `StoreError.inUse`.
    public static func checkUnused(at path: String) throws {
        if let process = LMDBStorage.otherUser(at: "\(path)/log") { throw StoreError.inUse(path: path, process: process) }
    }

    func add(batch: inout RecordBatch) throws { try batch.store(in: storage) }

    /// Bytes of the log's file in use.
    public var logBytes: Int { storage.usedBytes }
}

import EventLog
import Glibc

/// Makes a store from a backup, as it was at the backup's end or at a point before it.
///
/// ```swift
/// let outcome = try Restore(of: BackupChain(Backup(at: "backups/tuesday")), until: .position(1000)).run(to: "restored")
/// ```
///
/// The log is identical to what it was: the same bytes at the same positions. Views are taken from the backup where it has them and they are
/// not beyond the last event; any other is built again when it is first used.
public struct Restore: Sendable {
    /// What was restored.
    public struct Outcome: Sendable {
        public var head: Position = 0
        public var lastRecorded: Timestamp?
        public var blobs = 0
        /// Views that need not be built again.
        public var views = 0
        public var bytes = 0
    }

    private let chain: BackupChain
    private let until: AsOf?

    public init(of chain: BackupChain, until: AsOf? = nil) {
        self.chain = chain
        self.until = until
    }

    /// Makes the store in a hidden folder, checks it, and gives it its name: it is there whole, or not at all.
    ///
    /// - Parameters:
    ///   - path: a folder that is new or empty.
    ///   - progress: called with the bytes read and how many there are.
    /// - Throws: `BackupError` that says what is wrong and where, `AsOf.BeforeFirst` for a time before the first event.
    @discardableResult
    public func run(to path: String, progress: (Int, Int) -> Void = { _, _ in }) throws -> Outcome {
        try StoreError.checkOutside(path)
        let target = try StagingFolder.resolved(path)
        var status = stat()
        let exists = lstat(target, &status) == 0
        if exists, status.st_mode & S_IFMT != S_IFDIR || !Folder.names(in: target).isEmpty {
            throw BackupError.targetNotEmpty(path: path)
        }
        let last = chain.last
        if case .position(let position)? = until, position > last.info.through.position {
            throw BackupError.beyondEnd(asked: "position \(position)", path: last.path, last: last.info.through.position)
        }
        do {
            let staging = try StagingFolder(beside: target)
            defer { staging.remove() }
            try Folder.make(staging.content)
            let outcome = try fill(staging.content, progress)
            try StagingFolder.syncFolders(staging.content)
            try staging.publish()
            return outcome
        } catch let problem as BackupProblem {
            throw BackupError.damaged(problem)
        } catch let error as BackupError {
            throw error
        } catch let error as AsOf.BeforeFirst {
            throw error
        } catch {
            throw BackupError.notMade(what: "the store", path: path, reason: "\(error)")
        }
    }

    private func fill(_ folder: String, _ progress: (Int, Int) -> Void) throws -> Outcome {
        var outcome = Outcome()
        let storage = try LMDBStorage(at: "\(folder)/log")
        var batch = RecordBatch()
        var isPast = false
        var first: Timestamp?
        let until = until
        let views = Set(viewsToTake.map { BackupManifest.file(ofView: $0.name) })
        let sink = BackupChain.Sink(
            record: { position, bytes in
                // The rest is read all the same: a damaged backup is refused whatever is wanted of it.
                if isPast { return }
                if let until, !until.includes(try RecordView(bytes, at: position)) {
                    if position == 1 { first = try RecordView(bytes, at: position).recordedTime }
                    isPast = true
                    return
                }
                batch.add(bytes, at: position)
                if batch.isFull { try batch.store(in: storage) }
            },
            target: { backup, file in
                let isLast = backup.path == chain.last.path
                if BackupManifest.blob(of: file) != nil {
                    outcome.blobs += 1
                } else if views.contains(file), isLast {
                    outcome.views += 1
                } else if file != "store.json" || !isLast {
                    return nil
                }
                try Folder.make(Folder.parent(of: "\(folder)/\(file)"))
                // A blob that an earlier backup has too.
                return File.exists("\(folder)/\(file)") ? nil : "\(folder)/\(file)"
            })
        _ = try chain.read(into: sink, problem: { throw $0 }, progress: progress)
        if case .time(let time)? = until, batch.last == 0 { throw AsOf.BeforeFirst(time: time, first: first) }
        try batch.store(in: storage)
        outcome.head = batch.last
        outcome.bytes = batch.bytes
        try check(storage, &outcome)
        return outcome
    }

    /// Views of the last backup that have no event which is not restored.
    private var viewsToTake: [BackupInfo.View] {
        switch until {
        case nil: chain.last.info.views
        case .position(let position): chain.last.info.views.filter { $0.position <= position }
        // How far a time goes is known only after the records; these views are seldom asked for, and built again.
        case .time: []
        }
    }

    /// Reads what was written.
    private func check(_ storage: LMDBStorage, _ outcome: inout Outcome) throws {
        try storage.read { log in
            let head = try log.head()
            var sequence = RecordSequence()
            if head > 0 {
                try log.scan(1...head, backward: false) { _, bytes in
                    try sequence.take(bytes)
                    return true
                }
            }
            outcome.lastRecorded = sequence.lastRecorded
            guard head == outcome.head, sequence.last.position == head else {
                throw FileError("read back what was written to", "the restored log", code: EIO)
            }
        }
    }
}

extension AsOf {
    /// Whether an event belongs to the moment, in a log that is read in order.
    fileprivate func includes(_ record: borrowing RecordView) -> Bool {
        switch self {
        case .position(let position): record.position <= position
        case .time(let time): record.recordedTime <= time
        }
    }
}

import EventLog
import Glibc
import JSON

/// Makes a new store of all that is whole in a damaged one, which stays as it is.
///
/// ```swift
/// let report = try Repair(of: "spool").run(to: "repaired")
/// print(report.eventsSaved, report.lost)
/// ```
///
/// Each event saved keeps its position, id, times and bytes. Where one is lost a `spool.lost` takes its position, so that positions stay
/// without gaps and whoever noted one finds the same event there.
public struct Repair {
    private let path: String
    private let salvage: LogSalvage
    private let info: StoreInfo
    private let settings: String
    private let snapshot: (any LogReader)?

    /// Reads the damaged store.
    ///
    /// - Parameters:
    ///   - path: its folder.
    ///   - progress: called with the bytes looked at and how many there are.
    /// - Throws: `RepairError` when there is no log, `StoreError` when the store is of another format or a backup.
    public init(of path: String, progress: (Int, Int) -> Void = { _, _ in }) throws {
        self.path = path
        guard File.exists("\(path)/log/data.mdb") else {
            throw Store.exists(at: path) ? RepairError.noLog(path: path) : StoreError.missing(path: path)
        }
        (info, settings) = try Self.settings(path)
        // Where the log still opens nobody writes over pages that are read here.
        snapshot = try? LMDBStorage(at: "\(path)/log").beginRead()
        salvage = try LogSalvage(at: "\(path)/log", progress: progress)
    }

    private static func settings(_ path: String) throws -> (StoreInfo, String) {
        let id = UUIDv7.make()
        do {
            let old = try Store.readInfo(path)
            return (StoreInfo(format: StoreInfo.currentFormat, id: id, allowed: old.allowed), "kept from the store \(old.id)")
        } catch let error as StoreError {
            switch error {
            case .broken, .missing, .noSettings: break
            default: throw error
            }
            let reason = if case .broken(_, let reason) = error { "store.json cannot be read: \(reason)" } else { "there is no store.json" }
            return (StoreInfo(format: StoreInfo.currentFormat, id: id, allowed: nil), "the default ones, since \(reason)")
        }
    }

    /// What can be saved; nothing is made.
    public func report() -> RepairReport {
        var report = RepairReport(store: path, head: salvage.head)
        let lost = salvage.lost
        report.eventsLost = lost.count
        report.lost = lost.ranges.map { [$0.lowerBound, $0.upperBound] }
        report.eventsSaved = salvage.head - lost.count
        report.eventsRecovered = salvage.unreadable.count - lost.count
        report.ambiguous = salvage.ambiguous
        report.settings = settings
        report.problems = salvage.problems
        report.problemCount = salvage.problemCount
        let blobs = BlobStore(at: "\(path)/blobs")
        report.blobsLost = blobs.check().map(\.hash.hex)
        report.blobsSaved = blobs.list().count - report.blobsLost.count
        return report
    }

    /// Makes the new store: it is there whole, or not at all.
    ///
    /// - Parameters:
    ///   - target: a folder that is new or empty.
    ///   - progress: called with the position reached and the head.
    /// - Returns: what was saved; it is in the new store's `repair.json` too.
    public func run(to target: String, progress: (Position, Position) -> Void = { _, _ in }) throws -> RepairReport {
        try StoreError.checkOutside(target)
        let resolved = try StagingFolder.resolved(target)
        var status = stat()
        if lstat(resolved, &status) == 0, status.st_mode & S_IFMT != S_IFDIR || !Folder.names(in: resolved).isEmpty {
            throw RepairError.targetNotEmpty(path: target)
        }
        do {
            let staging = try StagingFolder(beside: resolved)
            defer { staging.remove() }
            try Folder.make(staging.content)
            var report = report()
            report.to = target
            try File.replace("\(staging.content)/store.json", with: JSONEncoding.encode(info) + [0x0A])
            try fill(staging.content, &report, progress)
            let old = BlobStore(at: "\(path)/blobs")
            let new = BlobStore(at: "\(staging.content)/blobs")
            for hash in old.list() {
                if let bytes = try? old.read(hash) { try new.put(bytes) }
            }
            try File.replace("\(staging.content)/repair.json", with: JSONEncoding.encode(report) + [0x0A])
            try StagingFolder.syncFolders(staging.content)
            try staging.publish()
            return report
        } catch {
            throw RepairError.notMade(path: target, reason: "\(error)")
        }
    }

    /// Writes the new log; again where events turn out not to be applied, which shifts the ids of rows behind them.
    private func fill(_ folder: String, _ report: inout RepairReport, _ progress: (Position, Position) -> Void) throws {
        var refused: Set<Position> = []
        // Each time there are more of them, so that it ends; mostly the second time.
        while true {
            let found = try fill(folder, refused: refused, &report, progress)
            try Folder.remove("\(folder)/views")
            if found.isSubset(of: refused) { return }
            refused.formUnion(found)
            try Folder.remove("\(folder)/log")
        }
    }

    /// - Returns: the events that the projections do not apply, where some are lost.
    private func fill(
        _ folder: String, refused: Set<Position>, _ report: inout RepairReport, _ progress: (Position, Position) -> Void
    ) throws -> Set<Position> {
        let store = try Store(at: folder)
        var keeper = RowIDKeeper(store.engine, refused: refused)
        var batch = RecordBatch()
        var recorded = Timestamp(microseconds: 0)
        var lost: UInt64 = 0
        var isBehindLoss = false
        var bytesSaved: UInt64 = 0
        var pinned: [Position] = []
        try salvage.forEachRecord { position, bytes in
            if let bytes {
                let record = try RecordView(bytes, at: position)
                recorded = max(recorded, record.recordedTime)
                if record.typeBytes.elementsEqual(Array(LostRecord.type.utf8)) { lost = max(lost, record.streamVersion) }
                if let data = keeper.data(of: record, isBehindLoss: isBehindLoss) {
                    batch.add(record.recordBytes(withData: data).span.bytes, at: position)
                    pinned.append(position)
                } else {
                    batch.add(bytes, at: position)
                }
                bytesSaved += UInt64(bytes.byteCount)
            } else {
                lost += 1
                isBehindLoss = true
                batch.add(LostRecord.bytes(at: position, recorded: recorded, number: lost).span.bytes, at: position)
            }
            if batch.isFull {
                try store.add(batch: &batch)
                progress(position, salvage.head)
            }
        }
        try store.add(batch: &batch)
        report.bytesSaved = bytesSaved
        report.pinned = pinned
        let check = try store.log.verify()
        guard check.problemCount == 0, check.head == salvage.head else {
            throw FileError("read back what was written to", "the new log: \(check.problems.first ?? "it is too short")", code: EIO)
        }
        guard isBehindLoss else { return [] }
        let snapshot = try store.engine.snapshot(of: Set(store.engine.projections.map(\.name)))
        defer { snapshot.end() }
        var found: Set<Position> = []
        for projection in store.engine.projections {
            found.formUnion(try snapshot.projection(projection.name).conflicts(limit: .max).first.map(\.position))
        }
        return found
    }
}

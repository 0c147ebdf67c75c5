import EventLog
import JSON
import Projection

/// Copies a log into another store: ids, sources, event times and, as far as possible, recorded times stay; positions are assigned anew.
///
/// Every rule of the new store holds, so that what comes out is a store like any other. It can be interrupted at any moment and run again: it
/// goes on where it stopped, and events that are there are recognised by source and id.
///
/// ```swift
/// var replay = Replay(from: store, to: try Store.create(at: "trends-only"))
/// replay.selection.types = ["trend.captured", "trend.used"]
/// let report = try replay.run()
/// ```
///
/// All events copied, unchanged, into an empty store give the same log to the byte. Where events are left out or changed the new store would
/// assign other ids to rows, and later events would name the wrong ones: an event that made a row is then given that row's `id`, where its
/// type takes one.
public struct Replay {
    public var selection = ReplaySelection()
    public var map = ReplayMap()
    /// Brings events of older schema versions to the current one.
    public var upcasts = false
    /// What to do with an event that the new store refuses.
    public var onError = Ingest.OnError.stop
    /// Rows get the ids that the new store assigns.
    public var assignsNewRowIDs = false
    /// Begins at the first event, whatever was copied before.
    public var restarts = false
    /// Events in a batch, which is on disk before the next begins.
    public var batchSize = 1000

    private let source: Store
    private let target: Store

    public init(from source: Store, to target: Store) {
        self.source = source
        self.target = target
    }

    private var keepsRowIDs: Bool {
        !assignsNewRowIDs && (selection.isPartial || !map.changes.isEmpty || onError == .skip)
    }

    private var settings: String {
        let changes = map.changes.sorted { $0.key < $1.key }.map { type, change in
            "\(type) \(change.type ?? "") \(change.schemaVersion ?? 0) \(change.rename.sorted { $0.key < $1.key }) \(change.drop) "
                + "\(change.set.sorted { $0.key < $1.key }) \(change.omit)"
        }
        return "\(selection.identity); \(changes); upcast \(upcasts), row ids \(keepsRowIDs)"
    }

    /// - Parameters:
    ///   - refused: called for each event that is refused, in order.
    ///   - progress: called after each batch.
    /// - Throws: when a store fails, `AsOf.NotYet` for an end that the log has not come to, `AsOf.BeforeFirst` for one before its first event, `ReplayError` for a store onto itself.
    public func run(
        refused: (RefusedEvent) throws -> Void = { _ in }, progress: (ReplayReport) -> Void = { _ in }
    ) throws -> ReplayReport {
        guard source.info.id != target.info.id else { throw ReplayError.sameStore(path: target.path) }
        var report = ReplayReport()
        report.end = try source.log.storage.read { log in
            try selection.until.map { try $0.positionOfSome(in: log) } ?? log.head()
        }
        var state = ReplayProgress(
            target: target.info.id, settings: settings, position: selection.from - 1, checksum: 0, targetHead: 0, targetChecksum: 0)
        if !restarts, let earlier = try ReplayProgress.read(from: source, to: target, settings: state.settings) {
            state = earlier
            report.isContinued = true
        }
        report.first = state.position + 1
        report.reached = state.position
        var reader = ReplayReader(source, target, selection, map, upcasts: upcasts, keepsRowIDs: keepsRowIDs)
        while report.reached < report.end, !report.isStopped {
            let batch = try reader.read(report.reached + 1...report.end, limit: batchSize, stopsAtRefusal: onError == .stop, &report)
            try store(batch, &report, refused)
            state.position = report.reached
            state.checksum = try ReplayProgress.checksum(at: state.position, in: source) ?? 0
            state.targetHead = try target.log.head()
            state.targetChecksum = try ReplayProgress.checksum(at: state.targetHead, in: target) ?? 0
            try state.write(from: source, to: target)
            progress(report)
        }
        return report
    }

    /// Stores a batch and counts.
    private func store(_ batch: ReplayReader.Batch, _ report: inout ReplayReport, _ refused: (RefusedEvent) throws -> Void) throws {
        for hash in batch.blobs where !target.blobs.contains(hash) {
            try target.blobs.put(source.blobs.read(hash))
            report.blobs += 1
        }
        let requests = batch.items.compactMap { item in
            (try? item.event.get()).map { AppendRequest([$0], recordedTime: item.recordedTime) }
        }
        var results = try requests.isEmpty ? [] : target.engine.append(requests, stopsAtRefusal: onError == .stop)
        results.reverse()
        for item in batch.items {
            do {
                _ = try item.event.get()
                guard let result = results.popLast() else { return }
                for receipt in try result.get() {
                    if receipt.isRepeat {
                        report.counts[item.type, default: .init()].repeated += 1
                    } else {
                        report.counts[item.type, default: .init()].stored += 1
                        if receipt.recordedTime != item.recordedTime { report.retimed += 1 }
                        if item.isPinned { report.pinned += 1 }
                    }
                }
            } catch {
                report.counts[item.type, default: .init()].refused += 1
                try refused(RefusedEvent(position: item.position, type: item.type, id: item.id, reason: "\(error)"))
                if onError == .stop {
                    // It is the first to be tried the next time.
                    report.reached = item.position - 1
                    report.isStopped = true
                    return
                }
            }
        }
        report.reached = batch.last
    }
}

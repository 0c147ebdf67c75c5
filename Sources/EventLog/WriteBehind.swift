import Dispatch
import Synchronization

/// Gathers what appends change in a derived environment, and writes many events' changes at once, on another thread.
///
/// A page that a thousand events change is then copied and written once. Nothing depends on it: the events are on disk in the log, and
/// whoever finds the environment behind folds them, in this process or another. When that happens what was gathered is dropped.
///
/// ```swift
/// let (changes, reached) = try behind.begin()
/// // under the log's write lock: fold, look up, change; commit the log
/// behind.commit(checkpoint, isBurst: false)
/// ```
// Beside a commit of each environment with each append: 1.8 times as many events a second from 64 callers, 1.3 times in batches of 1,000.
public final class WriteBehind<Changes: DerivedChanges & SendableMetatype>: @unchecked Sendable {
    // Unchecked: `turn` is taken for all that follows. A semaphore, since an append gives it back in another function.
    private let turn = DispatchSemaphore(value: 1)
    private let environment: DerivedEnvironment
    private let make: () -> Changes
    /// What is being gathered, above what is being written, above what is committed.
    private var gathered: Layer?
    private var writing: Writing?
    private var transaction: DerivedTransaction?
    private var isArmed = false
    private var lastCommit: UInt64 = 0
    private var othersUntil: UInt64 = 0

    private struct Layer {
        let changes: Changes
        let base: Base
        var reached: Checkpoint

        /// Whether it has no event.
        var isEmpty: Bool { reached == base.checkpoint ?? .start }
    }

    /// What changes lie on. Another opening may be of tables that were built anew: at the same checkpoint their rows need not be the same.
    private struct Base: Equatable {
        let environment: UInt64
        /// nil when nothing was ever committed there.
        let checkpoint: Checkpoint?
    }

    /// A layer that is to be written, by whoever comes first.
    // Unchecked: who looks things up in the layer meanwhile changes nothing.
    private final class Writing: @unchecked Sendable {
        let layer: Layer
        private let turn = Mutex(())
        private let done = Atomic(false)

        init(_ layer: Layer) { self.layer = layer }

        var isDone: Bool { done.load(ordering: .acquiring) }

        /// Writes it, unless another thread is at it.
        func begin(_ write: (Layer) -> Void) { turn.withLockIfAvailable { _ in writeOnce(write) } }

        /// Returns when it is written.
        func finish(_ write: (Layer) -> Void) { turn.withLock { _ in writeOnce(write) } }

        private func writeOnce(_ write: (Layer) -> Void) {
            guard !isDone else { return }
            write(layer)
            done.store(true, ordering: .releasing)
        }
    }

    /// Written out from here on, whatever the pace. A page that more events change is copied and written less often; but LMDB keeps the pages of
    /// one commit in memory, at first no more than there are, in a store of 10,000,000 events some ten for each: the larger the file, the sooner it
    /// is written.
    private let mostEvents = 16_384
    private let mostEventsOfLarge = 3_072
    /// In bytes: up to here no fewer than `mostEvents`.
    private let largeFile = 128 << 20
    private let mostBytes: Int

    /// - Parameters:
    ///   - mostBytes: changes are written when they take so much memory, or are of very many events.
    ///   - make: changes with nothing in them.
    public init(_ environment: DerivedEnvironment, mostBytes: Int = 16 << 20, make: @escaping () -> Changes) {
        self.environment = environment
        self.mostBytes = mostBytes
        self.make = make
    }

    // MARK: An append

    /// Changes to stage an append's events on, and how far into the log they go: the caller folds the rest, and ends with `commit` or `end`.
    ///
    /// - Returns: no checkpoint where nothing was ever committed nor gathered.
    public func begin() throws -> (changes: Changes, reached: Checkpoint?) {
        turn.wait()
        // Asked before the snapshot begins: what was written by now is in it.
        let wasWritten = writing?.isDone ?? true
        do {
            let transaction = try environment.beginRead()
            self.transaction = transaction
            let committed = try Self.base(transaction)
            var below = wasWritten ? nil : writing?.layer
            if wasWritten { writing = nil }
            if let layer = below, layer.base != committed { below = nil }
            let base = Base(environment: committed.environment, checkpoint: below?.reached ?? committed.checkpoint)
            if let layer = gathered, layer.base != base {
                // Others have written there, or the last writing failed.
                gathered = nil
                othersUntil = DispatchTime.now().uptimeNanoseconds + AppendPace.memoryOfOthers
            }
            let isFirst = gathered == nil && base.checkpoint == nil
            let layer = gathered ?? Layer(changes: make(), base: base, reached: base.checkpoint ?? .start)
            gathered = layer
            try layer.changes.look(in: transaction, below: below?.changes)
            return (layer.changes, isFirst ? nil : layer.reached)
        } catch {
            end(isKept: false)
            throw error
        }
    }

    private static func base(_ transaction: DerivedTransaction) throws -> Base {
        Base(environment: transaction.transaction.environment.number, checkpoint: try transaction.committed())
    }

    /// What the caller folded from the log stays, whatever becomes of the append.
    public func advance(to checkpoint: Checkpoint) { gathered?.reached = checkpoint }

    /// Ends an append of which nothing is to be written: it stored nothing, or failed.
    ///
    /// - Parameter isKept: what was staged was taken back; otherwise everything gathered goes.
    public func end(isKept: Bool) {
        defer { turn.signal() }
        endReading()
        guard isKept, let layer = gathered, !layer.isEmpty else {
            gathered = nil
            return
        }
        // What refused events looked up takes memory, too.
        if isLarge(layer.changes) { writeBeside() }
    }

    /// Ends an append whose events are on disk.
    ///
    /// - Parameter isBurst: the next append is near; what this one changed may stay in memory till then.
    public func commit(_ checkpoint: Checkpoint, isBurst: Bool) {
        defer { turn.signal() }
        endReading()
        guard var layer = gathered else { return }
        layer.reached = checkpoint
        gathered = layer
        lastCommit = DispatchTime.now().uptimeNanoseconds
        let isLarge = isLarge(layer.changes)
        let mayGather = isBurst && lastCommit >= othersUntil
        if isLarge || !mayGather && layer.changes.eventCount >= AppendPace.largeAppend {
            writeBeside()
        } else if mayGather {
            arm()
        } else {
            writing?.finish(write)
            write(layer)
            gathered = nil
        }
    }

    private func isLarge(_ changes: Changes) -> Bool {
        let count = changes.eventCount
        if count >= mostEvents || changes.byteCount >= mostBytes { return true }
        guard count >= mostEventsOfLarge, let size = try? environment.usedBytes(), size > largeFile else { return false }
        return count >= mostEvents * largeFile / size
    }

    private func endReading() {
        transaction?.end()
        transaction = nil
        gathered?.changes.detach()
    }

    // MARK: Writing

    /// Who holds the lock there writes the same events, or stands still: in neither case is it worth while to wait long for it.
    private static var patience: LockWait { LockWait(limit: .milliseconds(100)) }

    /// That it cannot be written is no failure: the log has the events.
    private func write(_ layer: Layer) { try? tryToWrite(layer) }

    private func tryToWrite(_ layer: Layer) throws {
        guard let transaction = try LockWait.$current.withValue(Self.patience, operation: environment.beginWriteIfInPlace) else { return }
        defer { transaction.end() }
        // Whoever came first has folded the same events from the log.
        guard try Self.base(transaction) == layer.base else { return }
        try layer.changes.write(to: transaction)
        try transaction.commit(layer.reached, keepsPagesApart: true)
    }

    /// Has another thread write what is gathered, once what was to be written before is.
    private func writeBeside() {
        guard let writing = takeGathered() else { return }
        DispatchQueue.global(qos: .userInitiated).async { [self] in writing.begin(write) }
    }

    /// What is gathered, to be written.
    private func takeGathered() -> Writing? {
        guard let layer = gathered else { return nil }
        // Here, if no thread has begun with it: there may be none that is free.
        writing?.finish(write)
        let writing = Writing(layer)
        self.writing = writing
        gathered = nil
        return writing
    }

    /// Has what is gathered written when appends have paused.
    private func arm() {
        guard !isArmed else { return }
        isArmed = true
        lookLater()
    }

    private func lookLater() {
        DispatchQueue.global(qos: .utility).asyncAfter(deadline: .now() + .nanoseconds(Int(AppendPace.pause))) { [weak self] in
            guard let self else { return }
            // In the middle of an append there is no pause, and to wait for its end would have it wake this thread.
            guard turn.wait(timeout: .now()) == .success else { return lookLater() }
            defer { turn.signal() }
            isArmed = false
            guard gathered != nil else { return }
            if DispatchTime.now().uptimeNanoseconds >= lastCommit + AppendPace.pause { writeBeside() } else { arm() }
        }
    }

    /// Writes everything that is gathered, and returns when that is done.
    public func settle() {
        turn.wait()
        let writing = takeGathered() ?? writing
        turn.signal()
        writing?.finish(write)
    }
}

import Dispatch
import Projection
import Synchronization

/// Reads, parses and decodes facts on a thread of its own, ahead of the one that stores them.
///
/// It gives what there is: all of a batch when the input is a file, and each line as it comes when the input is a pipe.
final class ReadAhead: Sendable {
    /// Chunks to be stored together.
    struct Batch: Sendable {
        fileprivate(set) var facts: [[Fact]] = []
        fileprivate(set) var lines = 0
        fileprivate(set) var bytesRead = 0
        fileprivate var bytes = 0
    }

    /// Facts with how far the source had come after them.
    private struct Chunk {
        var facts: [Fact] = []
        var lines = 0
        var bytesRead = 0
        /// Of the input, roughly, that went into the facts.
        var bytes = 0
    }

    /// Input in one batch, and read ahead, in bytes: facts may be large.
    private static let byteLimit = 16 << 20

    private struct State {
        var chunks: [Chunk] = []
        var spent: [[Fact]] = []
        var factCount: Int { chunks.reduce(0) { $0 + $1.facts.count } }
        var bytes: Int { chunks.reduce(0) { $0 + $1.bytes } }
        var isStopped = false
        var failure: (any Error)?
    }

    private let state = Mutex(State())
    /// Counts the chunks, and the end.
    private let filled = DispatchSemaphore(value: 0)
    /// Signalled when something was taken.
    private let taken = DispatchSemaphore(value: 0)
    /// Facts in one batch, and read ahead, at most.
    private let limit: Int
    private let chunkSize: Int

    /// - Parameters:
    ///   - stopsAtFailure: what comes after a fact that is none is not read.
    ///   - limit: facts in one batch at most, and so many are read ahead.
    init(_ source: any FactSource, preparingFor engine: Engine, stopsAtFailure: Bool, limit: Int) {
        self.limit = limit
        chunkSize = min(limit, 250)
        // The source belongs to the other thread from here on.
        nonisolated(unsafe) let source = source
        DispatchQueue(label: "spool.read").async { self.read(source, engine, stopsAtFailure) }
    }

    /// The next facts, at most a batch of them, waiting until there are some; nil at the end.
    func next() throws -> Batch? {
        filled.wait()
        let (batch, failure) = state.withLock { state in
            var batch = Batch()
            var count = 0
            for chunk in state.chunks {
                guard batch.facts.isEmpty || count + chunk.facts.count <= limit && batch.bytes + chunk.bytes <= Self.byteLimit else {
                    break
                }
                // The first was counted by the wait above.
                if !batch.facts.isEmpty { filled.wait() }
                batch.facts.append(chunk.facts)
                batch.lines = chunk.lines
                batch.bytesRead = chunk.bytesRead
                batch.bytes += chunk.bytes
                count += chunk.facts.count
            }
            state.chunks.removeFirst(batch.facts.count)
            return (batch, state.failure)
        }
        taken.signal()
        if !batch.facts.isEmpty { return batch }
        if let failure { throw failure }
        return nil
    }

    /// Lets the reading thread free what the other is done with: 6 % of an ingest's samples.
    func takeBack(_ batch: consuming Batch) {
        let facts = batch.facts
        state.withLock { $0.spent.append(contentsOf: facts) }
    }

    /// Ends the reading, as soon as the source has given what it is about to give.
    func stop() {
        state.withLock { $0.isStopped = true }
        taken.signal()
    }

    private func read(_ source: any FactSource, _ engine: Engine, _ stopsAtFailure: Bool) {
        var chunk = Chunk()
        func hand(over isLast: Bool = false) {
            guard !chunk.facts.isEmpty else { return }
            chunk.lines = source.lineNumber
            chunk.bytes = source.bytesRead - chunk.bytesRead
            chunk.bytesRead = source.bytesRead
            put(chunk)
            chunk.facts = []
            chunk.facts.reserveCapacity(chunkSize)
        }
        source.willWait = { hand() }
        var failure: (any Error)?
        do {
            while !state.withLock({ $0.isStopped }), var fact = try source.next() {
                fact.prepare(engine)
                chunk.facts.append(fact)
                if stopsAtFailure, fact.failure != nil { break }
                if chunk.facts.count >= chunkSize || source.bytesRead - chunk.bytesRead > Self.byteLimit / 8 { hand() }
            }
        } catch {
            failure = error
        }
        source.willWait = nil
        hand()
        state.withLock { $0.failure = failure }
        filled.signal()
    }

    /// Waits while enough is read ahead.
    private func put(_ chunk: Chunk) {
        while state.withLock({ !$0.isStopped && ($0.factCount >= limit || $0.bytes >= Self.byteLimit) }) { taken.wait() }
        let spent = state.withLock { state in
            state.chunks.append(chunk)
            defer { state.spent = [] }
            return state.spent
        }
        filled.signal()
        _ = consume spent
    }
}

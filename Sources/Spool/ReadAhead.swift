import Dispatch
import EventLog
import Projection

/// Reads, parses and decodes facts on a thread of its own, ahead of the one that stores them.
///
/// It gives what there is: all of a batch when the input is a file, and each line as it comes when the input is a pipe.
final class ReadAhead: Sendable {
    /// Facts to be stored together, with how far the source had come after them.
    struct Batch: Sendable {
        fileprivate(set) var facts: [[Fact]] = []
        fileprivate(set) var count = 0
        fileprivate(set) var lines = 0
        fileprivate(set) var bytesRead = 0
    }

    private struct Chunk: Sendable {
        var facts: [Fact] = []
        var lines = 0
        var bytesRead = 0
    }

    /// Memory that what is read ahead may take, in bytes, roughly: facts may be large.
    private static let memoryLimit = 24 << 20
    /// Of a parsed and decoded fact beside its text.
    private static let factOverhead = 3000

    private let chunks = BoundedQueue<Chunk>(limit: memoryLimit)
    /// What the other thread is done with.
    private let spent = BoundedQueue<Batch>(limit: .max)
    /// Facts in one batch at most.
    private let limit: Int

    /// - Parameters:
    ///   - stopsAtFailure: what comes after a fact that is none is not read.
    ///   - limit: facts in one batch at most.
    init(_ source: any FactSource, preparingFor engine: Engine, stopsAtFailure: Bool, limit: Int) {
        self.limit = limit
        // The source belongs to the other thread from here on.
        nonisolated(unsafe) let source = source
        DispatchQueue(label: "spool.read").async { [self] in read(source, engine, stopsAtFailure) }
    }

    /// The next facts, at most a batch of them, waiting until there are some; nil at the end.
    func next() throws -> Batch? {
        guard let first = try chunks.take() else { return nil }
        var batch = Batch()
        func add(_ chunk: Chunk) {
            batch.facts.append(chunk.facts)
            batch.count += chunk.facts.count
            batch.lines = chunk.lines
            batch.bytesRead = chunk.bytesRead
        }
        add(first)
        while let chunk = chunks.takeIfThere(where: { batch.count + $0.facts.count <= limit }) { add(chunk) }
        return batch
    }

    /// Lets the reading thread free what the other is done with, which took that one 6 % of its time.
    func takeBack(_ batch: consuming Batch) { _ = spent.put(batch, weight: 0) }

    /// Ends the reading, as soon as the source has given what it is about to give.
    func stop() { chunks.stop() }

    private func read(_ source: any FactSource, _ engine: Engine, _ stopsAtFailure: Bool) {
        let chunkSize = min(limit, 250)
        var chunk = Chunk()
        var decoder = PayloadDecoder()
        func handOver() {
            guard !chunk.facts.isEmpty else { return }
            let bytes = source.bytesRead - chunk.bytesRead
            chunk.lines = source.lineNumber
            chunk.bytesRead = source.bytesRead
            _ = chunks.put(chunk, weight: bytes + chunk.facts.count * Self.factOverhead)
            while spent.takeIfThere(where: { _ in true }) != nil {}
            chunk.facts = []
            chunk.facts.reserveCapacity(chunkSize)
        }
        source.willWait = handOver
        defer { source.willWait = nil }
        do {
            while !chunks.isStopped, var fact = try source.next() {
                fact.prepare(engine, &decoder)
                chunk.facts.append(fact)
                if stopsAtFailure, fact.failure != nil { break }
                if chunk.facts.count >= chunkSize || source.bytesRead - chunk.bytesRead > 2 << 20 { handOver() }
            }
            handOver()
            chunks.finish()
        } catch {
            handOver()
            chunks.finish(throwing: error)
        }
    }
}

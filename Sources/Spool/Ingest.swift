import EventLog
import Projection

/// Takes a stream of facts into a store: in batches, each on disk before the next begins, every rule checked.
///
/// It can be interrupted at any moment and run again: events that are stored already are recognised by their ids.
public struct Ingest {
    /// What to do with a line that is refused.
    public enum OnError: Sendable {
        /// Stop there; the lines before it are stored.
        case stop
        /// Go on without it.
        case skip
    }

    /// How far it came.
    public struct Progress: Sendable {
        public var lines = 0
        /// What was stored, there before or refused: lines of NDJSON that are not blank, records of CSV.
        public var facts: Int { stored + repeated + refused }
        public var stored = 0
        public var repeated = 0
        public var refused = 0
        public var bytesRead = 0
        /// Size of the input, where known.
        public var size: Int?
        public var head: Position = 0

        public init() {}
    }

    /// A line that was refused.
    public struct RefusedLine: Sendable {
        public let number: Int
        public let text: String
        public let error: any Error
        public var reason: String { "\(error)" }
    }

    /// Lines in a batch.
    public static let defaultBatchSize = 5000

    private let store: Store
    private let onError: OnError
    private let batchSize: Int

    /// - Parameter batchSize: lines in a batch, which is on disk before the next begins.
    public init(into store: Store, onError: OnError = .stop, batchSize: Int = defaultBatchSize) {
        self.store = store
        self.onError = onError
        self.batchSize = batchSize
    }

    /// - Parameters:
    ///   - source: gives the facts line by line.
    ///   - refused: called for each line that is refused, in order.
    ///   - progress: called after each batch.
    /// - Returns: the counts at the end. With `.stop`, `refused` is 1 when a line stopped it.
    /// - Throws: when the store or the input fails.
    public func run(
        _ source: some FactSource, refused: (RefusedLine) throws -> Void = { _ in }, progress: (Progress) -> Void = { _ in }
    ) throws -> Progress {
        var counts = Progress()
        counts.size = source.size
        let ahead = ReadAhead(source, preparingFor: store.engine, stopsAtFailure: onError == .stop, limit: batchSize)
        defer { ahead.stop() }
        while let batch = try ahead.next() {
            counts.lines = batch.lines
            counts.bytesRead = batch.bytesRead
            let stopped = try append(batch.facts, &counts, refused)
            ahead.takeBack(batch)
            progress(counts)
            if stopped { break }
        }
        return counts
    }

    /// Returns whether a refused line ends the run.
    private func append(_ batch: [[Fact]], _ counts: inout Progress, _ refused: (RefusedLine) throws -> Void) throws -> Bool {
        var requests: [AppendRequest] = []
        requests.reserveCapacity(batchSize)
        for facts in batch { for fact in facts { if case .success(let request) = fact.request { requests.append(request) } } }
        let results = try requests.isEmpty ? [] : store.engine.append(requests, stopsAtRefusal: onError == .stop)
        var next = 0
        for fact in batch.joined() {
            do {
                if let failure = fact.failure { throw failure }
                guard next < results.count else { return true }
                next += 1
                for receipt in try results[next - 1].get() {
                    if receipt.isRepeat { counts.repeated += 1 } else { counts.stored += 1 }
                    counts.head = max(counts.head, receipt.position)
                }
            } catch {
                counts.refused += 1
                try refused(RefusedLine(number: fact.line, text: fact.text(), error: error))
                if onError == .stop {
                    counts.lines = fact.line
                    return true
                }
            }
        }
        return false
    }
}

/// A fact of an input: its event, or why it is none.
public struct Fact: Sendable {
    public let line: Int
    var request: Result<AppendRequest, any Error>
    /// The input as it was, for a file of rejects.
    let text: @Sendable () -> String

    public init(line: Int, event: Result<CloudEvent, any Error>, text: @escaping @Sendable () -> String) {
        self.line = line
        request = event.map { AppendRequest([$0]) }
        self.text = text
    }

    /// The event, or why it is none.
    public var event: Result<CloudEvent, any Error> { request.map { $0.events[0] } }

    var failure: (any Error)? { if case .failure(let error) = request { error } else { nil } }

    /// Decodes the data, so that the thread that stores it need not.
    mutating func prepare(_ engine: Engine, _ decoder: inout PayloadDecoder) {
        if case .success(let request) = request { self.request = .success(engine.prepared(request, &decoder)) }
    }
}

/// An input of facts.
public protocol FactSource: AnyObject {
    var lineNumber: Int { get }
    var bytesRead: Int { get }
    var size: Int? { get }
    /// Called before the source waits for more input: what it gave so far should not wait with it.
    var willWait: (() -> Void)? { get set }
    /// The next fact, nil at the end.
    ///
    /// - Throws: when the input itself cannot be read.
    func next() throws -> Fact?
}

/// NDJSON: a CloudEvent a line; blank lines are passed over.
public final class NDJSONSource: FactSource {
    private let reader: LineReader

    public init(_ reader: LineReader) { self.reader = reader }

    public var lineNumber: Int { reader.lineNumber }
    public var bytesRead: Int { reader.bytesRead }
    public var size: Int? { reader.size }
    public var willWait: (() -> Void)? {
        get { reader.willWait }
        set { reader.willWait = newValue }
    }

    public func next() throws -> Fact? {
        do {
            while let line = try reader.next() {
                if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { continue }
                let bytes = Array(line)
                let event = Result { try CloudEvent(json: bytes) }
                return Fact(line: reader.lineNumber, event: event) { String(decoding: bytes, as: UTF8.self) }
            }
            return nil
        } catch let error as LineReader.TooLong {
            return Fact(line: reader.lineNumber, event: .failure(error)) { "" }
        }
    }
}

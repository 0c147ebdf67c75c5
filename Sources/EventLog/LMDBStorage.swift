import LMDB

/// The log in an LMDB environment: one tree of records keyed by position, appended at its right edge, durable at commit.
///
/// A damaged file is an error that says what is out of reach, at a read as at a write.
public final class LMDBStorage: LogStorage {
    let environment: Environment

    /// The folder of the log.
    public var path: String { environment.path }

    /// - Parameter path: the folder of the log, made when missing.
    public init(at path: String) throws {
        let lastCommit = LastCommit(bootID: BootID.known) { position, bytes in (try? RecordView(bytes, at: position)) != nil }
        environment = try Environment(at: path, trees: [.init(nil, .integers)], durability: .durableByOneFlush(lastCommit))
    }

    /// A process that has the log in a folder open, other than this one, which must not: see `Environment.otherUser`.
    public static func otherUser(at path: String) -> Int32? { Environment.otherUser(at: path) }

    /// Bytes of the log's file in use.
    public var usedBytes: Int { environment.usedBytes }

    public func beginRead() throws -> any LogReader {
        let (transaction, records) = try environment.beginDenseRead()
        return LMDBLogReader(transaction, records, environment.trees[0])
    }

    public func lastCommit() throws -> UInt64 { try environment.lastCommit() }

    public func hold<R>(_ body: (any LogHold) throws -> R) throws -> R {
        try environment.hold { try body(LMDBLogHold(hold: $0, tree: environment.trees[0])) }
    }
}

private struct LMDBLogHold: LogHold {
    let hold: WriteHold
    let tree: Tree

    func write<R>(_ body: (any LogWriter) throws -> R) throws -> R {
        let (transaction, records) = try hold.beginDenseWrite()
        let writer = LMDBLogReader(transaction, records, tree)
        defer { writer.end() }
        return try body(writer)
    }
}

private final class LMDBLogReader: LogWriter {
    private let transaction: Transaction
    /// What was committed before.
    private let records: DenseTree
    private let tree: Tree
    /// The last position, with those appended here.
    private var last: Position

    init(_ transaction: Transaction, _ records: DenseTree, _ tree: Tree) {
        self.transaction = transaction
        self.records = records
        self.tree = tree
        last = records.count
    }

    func head() throws -> Position {
        // An error where the last record cannot be reached: the log would seem shorter than it is.
        let records = records
        if last == records.count { _ = try records.value(of: last) }
        return last
    }

    var commitNumber: UInt64 { records.commit }

    func record<R>(at position: Position, _ body: (RawSpan) throws -> R) throws -> R? {
        if position > records.count, last > records.count {
            let transaction = transaction
            guard let bytes = try transaction.value(of: position, in: tree) else { return nil }
            return try body(bytes)
        }
        let records = records
        guard let bytes = try records.value(of: position) else { return nil }
        return try body(bytes)
    }

    func prefetch(_ positions: [Position]) { records.prefetch(positions) }

    func scan(_ range: ClosedRange<Position>, backward: Bool, _ body: (Position, RawSpan) throws -> Bool) throws {
        guard last > records.count else { return try records.scan(range, backward: backward, body) }
        let lower = max(1, range.lowerBound)
        let upper = min(last, range.upperBound)
        guard lower <= upper else { return }
        for step in 0...upper - lower {
            let position = backward ? upper - step : lower + step
            guard try record(at: position, { try body(position, $0) }) == true else { return }
        }
    }

    func append(_ position: Position, byteCount: Int, fill: (UnsafeMutableRawBufferPointer) -> Void) throws {
        guard position == last + 1 else { throw PositionError(expected: last + 1, found: position) }
        try transaction.append(position, byteCount: byteCount, to: tree, fill: fill)
        last = position
    }

    func commit() throws { try transaction.commit() }

    func end() { transaction.end() }
}

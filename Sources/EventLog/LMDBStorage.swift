import LMDB

/// The log in an LMDB environment: one tree of records keyed by position, appended at its right edge, durable at commit.
public final class LMDBStorage: LogStorage {
    let environment: Environment

    /// - Parameter path: the folder of the log, made when missing.
    public init(at path: String) throws {
        environment = try Environment(at: path, trees: [.init(nil, .integers)])
    }

    /// A process that has the log in a folder open, other than this one, which must not: see `Environment.otherUser`.
    public static func otherUser(at path: String) -> Int32? { Environment.otherUser(at: path) }

    /// Bytes of the log's file in use.
    public var usedBytes: Int { environment.usedBytes }

    public func beginRead() throws -> any LogReader {
        LMDBLogReader(try environment.beginRead(), environment.trees[0])
    }

    public func write<R>(_ body: (any LogWriter) throws -> R) throws -> R {
        let writer = LMDBLogReader(try environment.beginWrite(), environment.trees[0])
        defer { writer.end() }
        return try body(writer)
    }
}

private final class LMDBLogReader: LogWriter {
    private let transaction: Transaction
    private let tree: Tree
    /// The position to append at, once it was looked up.
    private var next: Position?

    init(_ transaction: Transaction, _ tree: Tree) {
        self.transaction = transaction
        self.tree = tree
    }

    func head() throws -> Position {
        let cursor = try transaction.cursor(tree)
        return try cursor.move(.last) ? cursor.integerKey : 0
    }

    func record<R>(at position: Position, _ body: (RawSpan) throws -> R) throws -> R? {
        let transaction = transaction
        guard let bytes = try transaction.value(of: position, in: tree) else { return nil }
        return try body(bytes)
    }

    func scan(_ range: ClosedRange<Position>, backward: Bool, _ body: (Position, RawSpan) throws -> Bool) throws {
        let cursor = try transaction.cursor(tree)
        if !backward {
            var found = try cursor.seek(range.lowerBound)
            while found, cursor.integerKey <= range.upperBound, try body(cursor.integerKey, cursor.value) {
                found = try cursor.move(.next)
            }
        } else {
            var found = try cursor.seek(range.upperBound)
            if !found { found = try cursor.move(.last) }
            if found, cursor.integerKey > range.upperBound { found = try cursor.move(.previous) }
            while found, cursor.integerKey >= range.lowerBound, try body(cursor.integerKey, cursor.value) {
                found = try cursor.move(.previous)
            }
        }
    }

    func append(_ position: Position, byteCount: Int, fill: (UnsafeMutableRawBufferPointer) -> Void) throws {
        let expected = try next ?? head() + 1
        guard position == expected else { throw PositionError(expected: expected, found: position) }
        try transaction.append(position, byteCount: byteCount, to: tree, fill: fill)
        next = position + 1
    }

    func commit() throws { try transaction.commit() }

    func end() { transaction.end() }
}

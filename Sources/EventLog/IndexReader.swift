import LMDB

/// A snapshot of the index.
public final class IndexReader {
    let transaction: DerivedTransaction
    var ids: Tree { transaction.trees[1] }
    private var streams: Tree { transaction.trees[2] }
    var types: Tree { transaction.trees[3] }
    var tags: Tree { transaction.trees[4] }

    init(_ transaction: DerivedTransaction) { self.transaction = transaction }

    public func end() { transaction.end() }

    /// The index covers the log up to here.
    public func checkpoint() throws -> Checkpoint { try transaction.checkpoint() }

    /// Where the event with this idempotency key is.
    public func position(ofID id: String, source: String) throws -> Position? {
        try position(ofIDKey: IndexKey.id(id, source: source))
    }

    func position(ofIDKey key: [UInt8]) throws -> Position? { try number(key, in: ids) }

    /// The version of a stream's last event; 0 when it has none.
    public func version(ofStream subject: String) throws -> UInt64 {
        try version(ofStreamKey: IndexKey.text(subject))
    }

    func version(ofStreamKey key: [UInt8]) throws -> UInt64 { try number(key, in: streams) ?? 0 }

    private func number(_ key: [UInt8], in tree: Tree) throws -> UInt64? {
        let transaction = transaction.transaction
        guard let value = try transaction.value(of: key, in: tree), value.byteCount == 8 else { return nil }
        return value.loadLittleEndian(0)
    }

    /// The last event of a type and how many there are.
    public func summary(ofType type: String) throws -> (last: Position, count: UInt64)? {
        guard let (_, chunk) = try lastChunk(type) else { return nil }
        return (chunk.last, chunk.total)
    }

    /// The chunk that later positions of the type go into.
    func lastChunk(_ type: String) throws -> (key: [UInt8], chunk: TypeChunk)? {
        let cursor = try transaction.transaction.cursor(types)
        var found = try cursor.seek(IndexKey.chunk(type, first: .max))
        found = found ? try cursor.move(.previous) : try cursor.move(.last)
        guard found, cursor.key.starts(with: Array(type.utf8) + [0]), let chunk = TypeChunk(cursor.value) else { return nil }
        return (cursor.key.array, chunk)
    }

    /// Every type that occurs, with its last position and its number of events.
    public func typeSummaries() throws -> [(type: String, last: Position, count: UInt64)] {
        var result: [(String, Position, UInt64)] = []
        let cursor = try transaction.transaction.cursor(types)
        var found = try cursor.move(.first)
        while found {
            let key = cursor.key.array
            let type = String(decoding: key.dropLast(9), as: UTF8.self)
            if let summary = try summary(ofType: type) { result.append((type, summary.last, summary.count)) }
            // From the key itself, not from the name: of a damaged key that is another, and may lead back here.
            found = try key.count > 8 ? cursor.seek(key.dropLast(8) + Array(repeating: 0xFF, count: 9)) : cursor.move(.next)
        }
        return result
    }

    /// Visits the positions of a type within a range, in order, until `body` returns false.
    public func forEachPosition(
        ofType type: String, in range: ClosedRange<Position>, backward: Bool, _ body: (Position) throws -> Bool
    ) throws {
        let positions = try positions(ofType: type, in: range, backward: backward)
        while let position = try positions.next(), try body(position) {}
    }

    /// Visits the positions of a tag within a range, in order, until `body` returns false.
    public func forEachPosition(
        ofTag tag: String, in range: ClosedRange<Position>, backward: Bool, _ body: (Position) throws -> Bool
    ) throws {
        let positions = try positions(ofTag: tag, in: range, backward: backward)
        while let position = try positions.next(), try body(position) {}
    }

    /// The names before the colon of all tags, in order.
    public func tagNames() throws -> [String] {
        var names: [String] = []
        let cursor = try transaction.transaction.cursor(tags)
        var found = try cursor.move(.first)
        while found {
            let name = cursor.key.array.prefix { $0 != 0x3A }
            names.append(String(decoding: name, as: UTF8.self))
            found = try cursor.seek(name + [0x3B])
        }
        return names
    }

    /// How many events carry a tag.
    public func count(ofTag tag: String) throws -> Int {
        let cursor = try transaction.transaction.cursor(tags)
        return try cursor.find(IndexKey.text(tag)) ? cursor.valueCount() : 0
    }
}

import LMDB

/// The index as its one writer sees it: what is committed, and what the current append or catch-up adds.
///
/// Additions are gathered and written sorted, once, before the commit.
final class IndexWriter {
    let committed: IndexReader
    private var added: [Entry] = []
    private var pendingIDs: [Key: Position] = [:]
    /// By the bytes of the subject: two that Swift's strings hold equal, such as é in one character and in two, are two streams.
    private var pendingVersions: [Key: UInt64] = [:]
    /// How far `fold` has come; nil before it began.
    private var folded: Checkpoint?

    private struct Entry {
        let position: Position
        let idKey: [UInt8]
        let type: String
        let stream: [UInt8]
        let tags: [Tag]
        let previousVersion: UInt64?
    }

    init(_ transaction: DerivedTransaction) { committed = IndexReader(transaction) }

    func end() { committed.end() }

    // MARK: Looking up

    func position(ofID id: String, source: String) throws -> Position? {
        try pendingIDs[Key(IndexKey.id(id, source: source))] ?? committed.position(ofID: id, source: source)
    }

    func version(ofStream subject: String) throws -> UInt64 {
        try pendingVersions[Key(IndexKey.text(subject))] ?? committed.version(ofStream: subject)
    }

    // MARK: Adding

    /// How much was added, for `undo(to:)`.
    var mark: Int { added.count }

    func add(position: Position, id: String, source: String, type: String, subject: String, tags: [Tag], version: UInt64) {
        let idKey = IndexKey.id(id, source: source)
        let stream = IndexKey.text(subject)
        added.append(
            Entry(
                position: position, idKey: idKey, type: type, stream: stream, tags: tags, previousVersion: pendingVersions[Key(stream)]))
        pendingIDs[Key(idKey)] = position
        pendingVersions[Key(stream)] = version
    }

    /// Takes back what was added since a mark.
    func undo(to mark: Int) {
        while added.count > mark, let entry = added.popLast() {
            pendingIDs[Key(entry.idKey)] = nil
            pendingVersions[Key(entry.stream)] = entry.previousVersion
        }
    }

    /// The checkpoint that belongs to what is committed and folded.
    func checkpoint() throws -> Checkpoint { try folded ?? committed.checkpoint() }

    /// Adds events of the log beyond the checkpoint, at most `limit`; returns whether `last`, or the head before it, was reached.
    ///
    /// Called again it goes on where it stopped.
    func fold(_ log: any LogReader, through last: Position = .max, limit: Int) throws -> Bool {
        var reached = try checkpoint()
        let head = min(try log.head(), last)
        guard reached.position < head else { return true }
        var count = 0
        try log.forEach(reached.position + 1...head) { record in
            add(
                position: record.position, id: record.id, source: record.source, type: record.type, subject: record.subject,
                tags: record.tags, version: record.streamVersion)
            reached = Checkpoint(position: record.position, checksum: record.checksum)
            count += 1
            return count < limit
        }
        folded = reached
        return reached.position >= head
    }

    // MARK: Writing

    func commit(_ checkpoint: Checkpoint) throws {
        try write()
        try committed.transaction.commit(checkpoint)
    }

    /// Puts what was added into the trees, each in key order.
    func write() throws {
        guard !added.isEmpty else { return }
        let transaction = committed.transaction.transaction
        let trees = committed.transaction.trees
        let ids = try transaction.cursor(trees[1])
        for entry in KeyOrder.sorted(added, by: \.idKey) {
            try ids.put(entry.position.bytes, for: entry.idKey)
        }
        let streams = try transaction.cursor(trees[2])
        for (key, version) in KeyOrder.sorted(pendingVersions.map { (key: $0.bytes, version: $1) }, by: \.key) {
            try streams.put(version.bytes, for: key)
        }
        try writeTypes(try transaction.cursor(trees[3]))
        try writeTags(transaction, trees[4])
        added = []
        pendingIDs = [:]
        pendingVersions = [:]
    }

    private func writeTypes(_ cursor: Cursor) throws {
        var positions: [String: [Position]] = [:]
        for entry in added { positions[entry.type, default: []].append(entry.position) }
        for (type, positions) in positions.sorted(by: { $0.key < $1.key }) {
            var last = try committed.lastChunk(type)
            for position in positions {
                if let (key, chunk) = last, chunk.isFull {
                    try cursor.put(chunk.stored, for: key)
                    last = (IndexKey.chunk(type, first: position), TypeChunk(first: position, totalBefore: chunk.total))
                } else if last != nil {
                    last?.chunk.add(position)
                } else {
                    last = (IndexKey.chunk(type, first: position), TypeChunk(first: position, totalBefore: 0))
                }
            }
            if let last { try cursor.put(last.chunk.stored, for: last.key) }
        }
    }

    private func writeTags(_ transaction: Transaction, _ tree: Tree) throws {
        var pairs: [(key: [UInt8], position: Position)] = []
        pairs.reserveCapacity(added.count * 2)
        for entry in added {
            pairs.append((entry.stream, entry.position))
            for tag in entry.tags { pairs.append((IndexKey.text(tag.text), entry.position)) }
        }
        // A stable order of positions within a key keeps each set appended at its end.
        pairs = KeyOrder.sorted(pairs, by: \.key)
        for pair in pairs { try transaction.insert(pair.position, for: pair.key, in: tree) }
    }
}

extension UInt64 {
    /// Eight bytes, little-endian.
    var bytes: [UInt8] { withUnsafeBytes(of: littleEndian) { Array($0) } }
}

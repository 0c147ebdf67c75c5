import LMDB

/// What events add to the index: gathered, and written sorted, once, into a transaction.
///
/// Keys are bytes in an arena: two texts that Swift's strings hold equal, such as é in one character and in two, are two streams.
final class IndexChanges: DerivedChanges {
    private var committed: IndexReader?
    private var below: IndexChanges?
    private let arena = ByteArena()
    private var added: [Entry] = []
    private var ids = ByteMap()
    /// By the id's number; 0 where it was taken back.
    private var positionsOfIDs: [Position] = []
    private var tags = ByteMap()
    /// Of the stream that is the tag's, by the tag's number; 0 where nothing was added to it.
    private var versions: [UInt64] = []
    private var taggings: [Tagging] = []
    private var types = ByteMap()
    private var positionsOfTypes: [[Position]] = []
    private var key: [UInt8] = []

    /// What an event added, to take it back.
    private struct Entry {
        let id: Int
        let type: Int
        let stream: Int
        let previousVersion: UInt64
        let firstTagging: Int
    }

    private struct Tagging {
        let tag: Int
        let position: Position
    }

    func look(in transaction: DerivedTransaction, below: IndexChanges?) {
        committed = IndexReader(transaction)
        self.below = below
    }

    func detach() {
        committed = nil
        below = nil
    }

    // MARK: Looking up

    func position(ofID id: String, source: String) throws -> Position? {
        IndexKey.writeID(id.utf8.span.bytes, source: source.utf8.span.bytes, into: &key)
        let key = key.asKey
        return try position(ofIDKey: key) ?? below?.position(ofIDKey: key) ?? committed?.position(ofIDKey: key)
    }

    func version(ofStream subject: String) throws -> UInt64 {
        let key = IndexKey.text(subject)
        return try version(ofStreamKey: key) ?? below?.version(ofStreamKey: key) ?? committed?.version(ofStreamKey: key) ?? 0
    }

    private func position(ofIDKey key: [UInt8]) -> Position? {
        guard let number = ids.number(of: key.span.bytes, in: arena), positionsOfIDs[number] > 0 else { return nil }
        return positionsOfIDs[number]
    }

    private func version(ofStreamKey key: [UInt8]) -> UInt64? {
        guard let number = tags.number(of: key.span.bytes, in: arena), versions[number] > 0 else { return nil }
        return versions[number]
    }

    // MARK: Adding

    /// How much was added, for `undo(to:)`.
    var mark: Int { added.count }

    func add(position: Position, id: String, source: String, type: String, subject: String, tags: [Tag], version: UInt64) {
        IndexKey.writeID(id.utf8.span.bytes, source: source.utf8.span.bytes, into: &key)
        let (idNumber, isNewID) = ids.insert(key.asKey.span.bytes, in: arena)
        if isNewID { positionsOfIDs.append(position) } else { positionsOfIDs[idNumber] = position }
        let (typeNumber, isNewType) = types.insert(type.utf8.span.bytes, in: arena)
        if isNewType { positionsOfTypes.append([]) }
        positionsOfTypes[typeNumber].append(position)
        let stream = number(ofTag: subject)
        added.append(
            Entry(
                id: idNumber, type: typeNumber, stream: stream, previousVersion: versions[stream], firstTagging: taggings.count))
        versions[stream] = version
        taggings.append(Tagging(tag: stream, position: position))
        for tag in tags { taggings.append(Tagging(tag: number(ofTag: tag.text), position: position)) }
    }

    private func number(ofTag text: String) -> Int {
        let (number, isNew) = tags.insert(IndexKey.text(text).span.bytes, in: arena)
        if isNew { versions.append(0) }
        return number
    }

    /// Takes back what was added since a mark.
    func undo(to mark: Int) {
        while added.count > mark, let entry = added.popLast() {
            positionsOfIDs[entry.id] = 0
            positionsOfTypes[entry.type].removeLast()
            versions[entry.stream] = entry.previousVersion
            taggings.removeLast(taggings.count - entry.firstTagging)
        }
    }

    /// Adds events of the log beyond a checkpoint, at most `limit`, and none beyond `last`; returns how far it came.
    func fold(_ log: any LogReader, from start: Checkpoint, through last: Position, limit: Int) throws -> Checkpoint {
        var reached = start
        guard start.position < last else { return reached }
        var count = 0
        try log.forEach(start.position + 1...last) { record in
            add(
                position: record.position, id: record.id, source: record.source, type: record.type, subject: record.subject,
                tags: record.tags, version: record.streamVersion)
            reached = Checkpoint(position: record.position, checksum: record.checksum)
            count += 1
            return count < limit
        }
        return reached
    }

    // MARK: Writing

    var eventCount: Int { added.count }

    var byteCount: Int { arena.byteCount }

    /// Puts what was added into the trees, each in key order.
    func write(to derived: DerivedTransaction) throws {
        guard !added.isEmpty else { return }
        let transaction = derived.transaction
        let trees = derived.trees
        try write(ids, positionsOfIDs, to: trees[1], in: transaction)
        try write(tags, versions, to: trees[2], in: transaction)
        try writeTypes(try transaction.cursor(trees[3]), IndexReader(derived))
        try writeTaggings(try transaction.cursor(trees[4]))
    }

    /// Numbers above 0 under their keys.
    private func write(_ keys: ByteMap, _ numbers: [UInt64], to tree: Tree, in transaction: Transaction) throws {
        var batch = TreeBatch()
        let values = ByteArena()
        for (place, number) in numbers.enumerated() where number > 0 {
            batch.put(values.append(number), for: keys.key(place))
        }
        _ = try batch.write(to: tree, in: transaction, keys: arena, values: values)
    }

    private func writeTypes(_ cursor: Cursor, _ committed: IndexReader) throws {
        for (number, positions) in positionsOfTypes.enumerated() where !positions.isEmpty {
            let arena = arena
            let type = String(decoding: arena[types.key(number)].array, as: UTF8.self)
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

    /// The positions of each tag in order, so that a set is appended at its end.
    private func writeTaggings(_ cursor: Cursor) throws {
        var ends = Array(repeating: 0, count: tags.count + 1)
        for tagging in taggings { ends[tagging.tag + 1] += 1 }
        for tag in 1..<ends.count { ends[tag] += ends[tag - 1] }
        var positions = Array(repeating: 0 as Position, count: taggings.count)
        // Each start moves on to the end of its run, which is where the next run starts.
        for tagging in taggings {
            positions[ends[tagging.tag]] = tagging.position
            ends[tagging.tag] += 1
        }
        let arena = arena
        for tag in KeyOrder.order(of: (0..<tags.count).map(tags.key), in: arena) {
            for place in (tag == 0 ? 0 : ends[tag - 1])..<ends[tag] {
                try cursor.insert(positions[place], for: arena[tags.key(tag)])
            }
        }
    }
}

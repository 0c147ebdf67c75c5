import LMDB

/// What events add to the index: gathered, and written sorted, once, into a transaction.
///
/// Keys are bytes in an arena: two texts that Swift's strings hold equal, such as é in one character and in two, are two streams.
final class IndexChanges: DerivedChanges {
    private var committed: IndexReader?
    private var below: IndexChanges?
    private let arena = ByteArena()
    private var added: [Entry] = []
    private let ids = ByteMap()
    /// By the id's number; 0 where it was taken back.
    private var positionsOfIDs: [Position] = []
    private let tags = ByteMap()
    /// Of the stream that is the tag's, by the tag's number; 0 where nothing was added to it.
    private var versions: [UInt64] = []
    private var taggings: [Tagging] = []
    private let types = ByteMap()
    private var positionsOfTypes: [[Position]] = []
    private var key: [UInt8] = []
    private var idKey: [UInt8] = []
    /// Where the key is, or would be, in `ids`.
    private var lastID: ByteMap.Place?

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

    /// The position of an event; `add(position:type:stream:tags:)` can add the one that was looked up last.
    func position(ofID id: String, source: String) throws -> Position? {
        IndexKey.writeID(id.utf8.span.bytes, source: source.utf8.span.bytes, into: &idKey)
        idKey.shorten()
        let key = idKey
        let place = ids.place(of: key.span.bytes, in: arena)
        lastID = place
        if let number = place.number, positionsOfIDs[number] > 0 { return positionsOfIDs[number] }
        return try below?.position(ofIDKey: key, place) ?? committed?.position(ofIDKey: key)
    }

    /// A stream and the version of its last event.
    func stream(_ subject: String) throws -> (number: Int, version: UInt64) {
        IndexKey.write(subject, into: &key)
        let key = key
        let place = tags.place(of: key.span.bytes, in: arena)
        if let number = place.number, versions[number] > 0 { return (number, versions[number]) }
        let version = try below?.version(ofStreamKey: key, place) ?? committed?.version(ofStreamKey: key) ?? 0
        return (place.number ?? addTag(key, at: place), version)
    }

    private func position(ofIDKey key: [UInt8], _ place: ByteMap.Place) -> Position? {
        guard let number = ids.number(of: key.span.bytes, lookedForAt: place, in: arena), positionsOfIDs[number] > 0 else { return nil }
        return positionsOfIDs[number]
    }

    private func version(ofStreamKey key: [UInt8], _ place: ByteMap.Place) -> UInt64? {
        guard let number = tags.number(of: key.span.bytes, lookedForAt: place, in: arena), versions[number] > 0 else { return nil }
        return versions[number]
    }

    // MARK: Adding

    /// How much was added, for `undo(to:)`.
    var mark: Int { added.count }

    /// Adds an event, whose id is known to be new.
    func add(position: Position, id: String, source: String, type: String, subject: String, tags: [Tag], version: UInt64) {
        IndexKey.writeID(id.utf8.span.bytes, source: source.utf8.span.bytes, into: &idKey)
        idKey.shorten()
        let key = idKey
        lastID = ids.place(of: key.span.bytes, in: arena)
        add(position: position, type: type, stream: number(ofTag: subject), version: version, tags: tags)
    }

    /// Adds the event whose id was looked up last.
    func add(position: Position, type: String, stream: Int, version: UInt64, tags: [Tag]) {
        guard let place = lastID else { return }
        lastID = nil
        let key = idKey
        let id = place.number ?? ids.add(arena.append(key.span.bytes), at: place)
        if id == positionsOfIDs.count { positionsOfIDs.append(position) } else { positionsOfIDs[id] = position }
        let (typeNumber, isNewType) = types.insert(type.utf8.span.bytes, in: arena)
        if isNewType { positionsOfTypes.append([]) }
        positionsOfTypes[typeNumber].append(position)
        added.append(
            Entry(id: id, type: typeNumber, stream: stream, previousVersion: versions[stream], firstTagging: taggings.count))
        versions[stream] = version
        taggings.append(Tagging(tag: stream, position: position))
        for tag in tags { taggings.append(Tagging(tag: number(ofTag: tag.text), position: position)) }
    }

    private func number(ofTag text: String) -> Int {
        IndexKey.write(text, into: &key)
        let key = key
        let place = tags.place(of: key.span.bytes, in: arena)
        return place.number ?? addTag(key, at: place)
    }

    private func addTag(_ key: [UInt8], at place: ByteMap.Place) -> Int {
        versions.append(0)
        return tags.add(arena.append(key.span.bytes), at: place)
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

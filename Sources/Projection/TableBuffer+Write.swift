import LMDB

extension TableBuffer {
    /// Writes the rows that changed, and what changes with them in the indexes, each tree in key order.
    func writeChanges() throws {
        let arena = arena
        let nothing = arena.append(RawSpan())
        var rows = TreeBatch()
        var entries = schema.indexes.map { _ in TreeBatch() }
        var before = RowEntries(schema)
        var after = RowEntries(schema)
        for (number, change) in changes.enumerated() {
            let key = keys.key(number)
            switch (change.base, change.row) {
            case (nil, nil): continue
            case (_?, nil): rows.remove(key)
            case (let base?, let row?) where arena[base].isEqual(to: arena[row]): continue
            case (_, let row?): rows.put(row, for: key)
            }
            guard !entries.isEmpty else { continue }
            try before.take(change.base, arena)
            try after.take(change.row, arena)
            for place in entries.indices {
                let old = before.entry(place, key, arena)
                let new = after.entry(place, key, arena)
                if old != nil, new != nil, before.bytes == after.bytes { continue }
                if old != nil { entries[place].remove(arena.append(before.bytes.asKey.span.bytes)) }
                if let new {
                    let entry = after.bytes.asKey
                    entries[place].put(new == .unique || entry.isShortenedKey ? key : nothing, for: arena.append(entry.span.bytes))
                }
            }
        }
        if try rows.write(to: tree, in: transaction, arena) { try noteShortenedKey(nil) }
        for (place, index) in schema.indexes.enumerated() {
            if let runs = deferred?.runs(table: self.place, index: place) {
                try runs.add(&entries[place], arena)
            } else if try entries[place].write(to: indexTrees[place], in: transaction, arena) {
                try noteShortenedKey(index)
            }
        }
    }

    /// Appends entries to an index that is empty, or holds the entries before them; returns their bytes, below `limit` when that was all.
    func load(_ merge: IndexMerge, into index: Int, limit: Int) throws -> Int {
        let cursor = try transaction.cursor(indexTrees[index])
        var bytes = 0
        var hasLongest = false
        while bytes < limit, try merge.next() {
            try cursor.put(merge.value, for: merge.key, append: true)
            if merge.key.isShortenedKey { hasLongest = true }
            bytes += merge.key.count + merge.value.count + 16
        }
        if hasLongest { try noteShortenedKey(schema.indexes[index]) }
        return bytes
    }

    /// The tree is not wholly in order any more: queries must sort.
    private func noteShortenedKey(_ index: IndexSchema?) throws {
        try transaction.put([1], for: schema.shortenedKeyMark(index), in: counters)
    }
}

/// The index entries of one row after the other.
private struct RowEntries {
    private let schema: TableSchema
    private var row: ByteArena.Slice?
    private var cells: [RowFormat.Cell] = []
    private var ordered = OrderedKey()

    init(_ schema: TableSchema) { self.schema = schema }

    /// The key of the entry that was asked for last.
    var bytes: [UInt8] { ordered.bytes }

    mutating func take(_ row: ByteArena.Slice?, _ arena: ByteArena) throws {
        self.row = row
        if let row, !RowFormat.locate(schema.columns.count, in: arena[row], into: &cells) {
            throw ProjectionError.damagedRow(table: schema.name)
        }
    }

    mutating func entry(_ place: Int, _ key: ByteArena.Slice, _ arena: ByteArena) -> IndexSchema.EntryKind? {
        guard let row else { return nil }
        return schema.indexes[place].writeEntry(of: arena[row], cells, key: arena[key], into: &ordered)
    }
}

import LMDB

extension TableBuffer {
    /// Writes the rows that changed, and what changes with them in the indexes, each tree in key order.
    func write(to target: Committed) throws {
        let (transaction, trees) = (target.transaction, target.trees)
        if let changedCounter {
            let bytes = withUnsafeBytes(of: changedCounter.littleEndian) { Array($0) }
            try transaction.put(bytes, for: Array(schema.name.utf8), in: trees.counters)
        }
        guard !changes.isEmpty else { return }
        let arena = arena
        var rows = TreeBatch()
        let entryArena = ByteArena()
        let nothing = entryArena.append(RawSpan())
        var entries = schema.indexes.map { _ in TreeBatch() }
        let runs = schema.indexes.indices.map { deferred?.runs(table: place, index: $0) }
        var before = RowEntries(schema)
        var after = RowEntries(schema)
        for (number, change) in changes.enumerated() where change.isSet {
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
                // The others of a unique index that is loaded later are kept by `uniqueEntries`.
                let onlyOrdinary = schema.indexes[place].isUnique && runs[place] != nil
                let old = before.entry(place, key, arena, onlyOrdinary: onlyOrdinary)
                let new = after.entry(place, key, arena, onlyOrdinary: onlyOrdinary)
                if old != nil, new != nil, before.isSameEntry(as: after) { continue }
                if old != nil { entries[place].remove(before.ordered.withKey(entryArena.append)) }
                if let new {
                    let entry = after.ordered.withKey(entryArena.append)
                    let value = new == .unique || entryArena[entry].isShortenedKey ? entryArena.append(arena[key]) : nothing
                    entries[place].put(value, for: entry)
                }
            }
        }
        if try rows.write(to: trees.rows, in: transaction, keys: arena, values: arena) { try noteShortenedKey(nil, target) }
        for (place, index) in schema.indexes.enumerated() {
            if let runs = runs[place] {
                try runs.add(&entries[place], entryArena)
                try uniqueEntries.changes(ofIndex: place)?.add(to: runs, arena)
            } else if try entries[place].write(to: trees.index(place), in: transaction, keys: entryArena, values: entryArena) {
                try noteShortenedKey(index, target)
            }
        }
    }

    /// Appends entries to an index that is empty, or holds the entries before them; returns their bytes, below `limit` when that was all.
    func load(_ merge: IndexMerge, into index: Int, limit: Int) throws -> Int {
        guard let committed else { return 0 }
        let cursor = try committed.transaction.cursor(committed.trees.index(index))
        var bytes = 0
        var hasLongest = false
        func append(_ key: RawSpan, _ value: RawSpan) throws {
            try cursor.put(value, for: key, append: true)
            if key.isShortenedKey { hasLongest = true }
            bytes += key.byteCount + value.byteCount + 16
        }
        while bytes < limit, try merge.next(append) {}
        if hasLongest { try noteShortenedKey(schema.indexes[index], committed) }
        return bytes
    }

    /// The tree is not wholly in order any more: queries must sort.
    private func noteShortenedKey(_ index: IndexSchema?, _ target: Committed) throws {
        try target.transaction.put([1], for: schema.shortenedKeyMark(index), in: target.trees.counters)
    }
}

/// The index entries of one row after the other.
private struct RowEntries {
    private let schema: TableSchema
    private var row: ByteArena.Slice?
    private var cells: [RowFormat.Cell] = []
    /// The key of the entry that was asked for last, not yet shortened.
    private(set) var ordered = OrderedKey()

    init(_ schema: TableSchema) { self.schema = schema }

    func isSameEntry(as other: RowEntries) -> Bool { ordered.bytes == other.ordered.bytes }

    mutating func take(_ row: ByteArena.Slice?, _ arena: ByteArena) throws {
        self.row = row
        if let row, !RowFormat.locate(schema.columns.count, in: arena[row], into: &cells) {
            throw ProjectionError.damagedRow(table: schema.name)
        }
    }

    mutating func entry(_ place: Int, _ key: ByteArena.Slice, _ arena: ByteArena, onlyOrdinary: Bool) -> IndexSchema.EntryKind? {
        guard let row, !onlyOrdinary || schema.indexes[place].columns.contains(where: { cells[$0.place].isNull }) else { return nil }
        return schema.indexes[place].writeEntry(of: arena[row], cells, key: arena[key], into: &ordered)
    }
}

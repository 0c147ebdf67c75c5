import LMDB

/// Entries of a table's unique indexes that were looked at or changed: the primary key at each.
struct UniqueEntries {
    typealias Bytes = ByteArena.Slice

    /// One unique index.
    final class Changes {
        /// Among the table's indexes.
        let index: Int
        fileprivate let entries = ByteMap()
        /// By the entry's number; nil: nobody has it.
        fileprivate var owners: [Bytes?] = []
        /// By the entry's number: nobody had it, as far as could be told without looking.
        fileprivate var takenForFree: [Bool] = []

        init(index: Int) { self.index = index }

        fileprivate func set(_ owner: Bytes?, of entry: RawSpan, in arena: ByteArena) -> Int {
            let (number, isNew) = entries.insert(entry, in: arena)
            if isNew {
                owners.append(owner)
                takenForFree.append(false)
            } else {
                owners[number] = owner
            }
            return number
        }

        fileprivate func removeAll() {
            entries.removeAll()
            owners.removeAll(keepingCapacity: true)
            takenForFree.removeAll(keepingCapacity: true)
        }

        /// Adds what became of the entries as a run.
        func add(to runs: IndexRuns, _ arena: ByteArena) throws {
            guard !owners.isEmpty else { return }
            runs.beginRun()
            let keys = owners.indices.map(entries.key)
            for number in KeyOrder.order(of: keys, in: arena) {
                if let owner = owners[number] {
                    try runs.add(arena[keys[number]], arena[owner], wasTakenForFree: takenForFree[number])
                } else {
                    try runs.add(arena[keys[number]], nil, wasTakenForFree: takenForFree[number])
                }
            }
        }
    }

    private struct Entry {
        let place: Int
        let number: Int
    }

    let indexes: [Changes]
    /// Entries that the row about to be stored gets, and that the one before it loses.
    private var gained: [Entry] = []
    private var lost: [Entry] = []
    fileprivate var cellsBefore: [RowFormat.Cell] = []

    init(_ schema: TableSchema) {
        indexes = schema.indexes.indices.filter { schema.indexes[$0].isUnique }.map { Changes(index: $0) }
    }

    /// Gives a row what was found for it.
    func take(key: Bytes) {
        for entry in lost { indexes[entry.place].owners[entry.number] = nil }
        for entry in gained { indexes[entry.place].owners[entry.number] = key }
    }

    func removeAll() {
        for index in indexes { index.removeAll() }
    }

    /// Those of an index of the table.
    func changes(ofIndex index: Int) -> Changes? { indexes.first { $0.index == index } }

    fileprivate mutating func begin() {
        gained.removeAll(keepingCapacity: true)
        lost.removeAll(keepingCapacity: true)
    }

    fileprivate mutating func gain(_ number: Int, _ place: Int) { gained.append(Entry(place: place, number: number)) }

    fileprivate mutating func lose(_ entry: RawSpan, _ place: Int, key: Bytes, _ arena: ByteArena) {
        lost.append(Entry(place: place, number: indexes[place].set(key, of: entry, in: arena)))
    }
}

extension TableBuffer {
    /// Finds the entries of a row that was located and is to be stored under a number, for `set(_:to:)`.
    ///
    /// - Returns: an existing row that stands where it would.
    func findUniqueEntries(of row: Bytes, number: Int) throws -> (index: IndexSchema, key: [UInt8])? {
        guard !uniqueEntries.indexes.isEmpty else { return nil }
        uniqueEntries.begin()
        let arena = arena
        let key = keys.key(number)
        let before = changes[number].row
        if let before, !RowFormat.locate(schema.columns.count, in: arena[before], into: &uniqueEntries.cellsBefore) {
            throw ProjectionError.damagedRow(table: schema.name)
        }
        for place in uniqueEntries.indexes.indices {
            let index = schema.indexes[uniqueEntries.indexes[place].index]
            if let before {
                // Most changes leave what a row is known by.
                if index.isSameEntry(of: arena[before], uniqueEntries.cellsBefore, and: arena[row], cells) { continue }
                if index.writeEntry(of: arena[before], uniqueEntries.cellsBefore, key: arena[key], into: &ordered) == .unique {
                    ordered.withKey { uniqueEntries.lose($0, place, key: key, arena) }
                }
            }
            guard index.writeEntry(of: arena[row], cells, key: arena[key], into: &ordered) == .unique else { continue }
            let entry = try ordered.withKey { try self.number(ofUniqueEntry: $0, place) }
            if let owner = uniqueEntries.indexes[place].owners[entry], !arena[owner].isEqual(to: arena[key]) {
                return (index, arena[owner].array)
            }
            uniqueEntries.gain(entry, place)
        }
        return nil
    }

    private func number(ofUniqueEntry entry: RawSpan, _ place: Int) throws -> Int {
        let arena = arena
        let found = uniqueEntries.indexes[place].entries.place(of: entry, in: arena)
        if let number = found.number { return number }
        let index = uniqueEntries.indexes[place].index
        let isDeferred = deferred?.runs(table: self.place, index: index) != nil
        let owner = isDeferred ? nil : try ownerBelow(ofUniqueEntry: entry, inIndex: index)
        uniqueEntries.indexes[place].owners.append(owner.map { arena.append($0.span.bytes) })
        uniqueEntries.indexes[place].takenForFree.append(isDeferred)
        return uniqueEntries.indexes[place].entries.add(arena.append(entry), at: found)
    }

    /// Takes a row's entries away, and gives another its own, whatever the rules.
    func exchangeUniqueEntries(of before: Bytes?, with row: Bytes?, key: Bytes) throws {
        guard !uniqueEntries.indexes.isEmpty else { return }
        let arena = arena
        for (row, owner) in [(before, nil), (row, key)] {
            guard let row else { continue }
            try locate(row)
            for place in uniqueEntries.indexes.indices {
                let index = schema.indexes[uniqueEntries.indexes[place].index]
                guard index.writeEntry(of: arena[row], cells, key: arena[key], into: &ordered) == .unique else { continue }
                _ = ordered.withKey { uniqueEntries.indexes[place].set(owner, of: $0, in: arena) }
            }
        }
    }

    // MARK: Looking up

    func primaryKey(ofUniqueEntry entry: RawSpan, inIndex index: Int) throws -> [UInt8]? {
        try loadDeferred(index)
        if let owner = owner(ofUniqueEntry: entry, inIndex: index) { return owner.key }
        return try ownerBelow(ofUniqueEntry: entry, inIndex: index)
    }

    private func ownerBelow(ofUniqueEntry entry: RawSpan, inIndex index: Int) throws -> [UInt8]? {
        if let owner = below?.owner(ofUniqueEntry: entry, inIndex: index) { return owner.key }
        guard let committed else { return nil }
        return try committed.transaction.copy(of: entry, in: committed.trees.index(index))
    }

    /// Loads what a build from nothing has left for its end of an index, which from now on is kept up to date.
    func loadDeferred(_ index: Int) throws {
        guard let runs = deferred?.takeRuns(table: place, index: index) else { return }
        _ = try load(runs.merged(), into: index, limit: .max)
        guard let changes = uniqueEntries.changes(ofIndex: index) else { return }
        let arena = arena
        for number in changes.owners.indices where changes.takenForFree[number] {
            let owner = try ownerBelow(ofUniqueEntry: arena[changes.entries.key(number)], inIndex: index)
            if owner != nil { throw DeferredIndexes.Conflict() }
        }
    }

    private struct Owner {
        /// nil: nobody.
        let key: [UInt8]?
    }

    /// nil where the entry was not looked at here.
    private func owner(ofUniqueEntry entry: RawSpan, inIndex index: Int) -> Owner? {
        let arena = arena
        guard let changed = uniqueEntries.changes(ofIndex: index) else { return nil }
        return changed.entries.number(of: entry, in: arena).map { Owner(key: changed.owners[$0].map { arena[$0].array }) }
    }
}

/// Changes of one tree, gathered in any order and written in key order: a batch touches each page once, and fills an empty tree at its right
/// edge.
public struct TreeBatch {
    private var removed: [ByteArena.Slice] = []
    private var keys: [ByteArena.Slice] = []
    private var values: [ByteArena.Slice] = []

    public init() {}

    public var isEmpty: Bool { keys.isEmpty && removed.isEmpty }

    /// A key may be put once in a batch.
    public mutating func put(_ value: ByteArena.Slice, for key: ByteArena.Slice) {
        keys.append(key)
        values.append(value)
    }

    /// All that is removed goes before anything is put: a unique entry may go from one row to another.
    public mutating func remove(_ key: ByteArena.Slice) { removed.append(key) }

    /// Visits what was gathered in key order, nil for what is removed, and forgets it. No key may be both removed and put.
    public mutating func drain(_ arena: ByteArena, _ body: (RawSpan, RawSpan?) throws -> Void) rethrows {
        let gone = KeyOrder.order(of: removed, in: arena)
        var next = 0
        for place in KeyOrder.order(of: keys, in: arena) {
            let key = arena[keys[place]]
            while next < gone.count, arena[removed[gone[next]]].precedes(key) {
                try body(arena[removed[gone[next]]], nil)
                next += 1
            }
            try body(key, arena[values[place]])
        }
        for place in gone[next...] { try body(arena[removed[place]], nil) }
        removed.removeAll(keepingCapacity: true)
        keys.removeAll(keepingCapacity: true)
        values.removeAll(keepingCapacity: true)
    }

    /// Writes what was gathered, and forgets it.
    ///
    /// - Parameters:
    ///   - keys: where the keys are; other threads may read there.
    ///   - values: where the values are.
    /// - Returns: whether a key that was put is as long as LMDB takes them, and so may have been shortened.
    public mutating func write(
        to tree: Tree, in transaction: Transaction, keys arena: ByteArena, values: ByteArena
    ) throws(LMDBError) -> Bool {
        for place in KeyOrder.order(of: removed, in: arena) { try transaction.remove(arena[removed[place]], from: tree) }
        removed.removeAll(keepingCapacity: true)
        guard !keys.isEmpty else { return false }
        var hasLongest = false
        let cursor = try transaction.cursor(tree)
        // Beyond the tree's last key entries are appended, which fills pages to the brim.
        let last = try cursor.move(.last) ? cursor.key.array : nil
        let order = KeyOrder.order(of: keys, in: arena)
        var end = 0
        if let last { end = order.partitioningIndex { last.span.bytes.precedes(arena[keys[$0]]) } }
        for (number, place) in order.enumerated() {
            let key = arena[keys[place]]
            try cursor.put(values[self.values[place]], for: key, append: number >= end)
            if key.byteCount == Environment.maximumKeyLength { hasLongest = true }
        }
        keys.removeAll(keepingCapacity: true)
        self.values.removeAll(keepingCapacity: true)
        return hasLongest
    }
}

extension [Int] {
    /// The first place from which on the elements, which are in order, belong to the second part.
    fileprivate func partitioningIndex(where belongsInSecondPart: (Int) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if belongsInSecondPart(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

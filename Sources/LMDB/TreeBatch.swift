/// Changes of one tree, gathered in any order and written in key order: a batch touches each page once, and fills an empty tree at its right
/// edge.
public struct TreeBatch {
    private var removed: [ByteArena.Slice] = []
    private var keys: [ByteArena.Slice] = []
    private var values: [ByteArena.Slice] = []

    public init() {}

    /// A key may be put once in a batch.
    public mutating func put(_ value: ByteArena.Slice, for key: ByteArena.Slice) {
        keys.append(key)
        values.append(value)
    }

    /// All that is removed goes before anything is put: a unique entry may go from one row to another.
    public mutating func remove(_ key: ByteArena.Slice) { removed.append(key) }

    /// Writes what was gathered, and forgets it.
    ///
    /// - Returns: whether a key that was put is as long as LMDB takes them, and so may have been shortened.
    public mutating func write(to tree: Tree, in transaction: Transaction, _ arena: ByteArena) throws(LMDBError) -> Bool {
        for place in KeyOrder.order(of: removed, in: arena) { try transaction.remove(arena[removed[place]], from: tree) }
        removed.removeAll(keepingCapacity: true)
        guard !keys.isEmpty else { return false }
        var hasLongest = false
        let cursor = try transaction.cursor(tree)
        // Beyond the tree's last key entries are appended, which fills pages to the brim.
        let last = try cursor.move(.last) ? cursor.key.array : nil
        var isAtEnd = last == nil
        for place in KeyOrder.order(of: keys, in: arena) {
            let key = arena[keys[place]]
            if !isAtEnd, let last, last.span.bytes.precedes(key) { isAtEnd = true }
            try cursor.put(arena[values[place]], for: key, append: isAtEnd)
            if key.byteCount == Environment.maximumKeyLength { hasLongest = true }
        }
        keys.removeAll(keepingCapacity: true)
        values.removeAll(keepingCapacity: true)
        return hasLongest
    }
}

import LMDB
import Projection

/// Takes columns out of an index entry, so that a query which needs no others reads no rows.
struct IndexEntryReader {
    /// The components of the key: which column each is.
    private var components: [(column: Int, isDescending: Bool)] = []
    /// By component: where it ends. Found once an entry, when first asked for.
    private var ends: [Int] = []
    private var isLocated = false
    private var isWhole = false

    mutating func prepare(_ index: IndexSchema, _ schema: TableSchema) {
        components = index.columns.map { ($0.place, $0.descending) } + schema.key.map { ($0, false) }
        forget()
    }

    mutating func forget() { isLocated = false }

    /// Hands over a column of the cursor's entry; false when the row has to be looked at.
    mutating func set(_ column: Int, from cursor: Cursor, to result: ColumnResult) -> Bool {
        guard let place = components.firstIndex(where: { $0.column == column }) else { return false }
        if !isLocated { locate(cursor) }
        guard isWhole, place < ends.count else { return false }
        let key = cursor.key
        let start = place == 0 ? 0 : ends[place - 1]
        return OrderedValue.set(key, start..<ends[place], isDescending: components[place].isDescending, to: result)
    }

    private mutating func locate(_ cursor: Cursor) {
        isLocated = true
        ends.removeAll(keepingCapacity: true)
        let key = cursor.key
        // A shortened key is no key of values.
        isWhole = key.byteCount < Environment.maximumKeyLength
        guard isWhole else { return }
        var offset = 0
        for component in components {
            guard offset < key.byteCount, let end = OrderedKey.end(ofComponentAt: offset, in: key, descending: component.isDescending),
                end <= key.byteCount
            else { return }
            ends.append(end)
            offset = end
        }
    }
}

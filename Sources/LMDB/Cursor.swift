import CLMDB

/// A place in a tree, moved entry by entry.
///
/// ```swift
/// let cursor = try transaction.cursor(tree)
/// var found = try cursor.seek([0x10])
/// while found { use(cursor.key, cursor.value); found = try cursor.move(.next) }
/// ```
public final class Cursor {
    /// A step from the current entry, or to an end of the tree.
    public enum Step: Sendable {
        case first, last, next, previous
        /// The first value of the next key, and the last value of the key before.
        case nextKey, previousKey
        /// Within the values of one key.
        case firstValue, lastValue, nextValue, previousValue

        var operation: MDB_cursor_op {
            switch self {
            case .first: MDB_FIRST
            case .last: MDB_LAST
            case .next: MDB_NEXT
            case .previous: MDB_PREV
            case .nextKey: MDB_NEXT_NODUP
            case .previousKey: MDB_PREV_NODUP
            case .firstValue: MDB_FIRST_DUP
            case .lastValue: MDB_LAST_DUP
            case .nextValue: MDB_NEXT_DUP
            case .previousValue: MDB_PREV_DUP
            }
        }
    }

    private let raw: OpaquePointer
    /// Kept so that the pages stay mapped and unchanged for as long as the cursor lives.
    private let transaction: Transaction
    private var currentKey = MDB_val()
    private var currentValue = MDB_val()

    init(_ raw: OpaquePointer, _ transaction: Transaction) {
        self.raw = raw
        self.transaction = transaction
    }

    // LMDB frees the cursors of a write transaction when that ends.
    deinit { if !transaction.writes || transaction.isOpen { mdb_cursor_close(raw) } }

    /// The key of the current entry, in place.
    public var key: RawSpan {
        @_lifetime(borrow self) get { _overrideLifetime(currentKey.span, borrowing: self) }
    }

    /// The value of the current entry, in place.
    public var value: RawSpan {
        @_lifetime(borrow self) get { _overrideLifetime(currentValue.span, borrowing: self) }
    }

    /// The current key of a tree of integers.
    public var integerKey: UInt64 { currentKey.integer }
    /// The current value of a tree of integer sets.
    public var integerValue: UInt64 { currentValue.integer }

    /// Moves a step; returns false, and stays undefined, where there is no entry.
    public func move(_ step: Step) throws(LMDBError) -> Bool {
        try checkOpen()
        // In local variables: exclusive access to the object's own would be noted at each step of a scan.
        var key = MDB_val()
        var value = MDB_val()
        let code = mdb_cursor_get(raw, &key, &value, step.operation)
        currentKey = key
        currentValue = value
        return try found(code)
    }

    /// Moves to the first entry at or above a key.
    public func seek(_ key: [UInt8]) throws(LMDBError) -> Bool {
        if key.isEmpty { return try move(.first) }
        try checkOpen()
        return try found(
            key.withValue { wanted in
                currentKey = wanted
                return mdb_cursor_get(raw, &currentKey, &currentValue, MDB_SET_RANGE)
            })
    }

    /// Moves to the first entry at or above an integer key.
    public func seek(_ key: UInt64) throws(LMDBError) -> Bool {
        try checkOpen()
        return try found(
            key.withValue { wanted in
                currentKey = wanted
                return mdb_cursor_get(raw, &currentKey, &currentValue, MDB_SET_RANGE)
            })
    }

    /// Moves to exactly a key, at its first value.
    public func find(_ key: [UInt8]) throws(LMDBError) -> Bool {
        try checkOpen()
        return try found(
            key.withValue { wanted in
                currentKey = wanted
                return mdb_cursor_get(raw, &currentKey, &currentValue, MDB_SET_KEY)
            })
    }

    /// Moves, within the set of a key, to the first number at or above `number`.
    public func find(_ key: [UInt8], atLeast number: UInt64) throws(LMDBError) -> Bool {
        try checkOpen()
        return try found(
            key.withValue { wantedKey in
                number.withValue { wantedValue in
                    currentKey = wantedKey
                    currentValue = wantedValue
                    let code = mdb_cursor_get(raw, &currentKey, &currentValue, MDB_GET_BOTH_RANGE)
                    // This operation leaves the key that was asked for, which is the caller's memory.
                    return code == 0 ? mdb_cursor_get(raw, &currentKey, &currentValue, MDB_GET_CURRENT) : code
                }
            })
    }

    /// How many values the current key has.
    public func valueCount() throws(LMDBError) -> Int {
        try checkOpen()
        var count = 0
        try check(mdb_cursor_count(raw, &count), "read", transaction.environment.path)
        return count
    }

    /// Stores an entry and moves there. `append` asserts that the key is above all others, which fills pages to the brim.
    public func put(_ value: RawSpan, for key: RawSpan, append: Bool = false) throws(LMDBError) {
        try checkOpen()
        let code = key.withValue { key in
            value.withValue { value in
                withUnsafeMutablePointer(to: &key) { key in
                    withUnsafeMutablePointer(to: &value) { mdb_cursor_put(raw, key, $0, append ? UInt32(MDB_APPEND) : 0) }
                }
            }
        }
        try check(code, "write to", transaction.environment.path)
    }

    /// Stores an entry and moves there.
    public func put(_ value: [UInt8], for key: [UInt8], append: Bool = false) throws(LMDBError) {
        try put(value.span.bytes, for: key.span.bytes, append: append)
    }

    /// Adds a number to the set under a key and moves there.
    public func insert(_ number: UInt64, for key: RawSpan) throws(LMDBError) {
        try checkOpen()
        let code = key.withValue { key in
            number.withValue { value in
                withUnsafeMutablePointer(to: &key) { key in
                    withUnsafeMutablePointer(to: &value) { mdb_cursor_put(raw, key, $0, 0) }
                }
            }
        }
        try check(code, "write to", transaction.environment.path)
    }

    @inline(__always)
    private func checkOpen() throws(LMDBError) { _ = try transaction.handle("read") }

    private func found(_ code: Int32) throws(LMDBError) -> Bool {
        if code == MDB_SUCCESS { return true }
        // Without an entry there are no bytes either: what is left here may be the key that was asked for.
        currentKey = MDB_val()
        currentValue = MDB_val()
        if code == MDB_NOTFOUND { return false }
        try check(code, "read", transaction.environment.path)
        return true
    }
}

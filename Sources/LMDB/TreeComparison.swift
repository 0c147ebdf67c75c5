import CLMDB

/// How two trees differ, entry by entry.
public enum TreeDifference: Sendable {
    case onlyInFirst, onlyInSecond, differentValue
}

extension Transaction {
    /// Walks a tree and one of another transaction side by side and tells where they differ; both have the same layout.
    public func compare(
        _ tree: Tree, with other: Transaction, _ otherTree: Tree, _ note: (TreeDifference) throws -> Void
    ) throws {
        try compareEntries(tree, with: other, otherTree) { difference, _, _ in
            try note(difference)
            return true
        }
    }

    /// Walks as `compare` does and hands over both cursors, of which those stand at the entry that the difference speaks of, until `note`
    /// returns false.
    public func compareEntries(
        _ tree: Tree, with other: Transaction, _ otherTree: Tree,
        _ note: (TreeDifference, _ first: Cursor, _ second: Cursor) throws -> Bool
    ) throws {
        let first = try cursor(tree)
        let second = try other.cursor(otherTree)
        let isSet = try hasSets(tree)
        var hasFirst = try first.move(.first)
        var hasSecond = try second.move(.first)
        while hasFirst || hasSecond {
            var order = hasFirst ? -1 : 1
            if hasFirst && hasSecond {
                order = try compare(first.key, second.key) { mdb_cmp($0, tree.handle, $1, $2) }
                if order == 0 && isSet { order = try compare(first.value, second.value) { mdb_dcmp($0, tree.handle, $1, $2) } }
            }
            if order == 0, !haveEqualBytes(first.value, second.value), try !note(.differentValue, first, second) { return }
            if order < 0, try !note(.onlyInFirst, first, second) { return }
            if order > 0, try !note(.onlyInSecond, first, second) { return }
            if order <= 0 { hasFirst = try first.move(.next) }
            if order >= 0 { hasSecond = try second.move(.next) }
        }
    }

    private func hasSets(_ tree: Tree) throws(LMDBError) -> Bool {
        var flags: UInt32 = 0
        try check(mdb_dbi_flags(try handle("read"), tree.handle, &flags), "read", environment.path)
        return flags & UInt32(MDB_DUPSORT) != 0
    }

    /// In the tree's own order.
    private func compare(
        _ one: RawSpan, _ other: RawSpan, _ order: (OpaquePointer, UnsafePointer<MDB_val>, UnsafePointer<MDB_val>) -> Int32
    ) throws(LMDBError) -> Int {
        let transaction = try handle("read")
        return one.withUnsafeBytes { one in
            other.withUnsafeBytes { other in
                var one = MDB_val(mv_size: one.count, mv_data: UnsafeMutableRawPointer(mutating: one.baseAddress))
                var other = MDB_val(mv_size: other.count, mv_data: UnsafeMutableRawPointer(mutating: other.baseAddress))
                return Int(order(transaction, &one, &other))
            }
        }
    }
}

private func haveEqualBytes(_ one: RawSpan, _ other: RawSpan) -> Bool {
    one.withUnsafeBytes { one in other.withUnsafeBytes { one.elementsEqual($0) } }
}

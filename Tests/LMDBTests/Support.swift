import LMDB

/// A copy of the value of an integer key.
func bytes(_ transaction: Transaction, _ key: UInt64, _ tree: Tree) throws -> [UInt8]? {
    guard let value = try transaction.value(of: key, in: tree) else { return nil }
    return value.array
}

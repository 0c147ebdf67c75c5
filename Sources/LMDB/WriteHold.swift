/// The right to write to an environment, kept over several transactions.
///
/// Where a transaction belongs to the thread that began it, this does not: one thread may hold it and let others write, one at a time.
///
/// ```swift
/// try environment.hold { hold in
///     let (transaction, tree) = try hold.beginDenseWrite()
///     …
/// }
/// ```
public struct WriteHold: Sendable {
    private let environment: Environment

    init(_ environment: Environment) { self.environment = environment }

    /// A write transaction, once everything that LMDB will change for an append was checked, and the tree as it was before.
    ///
    /// - Throws: `LMDBError` with the damage; nothing was written then.
    public func beginDenseWrite() throws(LMDBError) -> (transaction: Transaction, tree: DenseTree) {
        _ = try environment.shared.view()
        let transaction = Transaction(writing: try environment.shared.beginWrite(), in: environment, ownsLock: false)
        return (transaction, try environment.denseTree(before: transaction))
    }
}

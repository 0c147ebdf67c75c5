import LMDB

/// The indexes that a build from nothing loads at its end; from their first look-up on they are kept up to date.
///
/// What a unique index would have to be asked, whether a row may have an entry, is taken for granted: every event of the log kept the rules once.
/// Whether it was right shows when the index is loaded.
// To look up each new entry of a large index, and to put it at its place at once, took a quarter of a build's time.
final class DeferredIndexes {
    /// Two rows have had one entry of a unique index: an event breaks a rule that was not there when it was stored.
    struct Conflict: Error {}

    private var runs: [[IndexRuns?]]
    /// What is being loaded.
    private var current: (table: Int, index: Int, merge: IndexMerge)?

    /// - Parameters:
    ///   - includesUnique: otherwise each rule is held to at once.
    ///   - folder: for files of their entries.
    init(_ tables: [TableSchema], includesUnique: Bool, in folder: String) throws {
        runs = try tables.map { try $0.indexes.map { $0.isUnique && !includesUnique ? nil : try IndexRuns(in: folder) } }
    }

    /// Where an index's entries go; nil where they go into its tree.
    func runs(table: Int, index: Int) -> IndexRuns? { runs[table][index] }

    /// The entries of an index, which from now on is kept up to date.
    func takeRuns(table: Int, index: Int) -> IndexRuns? {
        defer { runs[table][index] = nil }
        return runs[table][index]
    }

    /// Loads entries of the indexes that are left, about `limit` bytes of them; returns whether that was all.
    ///
    /// - Throws: `Conflict`.
    func load(into buffers: [TableBuffer], limit: Int) throws -> Bool {
        var rest = limit
        while rest > 0 {
            guard let (table, index, merge) = try current ?? nextToLoad() else { return true }
            rest -= try buffers[table].load(merge, into: index, limit: rest)
            current = rest > 0 ? nil : (table, index, merge)
        }
        return false
    }

    private func nextToLoad() throws -> (Int, Int, IndexMerge)? {
        for table in runs.indices {
            for index in runs[table].indices {
                if let runs = takeRuns(table: table, index: index) { return (table, index, try runs.merged()) }
            }
        }
        return nil
    }
}

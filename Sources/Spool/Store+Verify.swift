import EventLog
import LMDB
import Projection

/// What a check of the whole store found.
public struct StoreVerification: Sendable {
    public var log: LogVerification
    /// Entries in which the index differs from a fresh one.
    public var indexDifferences = 0
    public var projections: [RebuildReport] = []
    /// The index and views whose files are damaged, and how; they were not compared.
    public var damaged: [(name: String, problem: String)] = []
    /// Whether index and views were compared, and blobs looked for; they are not when the log is damaged.
    public var comparedViews = false
    public var blobs = BlobVerification()

    public var isWhole: Bool { log.problemCount == 0 && areViewsWhole && blobs.problemCount == 0 }

    /// Whether index and views are what the log says.
    public var areViewsWhole: Bool {
        comparedViews && damaged.isEmpty && indexDifferences == 0
            && projections.allSatisfy { $0.differences.isEmpty && $0.conflictCount == 0 }
    }
}

extension Store {
    /// Reads every record and every blob, and compares the index and every view with a fresh fold of the log. Changes nothing.
    ///
    /// - Parameter progress: called with what is being checked, the position reached and the head.
    public func verify(progress: (String, Position, Position) -> Void = { _, _, _ in }) throws -> StoreVerification {
        var result = StoreVerification(log: try log.verify { progress("log", $0, $1) })
        guard result.log.problemCount == 0 else { return result }
        let head = result.log.head
        // Every page is looked at before LMDB reads it.
        if let problem = try log.index.damage() { result.damaged.append(("index", problem)) }
        let isIndexed = result.damaged.isEmpty
        if isIndexed { result.indexDifferences = try log.index.check { progress("index", $0, head) } }
        for projection in engine.projections {
            if let problem = try projection.damage() {
                result.damaged.append((projection.name, problem))
            } else if isIndexed {
                result.projections.append(
                    try engine.rebuild(projection.name, checkOnly: true) { progress(projection.name, $0, $1) })
            }
        }
        result.comparedViews = true
        result.blobs = try verifyBlobs(of: Set(result.projections.map(\.projection)))
        return result
    }

    /// Checks a store, and the log of one that is too damaged to be opened.
    public static func verify(
        at path: String, progress: (String, Position, Position) -> Void = { _, _, _ in }
    ) throws -> StoreVerification {
        let store: Store
        do {
            store = try Store(at: path)
        } catch let error as LMDBError {
            guard error.isDamage else { throw error }
            let log = LogVerification(try LogSalvage(at: "\(path)/log"))
            // LMDB refused what seems whole: a file of another kind.
            if log.problemCount == 0 { throw error }
            return StoreVerification(log: log)
        }
        return try store.verify(progress: progress)
    }
}

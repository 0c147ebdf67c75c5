import EventLog
import Projection

/// What a check of the whole store found.
public struct StoreVerification: Sendable {
    public var log: LogVerification
    /// Entries in which the index differs from a fresh one.
    public var indexDifferences = 0
    public var projections: [RebuildReport] = []
    /// Whether index and views were compared; they are not when the log is damaged.
    public var comparedViews = false

    public var isWhole: Bool {
        log.problemCount == 0 && comparedViews && indexDifferences == 0
            && projections.allSatisfy { $0.differences.isEmpty && $0.conflictCount == 0 }
    }
}

extension Store {
    /// Reads every record, and compares the index and every view with a fresh fold of the log. Changes nothing.
    ///
    /// - Parameter progress: called with what is being checked, the position reached and the head.
    public func verify(progress: (String, Position, Position) -> Void = { _, _, _ in }) throws -> StoreVerification {
        var result = StoreVerification(log: try log.verify { progress("log", $0, $1) })
        guard result.log.problemCount == 0 else { return result }
        let head = result.log.head
        result.indexDifferences = try log.index.check { progress("index", $0, head) }
        for projection in engine.projections {
            result.projections.append(
                try engine.rebuild(projection.name, checkOnly: true) { progress(projection.name, $0, $1) })
        }
        result.comparedViews = true
        return result
    }
}

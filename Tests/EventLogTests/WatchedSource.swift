import EventLog
import Synchronization

/// A source that notes what a run asks of another one.
final class WatchedSource: AppendSource {
    private let source: any AppendSource
    /// Sizes of the commits so far, in requests.
    private(set) var groups: [Int] = []
    /// Staged so far.
    private(set) var eventCount = 0

    init(_ source: any AppendSource) { self.source = source }

    func next(staged: Int) -> AppendStep {
        let step = source.next(staged: staged)
        switch step {
        case .stage(let requests): eventCount += requests.reduce(0) { $0 + $1.events.count }
        case .commit: groups.append(staged)
        case .end: if staged > 0 { groups.append(staged) }
        }
        return step
    }

    func finish(_ results: [AppendResult]) { source.finish(results) }
}

/// A source that gives what a test says, group by group.
final class ScriptedSource: AppendSource {
    private var groups: ArraySlice<[AppendRequest]>
    private let finished = Mutex<[AppendResult]>([])
    /// Called before a group is staged.
    var willStage: () -> Void = {}

    init(_ groups: [[AppendRequest]]) { self.groups = groups[...] }

    var results: [AppendResult] { finished.withLock { $0 } }

    func next(staged: Int) -> AppendStep {
        if staged > 0 { return .commit }
        guard let group = groups.popFirst() else { return .end }
        willStage()
        return .stage(group[...])
    }

    func finish(_ results: [AppendResult]) { finished.withLock { $0 += results } }
}

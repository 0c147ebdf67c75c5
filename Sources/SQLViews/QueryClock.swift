import Dispatch
import Synchronization

/// The time that a query has: it runs while SQLite does, and stands while the reader of the rows is busy with one.
final class QueryClock: Sendable {
    private struct State {
        var left: Duration
        /// When the time is up; nil while the clock stands.
        var end: ContinuousClock.Instant?
    }

    private let state: Mutex<State>
    /// How long SQLite may take to notice: it looks at the clock between its steps, and a single function may take for ever.
    private static let patience = Duration.seconds(1)

    /// - Parameter overrun: called on another thread when SQLite has not noticed that the time is up.
    init(_ limit: Duration, overrun: (@Sendable () -> Void)?) {
        state = Mutex(State(left: limit))
        if let overrun { watch(overrun) }
    }

    var isOver: Bool { isOver(by: .zero) }

    private func isOver(by more: Duration) -> Bool {
        state.withLock { state in state.end.map { ContinuousClock.now > $0 + more } ?? false }
    }

    func run() {
        state.withLock { if $0.end == nil { $0.end = .now + $0.left } }
    }

    func stand() {
        state.withLock { state in
            if let end = state.end { state.left = end - .now }
            state.end = nil
        }
    }

    private func watch(_ overrun: @escaping @Sendable () -> Void) {
        DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(250)) { [weak self] in
            guard let self else { return }
            if isOver(by: Self.patience) { overrun() } else { watch(overrun) }
        }
    }
}

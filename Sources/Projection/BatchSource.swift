import Dispatch
import EventLog
import Synchronization

/// A batch of requests, committed in parts: while one is staged, the data of the next is decoded and the part before is put on disk.
final class BatchSource: AppendSource, Sendable {
    /// Some requests, decoded by whoever comes first; the other one waits.
    private final class Part: Sendable {
        private let requests: ArraySlice<AppendRequest>
        private let decoded = Mutex<[AppendRequest]?>(nil)

        init(_ requests: ArraySlice<AppendRequest>) { self.requests = requests }

        @discardableResult
        func decode(_ prepare: (ArraySlice<AppendRequest>) -> [AppendRequest]) -> [AppendRequest] {
            decoded.withLock { decoded in
                if let decoded { return decoded }
                let requests = prepare(requests)
                decoded = requests
                return requests
            }
        }
    }

    private struct State {
        var rest: ArraySlice<AppendRequest>
        var next: Part?
        var results: [AppendResult] = []
    }

    private let state: Mutex<State>
    private let partSize: Int
    private let prepare: @Sendable (ArraySlice<AppendRequest>) -> [AppendRequest]

    /// Fewer requests are stored by one commit: each takes the disk some time, however little is written.
    static let smallestPart = 250

    /// - Parameter prepare: decodes the data of requests that are not decoded yet; called on any thread.
    init(_ requests: [AppendRequest], prepare: @escaping @Sendable (ArraySlice<AppendRequest>) -> [AppendRequest]) {
        state = Mutex(State(rest: requests[...]))
        self.prepare = prepare
        partSize = max(Self.smallestPart, requests.count / 8)
        state.withLock { $0.next = takePart(&$0) }
    }

    /// The results of the requests that were tried, once the run is over.
    var results: [AppendResult] { state.withLock { $0.results } }

    func next(staged: Int) -> AppendStep {
        if staged > 0 { return .commit }
        let (part, following) = state.withLock { state in
            let part = state.next
            state.next = takePart(&state)
            return (part, state.next)
        }
        guard let part else { return .end }
        if let following { DispatchQueue.global(qos: .userInitiated).async { [prepare] in following.decode(prepare) } }
        // Where all cores are busy the thread for it may not have begun: to wait for that took a tenth of the time of a batch.
        return .stage(part.decode(prepare)[...])
    }

    func finish(_ results: [AppendResult]) { state.withLock { $0.results += results } }

    private func takePart(_ state: inout State) -> Part? {
        defer { state.rest = state.rest.dropFirst(partSize) }
        return state.rest.isEmpty ? nil : Part(state.rest.prefix(partSize))
    }
}

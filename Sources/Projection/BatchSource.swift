import Dispatch
import EventLog
import Synchronization

/// A batch of requests, committed in parts: while one is staged, the data of the next is decoded and the part before is put on disk.
final class BatchSource: AppendSource, Sendable {
    private struct State {
        var rest: ArraySlice<AppendRequest>
        var decoded: [AppendRequest] = []
        var results: [AppendResult] = []
    }

    private let state: Mutex<State>
    private let partSize: Int
    private let prepare: @Sendable (ArraySlice<AppendRequest>) -> [AppendRequest]
    private let decoding = DispatchGroup()

    /// Fewer requests are stored by one commit: each takes the disk some time, however little is written.
    static let smallestPart = 250

    /// - Parameter prepare: decodes the data of requests that are not decoded yet; called on any thread.
    init(_ requests: [AppendRequest], prepare: @escaping @Sendable (ArraySlice<AppendRequest>) -> [AppendRequest]) {
        state = Mutex(State(rest: requests[...]))
        self.prepare = prepare
        partSize = max(Self.smallestPart, requests.count / 8)
        decodeNext()
    }

    /// The results of the requests that were tried, once the run is over.
    var results: [AppendResult] { state.withLock { $0.results } }

    func next(staged: Int) -> AppendStep {
        if staged > 0 { return .commit }
        decoding.wait()
        let part = state.withLock { $0.decoded }
        if part.isEmpty { return .end }
        decodeNext()
        return .stage(part[...])
    }

    func finish(_ results: [AppendResult]) { state.withLock { $0.results += results } }

    private func decodeNext() {
        let part = state.withLock { state in
            state.decoded = []
            defer { state.rest = state.rest.dropFirst(partSize) }
            return state.rest.prefix(partSize)
        }
        guard !part.isEmpty else { return }
        DispatchQueue.global(qos: .userInitiated).async(group: decoding) { [self] in
            let decoded = prepare(part)
            state.withLock { $0.decoded = decoded }
        }
    }
}

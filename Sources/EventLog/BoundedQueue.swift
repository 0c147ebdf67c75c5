import Dispatch
import Synchronization

/// Hands elements from one thread to another that works beside it; the first waits when it is too far ahead.
///
/// ```swift
/// let queue = BoundedQueue<Line>(limit: 1 << 20)
/// DispatchQueue(label: "read").async { while let line = read(), queue.put(line, weight: line.count) {}; queue.finish() }
/// while let line = try queue.take() { use(line) }
/// ```
public final class BoundedQueue<Element: Sendable>: Sendable {
    private struct State {
        var elements: [(element: Element, weight: Int)] = []
        var weight = 0
        var isStopped = false
        var failure: (any Error)?
    }

    private let state = Mutex(State())
    private let limit: Int
    /// Counts the elements, and the end.
    private let filled = DispatchSemaphore(value: 0)
    /// Signalled when there may be room.
    private let taken = DispatchSemaphore(value: 0)

    /// - Parameter limit: from this weight on nothing more is put.
    public init(limit: Int) { self.limit = limit }

    // MARK: The thread that makes them

    /// Waits for room; returns false when nobody wants more.
    public func put(_ element: Element, weight: Int) -> Bool {
        while state.withLock({ !$0.isStopped && $0.weight >= limit }) { taken.wait() }
        let isWanted = state.withLock { state in
            guard !state.isStopped else { return false }
            state.elements.append((element, weight))
            state.weight += weight
            return true
        }
        if isWanted { filled.signal() }
        return isWanted
    }

    /// No more will be put.
    public func finish(throwing failure: (any Error)? = nil) {
        state.withLock { $0.failure = failure }
        filled.signal()
    }

    public var isStopped: Bool { state.withLock { $0.isStopped } }

    // MARK: The thread that takes them

    /// The next element, waiting for it; nil at the end.
    ///
    /// - Throws: what `finish` was called with.
    public func take() throws -> Element? {
        filled.wait()
        if let element = removeFirst(where: { _ in true }) { return element }
        // The end stays the end.
        filled.signal()
        if let failure = state.withLock({ $0.failure }) { throw failure }
        return nil
    }

    /// The next element if it is there and wanted, without waiting.
    public func takeIfThere(where isWanted: (Element) -> Bool) -> Element? {
        guard filled.wait(timeout: .now()) == .success else { return nil }
        let element = removeFirst(where: isWanted)
        if element == nil { filled.signal() }
        return element
    }

    /// Tells the other thread that nothing more is wanted.
    public func stop() {
        state.withLock { state in
            state.isStopped = true
            state.elements = []
        }
        taken.signal()
    }

    private func removeFirst(where isWanted: (Element) -> Bool) -> Element? {
        let element = state.withLock { state -> Element? in
            guard let first = state.elements.first, isWanted(first.element) else { return nil }
            state.elements.removeFirst()
            state.weight -= first.weight
            return first.element
        }
        taken.signal()
        return element
    }
}

import Dispatch

/// Keeps the threads that all of a process share busy: until `end`, or for five seconds.
struct BusyThreads {
    private let isOver = DispatchSemaphore(value: 0)
    private let all = DispatchGroup()
    private let deadline = DispatchTime.now() + 5
    /// Far more than there are threads: the system adds about one a second where all are waiting.
    private static let count = 256

    init() {
        for _ in 0..<Self.count {
            DispatchQueue.global(qos: .userInitiated).async(group: all) { [isOver, deadline] in _ = isOver.wait(timeout: deadline) }
        }
    }

    /// Frees the threads.
    ///
    /// - Returns: whether they were busy till now.
    func end() -> Bool {
        let wereBusy = DispatchTime.now() < deadline
        for _ in 0..<Self.count { isOver.signal() }
        all.wait()
        return wereBusy
    }
}

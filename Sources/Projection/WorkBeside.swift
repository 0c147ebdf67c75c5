import Dispatch
import Synchronization

/// Work on another thread, which somebody will wait for.
///
/// ```swift
/// let copy = WorkBeside { try File.copy(first, to: second) }
/// // … what does not touch either …
/// try copy.wait()
/// ```
final class WorkBeside: Sendable {
    private let group = DispatchGroup()
    private let failure = Mutex<(any Error)?>(nil)

    init(_ work: @escaping @Sendable () throws -> Void) {
        DispatchQueue.global(qos: .userInitiated).async(group: group) { [self] in
            do { try work() } catch { failure.withLock { $0 = error } }
        }
    }

    /// Returns when it is done, as often as it is called.
    ///
    /// - Throws: what the work threw.
    func wait() throws {
        group.wait()
        if let failure = failure.withLock({ $0 }) { throw failure }
    }
}

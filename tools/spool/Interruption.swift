import Dispatch
import Glibc
import Synchronization

/// What a long verb says when Ctrl-C ends it.
enum Interruption {
    private static let text = Mutex("")
    /// Made once and never touched again; nil where the process was started to go on in spite of Ctrl-C.
    nonisolated(unsafe) private static let source: (any DispatchSourceSignal)? = {
        // Otherwise it ends the process before the source hears of it.
        guard signal(SIGINT, SIG_IGN) == nil else { return nil }
        let source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
        source.setEventHandler {
            // Not by way of the main thread's buffer.
            let bytes = Array((text.withLock { $0 } + "\n").utf8)
            _ = write(2, bytes, bytes.count)
            // The process ends as it would have anyway. Not by `raise`: the source's thread takes no signals.
            signal(SIGINT, SIG_DFL)
            kill(getpid(), SIGINT)
        }
        source.activate()
        return source
    }()

    /// Sets what is said from now on.
    static func prepare(_ newText: String) {
        text.withLock { $0 = newText }
        _ = source
    }
}

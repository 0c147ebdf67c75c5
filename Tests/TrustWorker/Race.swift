import Glibc

/// Two threads that write to one place without a lock: ThreadSanitizer must say so, or its silence about the rest means nothing.
enum Race {
    private nonisolated(unsafe) static var number = 0

    static func run() {
        // One round in six goes unnoticed.
        for _ in 0..<20 { runOnce() }
    }

    private static func runOnce() {
        var thread = pthread_t()
        pthread_create(
            &thread, nil,
            { _ in
                for _ in 0..<100_000 { Race.number += 1 }
                return nil
            }, nil)
        for _ in 0..<100_000 { number += 1 }
        pthread_join(thread, nil)
    }
}

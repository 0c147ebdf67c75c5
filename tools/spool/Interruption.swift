import Glibc

/// What a long verb says when Ctrl-C ends it.
enum Interruption {
    private static let capacity = 1000
    /// Two in turn: the handler may be at one while the next text is written. It may not allocate, so they are made before.
    nonisolated(unsafe) private static let buffers = UnsafeMutablePointer<CChar>.allocate(capacity: 2 * capacity)
    nonisolated(unsafe) private static var text: UnsafeMutablePointer<CChar>?

    /// Sets what is said from now on. The process then ends as it would have anyway.
    static func prepare(_ newText: String) {
        let isFirst = text == nil
        let next = text == buffers ? buffers + capacity : buffers
        let bytes = newText.utf8.prefix(capacity - 2) + [0x0A, 0]
        for (place, byte) in bytes.enumerated() { next[place] = CChar(bitPattern: byte) }
        text = next
        if isFirst { listen() }
    }

    private static func listen() {
        var former = sigaction()
        // What was started to go on in spite of it does.
        guard sigaction(SIGINT, nil, &former) == 0, unsafeBitCast(former.__sigaction_handler.sa_handler, to: Int.self) == 0 else { return }
        signal(SIGINT) { number in
            if let text = Interruption.text { _ = write(2, text, strlen(text)) }
            signal(number, SIG_DFL)
            raise(number)
        }
    }
}

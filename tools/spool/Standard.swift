import Glibc

/// Standard output or error, written in large pieces.
final class Standard {
    nonisolated(unsafe) static let output = Standard(1)
    nonisolated(unsafe) static let error = Standard(2)

    private let descriptor: Int32
    private var buffer: [UInt8] = []
    /// What happened although its report cannot be written.
    var whenLost = ""
    let isTerminal: Bool

    private init(_ descriptor: Int32) {
        self.descriptor = descriptor
        isTerminal = isatty(descriptor) == 1
    }

    func write(_ text: String) {
        buffer.append(contentsOf: text.utf8)
        if buffer.count >= 1 << 16 { flush() }
    }

    func write(_ bytes: [UInt8]) {
        buffer.append(contentsOf: bytes)
        if buffer.count >= 1 << 16 { flush() }
    }

    func flush() {
        var written = 0
        while written < buffer.count {
            let count = buffer.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress?.advanced(by: written), buffer.count - written) }
            if count < 0 && errno == EINTR { continue }
            if count < 0 {
                // Where nobody reads any more, as behind `head -1`, nobody waits for an error either.
                if errno != EPIPE, descriptor != 2 {
                    Failure.complain("error: cannot write the output: \(String(cString: strerror(errno))).\(whenLost)")
                }
                exit(Failure.storeTrouble)
            }
            written += count
        }
        buffer.removeAll(keepingCapacity: true)
    }

    /// Columns of the terminal.
    var width: Int {
        var size = winsize()
        return ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
    }
}

/// A line on standard output, in order with everything else there.
func say(_ text: String, terminator: String = "\n") {
    Standard.output.write(text + terminator)
}

import EventLog

/// A bar on standard error while long work goes on; nothing at all when that is not a terminal.
final class ProgressBar {
    private let label: String
    private let start = Timestamp.now()
    private var lastDrawn = Timestamp(microseconds: 0)
    private var isDrawn = false

    init(_ label: String) { self.label = label }

    /// - Parameters:
    ///   - done: of `total`, in the same unit; no bar without a total.
    ///   - note: what to say beside it.
    func update(_ done: Int, of total: Int?, _ note: @autoclosure () -> String = "") {
        guard Standard.error.isTerminal else { return }
        let now = Timestamp.now()
        guard now.microseconds - lastDrawn.microseconds > 100_000 else { return }
        lastDrawn = now
        isDrawn = true
        var text = "\r\u{1B}[K\(label) "
        if let total, total > 0 {
            let share = min(1, Double(done) / Double(total))
            let filled = Int(share * 30)
            text += String(repeating: "█", count: filled) + String(repeating: "░", count: 30 - filled) + " \(Int(share * 100)) %"
            let elapsed = Double(now.microseconds - start.microseconds) / 1e6
            if share > 0.02 { text += "  \(Int(elapsed / share - elapsed) + 1) s left" }
        }
        let note = note()
        Standard.error.write(note.isEmpty ? text : "\(text)  \(note)")
        Standard.error.flush()
    }

    func finish() {
        guard isDrawn else { return }
        Standard.error.write("\r\u{1B}[K")
        Standard.error.flush()
    }

    /// Seconds since it was made, at least a thousandth.
    var seconds: Double { max(0.001, Double(Timestamp.now().microseconds - start.microseconds) / 1e6) }
}

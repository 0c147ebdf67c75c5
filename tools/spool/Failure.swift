import ArgumentParser
import EventLog
import Glibc
import Projection
import SQLViews
import Spool

/// How errors become messages and exit codes.
enum Failure {
    static let refused: Int32 = 1
    static let wrongUse: Int32 = 2
    static let storeTrouble: Int32 = 3

    /// Ends the process: help and version with 0, anything else with its code and a message on standard error.
    static func exit(with error: any Error) -> Never {
        Standard.output.flush()
        if let code = error as? ExitCode { Glibc.exit(code.rawValue) }
        if error is QueryError || error is WrongUse || error is AsOf.NotYet || (error as? any CallerError)?.isWrongUse == true {
            complain("error: \(error)")
            Glibc.exit(wrongUse)
        }
        if error.isRefusal {
            complain("refused: \(error)")
            Glibc.exit(refused)
        }
        let code = Spool.exitCode(for: error)
        if code == .success || code == .validationFailure {
            let text = Spool.fullMessage(for: error)
            if code == .success { print(text) } else { complain(text.hasPrefix("Error:") ? "error:\(text.dropFirst(6))" : text) }
            Glibc.exit(code == .success ? 0 : wrongUse)
        }
        complain("error: \(error)")
        Glibc.exit(storeTrouble)
    }

    /// What input was quoted in it does nothing to a terminal.
    static func complain(_ text: String) {
        var shown = ""
        for scalar in text.unicodeScalars {
            let isPlain = scalar == "\n" || scalar == "\t" || scalar.properties.generalCategory != .control
            shown += isPlain ? String(scalar) : scalar.escaped(asASCII: true)
        }
        Standard.error.write(shown + "\n")
        Standard.error.flush()
    }
}

/// A command line that makes no sense, beyond what its parser can tell.
struct WrongUse: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

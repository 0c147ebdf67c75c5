import Glibc
import Spool

/// What `tools/bench` measures inside a process: `spool-bench ROW STORE …`.
///
/// The driver writes a number, the row does that many and writes the seconds they took. What prepares the events is not timed.
@main
struct SpoolBench {
    /// Does so many; returns how long the part took that counts.
    typealias Slice = (Int) async throws -> Duration

    static func main() async throws {
        var arguments = CommandLine.arguments.dropFirst()
        func next() throws -> String {
            guard let argument = arguments.popFirst() else { throw WrongUse() }
            return argument
        }
        let slice = try row(next(), next)
        answer("ready")
        while let line = readLine() {
            answer("\(try await slice(Int(line) ?? 0).seconds)")
        }
    }

    private static func answer(_ line: String) {
        print(line)
        // The driver waits for it at the other end of a pipe.
        fflush(nil)
    }

    private static func row(_ name: String, _ next: () throws -> String) throws -> Slice {
        switch name {
        case "append-1": try Appends(next(), next()).oneByOne
        case "append-group": try Appends(next(), next()).concurrently(callers: Int(next()) ?? 64)
        case "append-batch": try Appends(next(), next()).inBatches
        case "append-log": try LogAppends(next(), next()).inBatches
        case "scan": try LogReads(next()).scan
        case "replay": try LogReads(next()).replay
        case "fold": try Views(next()).fold
        case "sql": try Views(next()).sql(Question(named: next()))
        case "swift": try Views(next()).swift(Question(named: next()))
        case "history": try Views(next()).history
        case "as-of": try Views(next()).asOf
        default: throw WrongUse()
        }
    }

    struct WrongUse: Error, CustomStringConvertible {
        let description = "usage: spool-bench ROW STORE …; tools/bench runs it"
    }
}

extension Duration {
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}

/// Keeps the compiler from leaving a computation out.
@inline(never)
@_optimize(none)
func use<T>(_ value: borrowing T) {}

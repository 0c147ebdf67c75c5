import Glibc

/// What the trust tests start as processes of their own, to be killed, stopped and recorded.
@main
enum Worker {
    static func main() {
        do {
            var arguments = Arguments(CommandLine.arguments.dropFirst())
            switch try arguments.next("a verb") {
            case "write":
                var writer = try FactWriter(&arguments)
                try writer.run()
            case "hold": try Holder.hold(&arguments)
            case "ahead": try Holder.runAhead(&arguments)
            case "lose-power": try PowerLoss(&arguments).run()
            case "race": Race.run()
            case let verb: throw Arguments.Wrong(what: "unknown verb \(verb)")
            }
        } catch {
            let text = Array("\(error)\n".utf8)
            write(2, text, text.count)
            exit(1)
        }
    }
}

/// The command line's words, one after the other.
struct Arguments {
    struct Wrong: Error { let what: String }

    private var rest: ArraySlice<String>

    init(_ words: ArraySlice<String>) { rest = words }

    mutating func next(_ what: String) throws -> String {
        guard let word = rest.popFirst() else { throw Wrong(what: "expected \(what)") }
        return word
    }

    mutating func number<N: FixedWidthInteger>(_ what: String) throws -> N {
        let word = try next(what)
        guard let number = N(word) else { throw Wrong(what: "expected \(what), a number; found \(word)") }
        return number
    }
}

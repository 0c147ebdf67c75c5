import ArgumentParser
import EventLog
import Glibc
import Spool

struct Reset: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reset",
        abstract: "Delete a store's log and views for good, and make it anew with the same settings.",
        discussion: """
            Asks first; --yes does not. Refused while another process has the store open, with exit code 3.

            Examples:
              spool reset
              spool reset --yes --store ./try
            """)

    @OptionGroup var options: StoreOptions

    @Flag(name: .long, help: "Do not ask.")
    var yes = false

    func run() throws {
        let path = try options.path
        let head = try { try options.open().log.head() }()
        try Store.checkUnused(at: path)
        if !yes {
            guard isatty(0) == 1 else { throw WrongUse("reset deletes \(counted(head, "event")) in \(path) for good; say --yes to do it.") }
            say("This deletes \(counted(head, "event")) in \(path) for good. Type the word reset to go on:", terminator: " ")
            Standard.output.flush()
            guard readLine() == "reset" else {
                say("Nothing was changed.")
                throw ExitCode(Failure.refused)
            }
        }
        try Store.checkUnused(at: path)
        try Store.reset(at: path)
        say("Made the store in \(path) anew; \(counted(head, "event")) deleted.")
    }
}

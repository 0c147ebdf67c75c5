import ArgumentParser
import Spool

struct Init: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Make a store; one that is there already stays as it is.",
        discussion: """
            Examples:
              spool init
              spool init --sample
              spool init --store ./studio --character butcher --character nutsy
            """)

    @OptionGroup var options: StoreOptions

    @Option(
        name: .long, help: ArgumentHelp("A character that image_library may have; repeat it (default: butcher, nutsy).", valueName: "name"))
    var character: [String] = []

    @Flag(name: .long, help: "Put facts of every domain in, to try queries with.")
    var sample = false

    func run() throws {
        let existed = Store.exists(at: options.path)
        let store = try Store.create(at: options.path, allowed: character.isEmpty ? [:] : ["characters": character])
        if existed, !character.isEmpty, store.info.allowed?["characters"] != character {
            throw WrongUse(
                "the store is there already, with its own characters. They are in \(options.path)/store.json under \"allowed\".")
        }
        // Tables that begin with rows of their own get them here.
        try store.engine.snapshot(of: Set(store.engine.projections.map(\.name))).end()
        if existed {
            say("The store in \(options.path) is there already and stays as it is\(sample ? "; the sample goes in." : ".")")
        } else {
            say("Made a store in \(options.path).")
        }
        if sample {
            let (stored, repeated) = try store.loadSample()
            say("Sample: \(counted(stored, "event")) stored, \(grouped(repeated)) there before.")
        }
        if !existed { say("Next: spool append trend.captured topic='AI art generators' source=reddit") }
    }
}

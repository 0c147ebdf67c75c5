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

    func validate() throws {
        if character.contains("") { throw ValidationError("--character takes a name, found an empty one.") }
    }

    func run() throws {
        let existed = try !Store.make(at: options.path, allowed: character.isEmpty ? [:] : ["characters": character])
        let store = try options.open()
        if existed, !character.isEmpty { try checkCharacters(of: store) }
        // Tables that begin with rows of their own get them here.
        try store.engine.snapshot(of: Set(store.engine.projections.map(\.name))).end()
        if existed {
            say("The store in \(store.path) is there already and stays as it is\(sample ? "; the sample goes in." : ".")")
        } else {
            say("Made a store in \(store.path).")
        }
        if sample {
            let (stored, repeated) = try store.loadSample()
            say("Sample: \(counted(stored, "event")) stored, \(grouped(repeated)) there before.")
        }
        if !existed { say("Next: spool append trend.captured topic='AI art generators' source=reddit") }
    }

    /// Who asks for others than the store has must not believe that they were set.
    private func checkCharacters(of store: Store) throws {
        let own = store.info.allowed?["characters"]
        guard own != character else { return }
        let which =
            own.map { "\($0.joined(separator: ", ")): they are in \(store.path)/store.json under \"allowed\"" }
            ?? "butcher, nutsy: those of a store whose store.json names none"
        throw WrongUse(
            "the store in \(store.path) is there already and stays as it is. Its characters are \(which). "
                + "For others make a store in another folder.")
    }
}

import Foundation
import TestSupport
import Testing

struct ReadmeTests {
    /// The table of the old databases is what the command prints.
    @Test func listsTheSystemsOfTheCatalog() throws {
        let readme = String(decoding: try TestFiles.read("README.md"), as: UTF8.self)
        let after = try #require(readme.components(separatedBy: "<!-- systems -->\n").last)
        let written = try #require(after.components(separatedBy: "<!-- end of systems -->").first)
        let printed = try Command.spool(store: "/nowhere").run(["views", "--systems", "--format", "markdown"])
        #expect(printed.code == 0)
        #expect(written == printed.output, "put the output of `spool views --systems --format markdown` into README.md")
    }

    /// Every verb is in the README's table, and explains itself with examples.
    @Test func everyVerbIsNamedAndExplained() throws {
        let readme = String(decoding: try TestFiles.read("README.md"), as: UTF8.self)
        let spool = Command.spool(store: "/nowhere")
        let help = try spool.run(["--help"]).output
        let verbs = help.split(separator: "\n").compactMap { line -> String? in
            guard line.hasPrefix("  "), !line.hasPrefix("   "), !line.hasPrefix("  -"), !line.hasPrefix("  spool"), !line.hasPrefix("  See")
            else { return nil }
            return line.split(separator: " ").first.map(String.init)
        }
        #expect(verbs.count >= 15, "\(verbs)")
        for verb in verbs {
            #expect(readme.contains("`\(verb)"), "README.md does not name \(verb)")
            let own = try spool.run([verb, "--help"])
            #expect(own.code == 0)
            let hasExamples = own.output.contains("Examples:") || own.output.contains("SUBCOMMANDS:")
            #expect(hasExamples, "`spool \(verb) --help` has no examples")
        }
    }
}

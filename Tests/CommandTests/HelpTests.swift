import Foundation
import TestSupport
import Testing

/// What `--help` shows can be pasted: every example is whole on its lines, and does what it says on the sample store.
struct HelpTests {
    /// Examples that are not run, each with the reason.
    private static let excluded = [
        "spool follow": "goes on until it is interrupted",
        "spool follow --from 1 --type job.stage_advanced": "goes on until it is interrupted",
        "spool follow --limit 10": "waits for ten events of other processes",
        "spool reset": "asks at the terminal",
        "spool import lecture-highlights 'postgresql://app@localhost/lectures' --rejects bad.ndjson": "needs a PostgreSQL server",
    ]

    /// What the examples of a verb find in the folder that they are run in, besides the sample store in ./spool.
    private static let files = [
        "ingest": """
        cp "$ROOT/tools/python/examples/youtube_trending_sample.csv" data.csv
        spool export events log.ndjson
        printf 'video,platform,day,view_count\\nvideo_001,youtube,2026-01-01,5\\n' > stats.csv
        echo '{"specversion":"1.0","id":"1","source":"s","type":"search.performed","data":{"query":"q","source":"s"}}' > events.ndjson
        """,
        "import": """
        for file in trends metrics image_library; do
            python3 -c 'import sqlite3, sys; sqlite3.connect(sys.argv[2]).executescript(open(sys.argv[1]).read())' \
                "$ROOT/Tests/Support/Seeds/$file.sql" $file.db
        done
        python3 -c 'import sqlite3, sys; sqlite3.connect(sys.argv[2]).executescript(open(sys.argv[1]).read())' \
            "$ROOT/Tests/Support/Seeds/shows.sql" primetime.db
        mkdir exports
        spool export jobs exports/jobs.csv
        spool reset --yes
        """,
        "cache": "echo video > forest.mp4",
        "blob": "echo picture > thumbnail.jpg",
        "verify": backups, "restore": backups,
        "reset": "spool init --store ./try",
    ]

    private static let backups = """
        spool backup backups/monday
        spool append trend.captured topic=t source=s
        spool backup backups/tuesday --since backups/monday
        mkdir old
        cp -r backups/tuesday tuesday
        cp -r backups/monday old/monday
        """

    private static let verbs = [
        [], ["status"], ["append"], ["ingest"], ["query"], ["views"], ["events"], ["history"], ["why"], ["follow"], ["cache"], ["blob"],
        ["timeline"], ["archive", "workflows"], ["rebuild"], ["verify"], ["replay"], ["backup"], ["restore"], ["export"], ["import"],
        ["init"], ["reset"], ["repair"],
    ]

    /// A command line that makes sense is parsed by its verb alone. Help and mistakes are still told by the whole command.
    @Test(arguments: verbs.filter { $0.count == 1 }) func helpAndMistakesNameTheWholeCommand(_ verb: [String]) throws {
        let folder = TemporaryFolder()
        let spool = Command.spool(store: folder["store"])
        let help = try spool.run(verb + ["--help"])
        #expect(help.code == 0)
        #expect(help.output.contains("USAGE: spool \(verb[0])"))
        #expect(try spool.run(["help"] + verb).output == help.output)
        let mistake = try spool.run(verb + ["--no-such-option"])
        #expect(mistake.code == 2)
        #expect(mistake.errors.contains("Usage: spool \(verb[0])"))
        #expect(try spool.run(verb + ["--version"]).output == spool.run(["--version"]).output)
    }

    @Test(arguments: verbs) func examplesRunOnTheSample(_ verb: [String]) throws {
        let folder = TemporaryFolder()
        let spool = Command.spool(store: "./spool")
        let help = try spool.run(verb + ["--help"]).output
        let examples = try Self.examples(in: help)
        #expect(!examples.isEmpty, "spool \(verb.joined(separator: " ")) --help has no examples")
        try Self.jsonBlock(in: help)?.write(toFile: folder["map.json"], atomically: true, encoding: .utf8)
        let bin = (spool.path as NSString).deletingLastPathComponent
        let shell = Command(
            "/bin/bash",
            environment: [
                "ROOT": TestFiles.root, "PATH": "\(bin):\(TestFiles.root)/tools/python/examples:/usr/bin:/bin", "SPOOL_STORE": "./spool",
            ])
        func run(_ script: String) throws -> Command.Result { try shell.run(["-euc", "cd '\(folder.path)'\n\(script)"]) }
        if !verb.isEmpty, verb != ["init"] {
            let made = try run("spool init --sample\n" + (Self.files[verb[0]] ?? ""))
            #expect(made.code == 0, "\(verb): \(made.errors)")
        }
        for example in examples {
            let oneLine = example.replacing(#/\s\\\n\s*/#, with: " ")
            if Self.excluded[oneLine] != nil { continue }
            let result = try run(example)
            #expect(result.code == 0, "\(example)\n\(result.output)\(result.errors)")
        }
    }

    @Test func everyVerbIsTried() throws {
        let help = try Command.spool(store: "/nowhere").run(["--help"]).output
        let verbs = try help.split(separator: "\n").compactMap { try #/  ([a-z]+)( .*)?/#.wholeMatch(in: $0)?.1 }.map(String.init)
        #expect(Set(verbs).subtracting(["spool"]) == Set(Self.verbs.compactMap(\.first)))
    }

    /// The commands between `Examples:` and the next empty line, with their backslashes.
    private static func examples(in help: String) throws -> [String] {
        let lines = help.split(separator: "\n", omittingEmptySubsequences: false)
        guard let start = lines.firstIndex(where: { $0 == "Examples:" || $0 == "A first look:" }) else { return [] }
        let end = lines[(start + 1)...].firstIndex { !$0.hasPrefix("  ") } ?? lines.endIndex
        #expect(end == lines.endIndex || lines[end].isEmpty, "a wrapped example: \(lines[end - 1]) \(lines[end])")
        var examples: [String] = []
        var goesOn = false
        for line in lines[(start + 1)..<end] {
            #expect(line.count <= 80, "\(line)")
            let isCommand = line.contains(#/^  (spool|youtube_trending\.py) .*/#)
            #expect(isCommand != goesOn, "a wrapped example: \(line)")
            if goesOn { examples[examples.count - 1] += "\n\(line)" } else { examples.append(String(line.dropFirst(2))) }
            goesOn = line.hasSuffix("\\")
        }
        return examples
    }

    private static func jsonBlock(in help: String) -> String? {
        let lines = help.split(separator: "\n")
        guard let start = lines.firstIndex(of: "  {"), let end = lines.firstIndex(of: "  }") else { return nil }
        return lines[start...end].joined(separator: "\n")
    }
}

import ArgumentParser
import EventLog
import Glibc
import Projection
import Spool

struct Blob: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "blob",
        abstract: "Keep bytes under their SHA-256, once, for events to name.",
        discussion: """
            Examples:
              spool blob put thumbnail.jpg
              spool append thumbnail.stored asset_id=sample-photo size=small \\
                width:=150 height:=84 blob=$(spool blob put thumbnail.jpg)
              spool blob get $(spool blob put thumbnail.jpg) --to copy.jpg
            """,
        subcommands: [Put.self, Get.self, Check.self])

    struct Put: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Keep a file's bytes and print their hash.")

        @OptionGroup var options: StoreOptions

        @Argument(help: "The files; - is standard input.")
        var files: [String]

        func run() throws {
            let blobs = try options.open().blobs
            for file in files { say(try blobs.put(Input.read(file, limit: BlobStore.maximumLength)).hex) }
        }
    }

    struct Get: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Print a blob, checked against its hash.")

        @OptionGroup var options: StoreOptions

        @Argument(help: "The hash.")
        var hash: String

        @Option(name: .long, help: ArgumentHelp("Write it to a file.", valueName: "file"))
        var to: String?

        @OptionGroup var replacing: ReplaceOption

        func run() throws {
            guard let hash = BlobHash(hex: hash) else { throw WrongUse("expected the 64 lower-case hexadecimal digits of a SHA-256") }
            if let to { try replacing.check(to) }
            let blobs = try options.open().blobs
            guard blobs.contains(hash) else { throw NoBlob(hash: hash) }
            let bytes = try blobs.read(hash)
            if let to { try File.replace(to, with: bytes) } else { Standard.output.write(bytes) }
        }
    }

    private struct NoBlob: Refusal, CustomStringConvertible {
        let hash: BlobHash
        var description: String { "there is no blob \(hash)" }
    }

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Read every blob and compare it with its hash; look for each that a row names.",
            discussion: "Exit code 3 when one is damaged or missing.")

        @OptionGroup var options: StoreOptions

        func run() throws {
            let result = try options.open().verifyBlobs()
            for problem in result.problems { say(problem) }
            let state = result.problemCount == 0 ? "all whole" : "damaged or missing: \(result.problemCount)"
            say("\(counted(result.count, "blob")), \(state).")
            if result.problemCount > 0 { throw ExitCode(Failure.storeTrouble) }
        }
    }
}

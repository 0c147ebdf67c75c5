import ArgumentParser
import EventLog
import Glibc
import Projection
import Spool
import Stories

struct Cache: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cache",
        abstract: "Keep generated videos: a folder of files that the videos table knows.",
        discussion: """
            The folder is static/videos, or what --videos or SPOOL_VIDEOS say.

            Examples:
              spool cache save forest.mp4 --prompt 'a forest at dawn' --scene 3
              spool cache find 'a forest at dawn'
              spool cache clean --older-than 7 --dry-run
            """,
        subcommands: [Save.self, Find.self, PathOf.self, Name.self, ScanFolder.self, Clean.self, Check.self])

    struct Options: ParsableArguments {
        @OptionGroup var store: StoreOptions

        @Option(
            name: .long, help: ArgumentHelp("The folder of the videos (default: $SPOOL_VIDEOS, else static/videos).", valueName: "folder"))
        var videos: String?

        func open() throws -> VideoCache {
            VideoCache(try store.open(), at: videos ?? getenv("SPOOL_VIDEOS").map { String(cString: $0) } ?? "static/videos")
        }
    }

    struct Save: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Copy a file into the cache and register it.",
            discussion: "A name that is registered gives the existing row, and nothing is copied; a note says so where the bytes differ.")

        @OptionGroup var options: Options
        @OptionGroup var output: OutputOptions

        @Argument(help: "The file; under static/ it keeps its URL, any other becomes /static/videos/NAME.")
        var file: String

        @Option(name: .long, help: "What the video was generated from.")
        var prompt: String?

        @Option(name: .long, help: "The scene it shows.")
        var scene: Int?

        @Flag(name: .long, help: "It joins several scenes.")
        var combined = false

        func run() throws {
            let cache = try options.open()
            let isOther = try cache.hasOther(than: file)
            let video = try cache.save(file, scene: scene, isCombined: combined, prompt: prompt)
            if isOther {
                Failure.complain(
                    "note: the cache has another \(video.filename), which stays; nothing was copied. `spool cache name` gives a free name.")
            }
            var printer = output.printer(["id", "filename", "url_path"])
            printer.print([[.integer(Int64(video.id)), .text(video.filename), .text(video.urlPath)]])
        }
    }

    struct Find: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Find the newest video made from a prompt; exit code 1 when there is none.")

        @OptionGroup var options: Options
        @OptionGroup var output: OutputOptions

        @Argument(help: "The prompt, exactly.")
        var prompt: String

        func run() throws {
            guard let video = try options.open().find(prompt: prompt) else { throw VideoCache.Failure.unknown("made from that prompt") }
            var printer = output.printer(["id", "filename", "url_path"])
            printer.print([[.integer(Int64(video.id)), .text(video.filename), .text(video.urlPath)]])
        }
    }

    struct PathOf: ParsableCommand {
        static let configuration = CommandConfiguration(commandName: "path", abstract: "Print the file of a video.")

        @OptionGroup var options: Options

        @Argument(help: "The video's id.")
        var id: Int

        func run() throws { say(try options.open().path(ofVideo: id)) }
    }

    struct Name: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Print a file name that is not taken.")

        @OptionGroup var options: Options

        @Argument(help: "How the name begins.")
        var stem = "video"

        @Option(name: .long, help: "The extension.")
        var `extension` = "mp4"

        func run() throws {
            let suffix = `extension`.hasPrefix(".") ? String(`extension`.dropFirst()) : `extension`
            say(try options.open().uniqueName(stem, extension: suffix))
        }
    }

    struct ScanFolder: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "scan", abstract: "Register the videos in the folder that are not known.")

        @OptionGroup var options: Options

        func run() throws {
            let result = try options.open().scan()
            for name in result.registered { say("registered \(name)") }
            for name in result.passedOver { say("passed over \(name): no video that the cache keeps") }
            say("\(counted(result.registered.count, "video")) registered.")
        }
    }

    struct Clean: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove old videos that no session's media_urls name; each removal is an event.")

        @OptionGroup var options: Options

        @Option(name: .long, help: ArgumentHelp("Age in days.", valueName: "days"))
        var olderThan = 7

        @Flag(name: .long, help: "Only tell what would be removed.")
        var dryRun = false

        func validate() throws {
            if !(0...36_500).contains(olderThan) { throw ValidationError("--older-than takes 0 to 36500 days.") }
        }

        func run() throws {
            let result = try options.open().clean(olderThan: olderThan, dryRun: dryRun)
            for name in result.removed { say("\(dryRun ? "would remove" : "removed") \(name)") }
            for name in result.inUse { say("kept \(name): a session's media_urls name it") }
            for name in result.unusable {
                say("kept \(name): no file here can have that name; append cached_video.evicted to be rid of it")
            }
            say("\(counted(result.removed.count, "video")) \(dryRun ? "to remove" : "removed"), \(sized(result.bytes)).")
        }
    }

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Compare the folder with the videos table.",
            discussion: "Exit code 3 when a row's file is gone.")

        @OptionGroup var options: Options

        func run() throws {
            let (missing, unknown, others) = try options.open().check()
            for name in missing { say("missing \(name): the row is there, the file is gone") }
            for name in unknown { say("unknown \(name): `spool cache scan` registers it") }
            for name in others { say("other \(name): no video that the cache keeps, left alone") }
            if missing.isEmpty && unknown.isEmpty { say("Folder and table agree.") }
            if !missing.isEmpty { throw ExitCode(Failure.storeTrouble) }
        }
    }
}

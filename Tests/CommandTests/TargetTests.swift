import Foundation
import TestSupport
import Testing

/// What a command is told to write takes nothing away: not from the store, and not from what is read meanwhile.
struct TargetTests {
    private let folder = TemporaryFolder()
    private let spool: Command

    init() throws {
        spool = Command.spool(store: folder["store"])
        #expect(try spool.run(["init", "--sample"]).code == 0)
    }

    private func expectRefusal(_ words: String, _ arguments: [String], input: String? = nil) throws {
        let result = try spool.run(arguments, input: input)
        #expect(result.code == 2 && result.errors.contains(words), "\(arguments): \(result)")
    }

    private func write(_ name: String, _ text: String) throws -> String {
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder[name]))
        return folder[name]
    }

    private func content(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

    @Test func filesOfTheStore() throws {
        let video = try write("a.mp4", "video")
        let hash = try spool.run(["blob", "put", video]).output.trimmingCharacters(in: .newlines)
        let lines = try write("lines", "{}\n")
        try FileManager.default.createDirectory(atPath: folder["csv"], withIntermediateDirectories: false)
        _ = try write("csv/timelines.csv", "id,name,timeline_json\n1,t,{}\n")
        for target in ["log/data.mdb", "store.json", "new"].map({ "\(folder["store"])/\($0)" }) {
            try expectRefusal("store's own files", ["timeline", "export", "1", target])
            try expectRefusal("store's own files", ["blob", "get", hash, "--to", target])
            try expectRefusal("store's own files", ["ingest", lines, "--on-error", "reject", "--rejects", target])
            try expectRefusal("store's own files", ["import", "primetime", folder["csv"], "--rejects", target])
            try expectRefusal("store's own files", ["repair", "--to", target])
        }
        for videos in ["", "/log", "/new"] {
            try expectRefusal("store's own files", ["cache", "save", video, "--videos", folder["store"] + videos])
            try expectRefusal("store's own files", ["cache", "clean", "--videos", folder["store"] + videos])
        }
        #expect(try spool.run(["verify"]).code == 0)
        try FileManager.default.removeItem(atPath: folder["store/store.json"])
        try expectRefusal("store's own files", ["repair", "--to", folder["store/new"]])
        #expect(!FileManager.default.fileExists(atPath: folder["store/new"]))
    }

    @Test func filesThatAreThere() throws {
        let file = try write("file", "mine")
        let hash = try spool.run(["blob", "put", write("a.mp4", "video")]).output.trimmingCharacters(in: .newlines)
        for arguments in [["timeline", "export", "1", file], ["blob", "get", hash, "--to", file], ["export", "events", file]] {
            try expectRefusal("is there already: give --replace to replace it, or another name", arguments)
            #expect(try content(file) == "mine")
            #expect(try spool.run(arguments + ["--replace"]).code == 0 && content(file) != "mine", "\(arguments)")
            _ = try write("file", "mine")
        }
    }

    @Test func rejectsInTheInputsPlace() throws {
        let input = try write("input", "no event\n")
        try FileManager.default.createSymbolicLink(atPath: folder["link"], withDestinationPath: input)
        try FileManager.default.linkItem(atPath: input, toPath: folder["hard"])
        for rejects in ["input", "./input", "link", "hard"].map({ folder[$0] }) {
            try expectRefusal("is the input itself", ["ingest", input, "--on-error", "reject", "--rejects", rejects])
            try expectRefusal("is the input itself", ["ingest", "--on-error", "reject", "--rejects", rejects], input: input)
        }
        #expect(try content(input) == "no event\n")
        try FileManager.default.createDirectory(atPath: folder["csv"], withIntermediateDirectories: false)
        let table = try write("csv/timelines.csv", "id,name,timeline_json\n1,t,{}\n")
        try expectRefusal("is the input itself", ["import", "primetime", folder["csv"], "--rejects", table])
        #expect(try content(table).hasPrefix("id,name"))
        // Any other file is replaced.
        let other = try write("other", "old")
        #expect(try spool.run(["ingest", input, "--on-error", "reject", "--rejects", other]).code == 1)
        #expect(try content(other).hasPrefix(#"{"line":1,"#))
    }
}

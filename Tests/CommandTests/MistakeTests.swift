import Foundation
import TestSupport
import Testing

/// Mistakes on the command line are told apart from refused facts and from trouble, and say what to do.
struct MistakeTests {
    private let folder = TemporaryFolder()
    private let spool: Command

    init() throws {
        spool = Command.spool(store: folder["store"])
        #expect(try spool.run(["init", "--sample"]).code == 0)
    }

    private func expect(_ code: Int32, _ word: String?, _ arguments: String...) throws {
        let result = try spool.run(arguments)
        #expect(
            result.code == code && word.map { result.errors.contains($0) } ?? result.errors.isEmpty,
            "\(arguments): \(result.code), \(result.errors)")
    }

    @Test func unknownNamesGetTheNearest() throws {
        try expect(2, "Did you mean query?", "qurey", "SELECT 1")
        try expect(2, "Did you mean clean?", "cache", "clena")
        try expect(2, "There are init", "frobnicate")
        try expect(2, "Did you mean image.used?", "events", "--type", "image.usd")
        try expect(2, "Did you mean image.used?", "follow", "--type", "image.usd")
        try expect(2, "Did you mean video?", "events", "--tag", "vidoe:video_001")
        try expect(2, "Did you mean video?", "history", "vidoe:video_001")
        try expect(2, "name:value", "history", "video_001")
        try expect(2, "Did you mean image_library?", "why", "image_libary", "1")
        try expect(2, "is a view", "why", "unused_recent_topics", "1")
        try expect(2, "is the log", "why", "events", "1")
        try expect(2, "after the verb", "--store", folder["store"], "status")
        try expect(2, "Did you mean events?", "views", "event")
        // Known kinds that nothing happened to.
        try expect(0, "No event is about video:none", "history", "video:none")
        try expect(0, nil, "events", "--type", "trend.released")
        let events = try spool.run(["views", "events", "--format", "csv"])
        #expect(events.code == 0 && events.output.contains("stream_version,INTEGER,no,") && events.output.contains("\ntag,TEXT"))
    }

    /// 2 for a file that is to be read and cannot be, 1 for what is in it.
    @Test func inputFiles() throws {
        let none = folder["none"]
        let broken = folder["broken"]
        try Data("{".utf8).write(to: URL(fileURLWithPath: broken))
        try expect(2, none, "ingest", none)
        try expect(2, none, "ingest", none, "--as-recorded")
        try expect(2, none, "ingest", none, "--type", "trend.captured")
        try expect(2, none, "import", "primetime", none)
        try expect(2, none, "replay", "--to", folder["copy"], "--map", none)
        try expect(2, none, "restore", none, "--to", folder["copy"])
        try expect(2, none, "verify", none)
        try expect(2, none, "cache", "save", none)
        try expect(2, "not a file", "cache", "save", folder.path)
        try expect(2, none, "blob", "put", none)
        try expect(2, none, "timeline", "import", none)
        try expect(1, "line 1", "ingest", broken)
        let csv = folder["t.csv"]
        try Data("topic,source\na,b\n".utf8).write(to: URL(fileURLWithPath: csv))
        try expect(1, "--type", "ingest", csv)
        try expect(2, "Did you mean trend.captured?", "ingest", csv, "--type", "trend.capturd")
        try expect(2, "Did you mean topic?", "ingest", csv, "--type", "trend.captured", "--map", "topic=tpic")
        try expect(3, "is a file", "replay", "--to", csv)
        try expect(1, "no blob", "blob", "get", String(repeating: "0", count: 64))
        try expect(1, "relevance_score:=", "append", "trend.captured", "topic=t", "source=s", "relevance_score=0.5")
        try expect(1, "has no table of primetime", "import", "primetime", broken)
        try expect(1, "byte 1", "timeline", "import", broken)
        #expect(!FileManager.default.fileExists(atPath: folder["copy"]))
    }

    @Test func targetsAreOutsideOfStores() throws {
        #expect(try spool.run(["backup", folder["backup"]]).code == 0)
        let inside = "\(folder["store"])/views/new"
        let link = folder["link"]
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: folder["store"])
        for target in [inside, "\(inside)/deeper/still", "\(link)/blobs/x"] {
            try expect(2, "store's own files", "backup", target)
            try expect(2, "store's own files", "backup", target, "--keep", "2")
            try expect(2, "store's own files", "restore", folder["backup"], "--to", target)
            try expect(2, "store's own files", "replay", "--to", target)
            try expect(2, "store's own files", "export", "settings", "\(target).csv")
            try expect(2, "store's own files", "export", "events", "\(target).ndjson")
        }
        #expect(!FileManager.default.fileExists(atPath: inside))
    }

    @Test func momentsBeforeTheFirstEvent() throws {
        #expect(try spool.run(["backup", folder["backup"]]).code == 0)
        try expect(1, "the log begins with position 1", "replay", "--to", folder["copy"], "--until", "2001-01-01")
        try expect(1, "the log begins with position 1", "restore", folder["backup"], "--to", folder["copy"], "--until", "2001-01-01")
        #expect(!FileManager.default.fileExists(atPath: folder["copy"]))
        // Position 0 is asked for by name.
        try expect(0, nil, "restore", folder["backup"], "--to", folder["copy"], "--until", "0")
        // A question about then has its answer: there was nothing.
        try expect(0, "there was no event yet", "query", "SELECT * FROM settings", "--as-of", "2001-01-01")
        try expect(0, nil, "query", "SELECT * FROM settings", "--as-of", "0")
    }

    @Test func textThatIsNotUTF8() throws {
        let bash = Command("/bin/bash", environment: ["SPOOL_STORE": folder["store"]])
        for command in [
            #"append trend.captured topic=$'caf\xe9' source=s"#, #"query $'SELECT \'\xff\''"#, #"$'\xff'"#,
        ] {
            let result = try bash.run(["-c", "'\(spool.path)' \(command)"])
            #expect(result.code == 2 && result.errors.contains("not valid UTF-8") && result.errors.contains("argument"), "\(result.errors)")
        }
        #expect(try spool.run(["query", "SELECT count(*) AS n FROM events", "--format", "csv"]).output == "n\n48\n")
    }

    @Test func smallerOnes() throws {
        try expect(2, "--limit goes with --diff", "rebuild", "--limit", "5")
        try expect(1, "row 99", "timeline", "import", try timeline(), "--id", "99")
        #expect(try spool.run(["timeline", "import", timeline(), "--id", "1"]).code == 0)
        let again = try spool.run(["init", "--sample"])
        #expect(again.output.hasPrefix("The store in \(folder["store"]) is there already and stays as it is; the sample goes in.\n"))
        #expect(try spool.run(["init"]).output == "The store in \(folder["store"]) is there already and stays as it is.\n")
        let put = try spool.run(["blob", "put", "-"], input: timeline())
        #expect(try put.output == spool.run(["blob", "put", timeline()]).output && put.code == 0, "\(put.errors)")
    }

    private func timeline() throws -> String {
        try Data(#"{"name":"t"}"#.utf8).write(to: URL(fileURLWithPath: folder["timeline.json"]))
        return folder["timeline.json"]
    }

    @Test func filesThatAreNoVideos() throws {
        let videos = folder["videos"]
        try FileManager.default.createDirectory(atPath: videos, withIntermediateDirectories: true)
        for name in ["notes.txt", "new.mp4", "video_001.mp4"] {
            try Data("x".utf8).write(to: URL(fileURLWithPath: "\(videos)/\(name)"))
        }
        let check = try spool.run(["cache", "check", "--videos", videos])
        #expect(check.output.contains("unknown new.mp4: `spool cache scan` registers it"))
        #expect(check.output.contains("other notes.txt: no video"), "\(check.output)")
        #expect(try spool.run(["cache", "scan", "--videos", videos]).output.contains("registered new.mp4"))
        #expect(try spool.run(["cache", "check", "--videos", videos]).output.contains("agree"))
        // What was saved by name is known, whatever it is.
        #expect(try spool.run(["cache", "save", "\(videos)/notes.txt", "--videos", videos]).code == 0)
        #expect(try spool.run(["cache", "scan", "--videos", videos]).output == "0 videos registered.\n")
    }

    /// What happens to its images is a collection's history, and a job is known before there is one.
    @Test func entitiesAreKnown() throws {
        let new = Command.spool(store: folder["new"])
        #expect(try new.run(["init"]).code == 0)
        for entity in ["job:1", "clip:1", "content_segment:1", "collection:1"] {
            #expect(try new.run(["history", entity]).code == 0, "\(entity)")
        }
        let added = try spool.run(["append", "collection.image_added", "name=sample", "image_id:=1"])
        #expect(added.output.contains("collection.image_added, collection:1 version"), "\(added.output)\(added.errors)")
        let gone = try spool.run(["append", "collection.image_removed", "collection_id:=1", "image_id:=1"])
        #expect(gone.output.contains("collection.image_removed, collection:1 version"), "\(gone.output)\(gone.errors)")
        let history = try spool.run(["history", "collection:1", "--format", "csv"]).output
        #expect(history.contains("collection.image_added") && history.contains("collection.image_removed"), "\(history)")
        #expect(try spool.run(["history", "image:1", "--format", "csv"]).output.contains("collection.image_added"))
    }

    @Test func receiptsNameWhatChanged() throws {
        let used = ["append", "image.used", "image_id:=1", "video_id=video_001", "--id", "u", "--source", "s"]
        let first = try spool.run(used)
        #expect(first.output.hasSuffix("  made image_usage row 2\n  changed image_library row 1\n"), "\(first.output)")
        // What the log keeps is what was made.
        let again = try spool.run(used)
        #expect(again.output.hasPrefix("repeated at") && again.output.hasSuffix("  made image_usage row 2\n"), "\(again.output)")
        let status = ["append", "video.status_changed", "video_id=video_001", "status=archived", "--format", "ndjson"]
        #expect(try spool.run(status).output.contains(#""rows":"","changed":"video_metadata:1","removed":"","repeat":0"#))
        let removed = try spool.run(["append", "image.removed", "image_id:=1"])
        #expect(removed.output.hasSuffix("\n  removed image_library row 1\n"), "\(removed.output)")
        // Told again what is so already, it changes no row.
        #expect(try spool.run(["append", "setting.changed", "key=last_timeline_id", "value=1", "--time", "2000-01-01"]).code == 0)
    }
}

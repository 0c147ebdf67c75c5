import Foundation
import Spool
import TestSupport
import Testing

/// What users and machines do to a store: folders deleted, processes killed, several at once.
struct RecoveryTests {
    private static let questions = [
        "SELECT * FROM latest_video_metrics ORDER BY video_id, platform",
        "SELECT * FROM trending_topics ORDER BY id",
        "SELECT type, count(*) FROM events GROUP BY type ORDER BY type",
        "SELECT position FROM events WHERE tag = 'video:jt2OHQh0HoQ'",
    ]

    private func answers(_ spool: Command) throws -> [String] {
        try Self.questions.map { sql in
            let result = try spool.run(["query", sql, "--format", "csv"])
            #expect(result.code == 0, "\(result.errors)")
            return result.output
        }
    }

    private func facts(_ folder: TemporaryFolder) throws -> String {
        let path = folder["facts.ndjson"]
        let script = try Command.python.run([
            "python3", "\(TestFiles.root)/\(Sample.script)", Sample.data, "--output", path,
        ])
        #expect(script.code == 0)
        return path
    }

    @Test func viewsMayBeDeleted() throws {
        let folder = TemporaryFolder()
        let spool = Command.spool(store: folder["store"])
        #expect(try spool.run(["init"]).code == 0)
        #expect(try spool.run(["ingest", facts(folder)]).code == 0)
        let before = try answers(spool)
        let views = folder["store"] + "/views"
        let parts = try FileManager.default.contentsOfDirectory(atPath: views).filter { !$0.hasPrefix(".") }
        #expect(Set(parts) == Set(["index@1"] + Catalog.projectors.map { "\($0.name)@\($0.version)" }))
        for part in parts {
            TemporaryFolder.remove("\(views)/\(part)")
            #expect(try answers(spool) == before, "without \(part)")
        }
        TemporaryFolder.remove(views)
        #expect(try answers(spool) == before, "without views")
        // Garbage in a view's place, and a view of another layout, are replaced too.
        try Data("garbage".utf8).write(to: URL(fileURLWithPath: "\(views)/metrics@1/data.mdb"))
        #expect(try answers(spool) == before, "with garbage")
        #expect(try spool.run(["verify"]).code == 0)
    }

    @Test func killedIngestIsCompletedByTheNext() async throws {
        let folder = TemporaryFolder()
        let spool = Command.spool(store: folder["store"])
        #expect(try spool.run(["init"]).code == 0)
        let facts = try facts(folder)
        var kills = 0
        for round in 0..<12 {
            let process = try spool.start(["ingest", facts, "--batch", "5"], output: .nullDevice)
            try await Task.sleep(for: .milliseconds(15 + round * 12))
            if process.isRunning {
                kill(process.processIdentifier, SIGKILL)
                kills += 1
            }
            process.waitUntilExit()
            let verified = try spool.run(["verify"])
            #expect(verified.code == 0, "after kill \(round): \(verified.output)\(verified.errors)")
        }
        #expect(kills > 0)
        let last = try spool.run(["ingest", facts])
        #expect(last.code == 0, "\(last.errors)")
        let count = try spool.run(["query", "SELECT count(*), max(position), count(DISTINCT source || id) FROM events", "--format", "csv"])
        #expect(count.output.split(separator: "\n").last == "803,803,803")
        let fresh = Command.spool(store: folder["fresh"])
        #expect(try fresh.run(["init"]).code == 0)
        #expect(try fresh.run(["ingest", facts]).code == 0)
        let counts =
            "SELECT (SELECT count(*) FROM video_metadata), (SELECT count(*) FROM video_metrics), (SELECT sum(views) FROM latest_video_metrics), (SELECT count(*) FROM trending_topics)"
        #expect(try spool.run(["query", counts, "--format", "csv"]).output == fresh.run(["query", counts, "--format", "csv"]).output)
    }

    @Test func twoProcessesAppendAtOnce() throws {
        let folder = TemporaryFolder()
        let spool = Command.spool(store: folder["store"])
        #expect(try spool.run(["init"]).code == 0)
        #expect(try spool.run(["append", "image.added", "character=nutsy", "file_path=/a.png", "source=photo"]).code == 0)
        // Each line is its own durable commit. Both count up the same row.
        let each = 5000
        var processes: [Process] = []
        for writer in ["a", "b"] {
            var lines = ""
            for number in 0..<each {
                let (type, data) =
                    number % 2 == 0
                    ? ("image.used", #"{"image_id":1,"video_id":"\#(writer)\#(number)"}"#)
                    : ("trend.captured", #"{"topic":"\#(writer)\#(number)","source":"\#(writer)"}"#)
                lines += #"{"specversion":"1.0","id":"\#(number)","source":"\#(writer)","type":"\#(type)","data":\#(data)}"# + "\n"
            }
            let path = folder["\(writer).ndjson"]
            try Data(lines.utf8).write(to: URL(fileURLWithPath: path))
            processes.append(try spool.start(["ingest", path, "--batch", "1"], output: .nullDevice))
        }
        for process in processes {
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
        }
        let counts = try spool.run([
            "query",
            """
            SELECT (SELECT count(*) FROM events), (SELECT max(position) FROM events), (SELECT usage_count FROM image_library),
            (SELECT count(*) FROM image_usage), (SELECT count(*) FROM trending_topics), (SELECT max(id) FROM trending_topics)
            """, "--format", "csv",
        ])
        #expect(counts.output.split(separator: "\n").last == "10001,10001,5000,5000,5000,5000", "\(counts.errors)")
        let verified = try spool.run(["verify"])
        #expect(verified.code == 0, "\(verified.output)\(verified.errors)")
    }

    @Test func lmdbsOwnToolsOpenTheLog() throws {
        let folder = TemporaryFolder()
        let spool = Command.spool(store: folder["store"])
        #expect(try spool.run(["init"]).code == 0)
        for number in 1...3 { #expect(try spool.run(["append", "search.performed", "query=q\(number)", "source=s"]).code == 0) }
        let stat = try Command("/usr/bin/mdb_stat").run([folder["store"] + "/log"])
        #expect(stat.code == 0, "\(stat.errors)")
        #expect(stat.output.contains("Entries: 3"), "\(stat.output)")
    }
}

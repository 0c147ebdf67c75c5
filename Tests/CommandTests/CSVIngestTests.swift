import Foundation
import JSON
import TestSupport
import Testing

struct CSVIngestTests {
    private let folder = TemporaryFolder()
    private let spool: Command

    init() throws {
        spool = Command.spool(store: folder["store"])
        #expect(try spool.run(["init"]).code == 0)
    }

    private func write(_ name: String, _ text: String) throws -> String {
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder[name]))
        return folder[name]
    }

    @Test func rejectedRecordsAreKeptAsTheyWere() throws {
        let records = [
            #""a, ""b""",s"#, #"only one"#, "\"two\nlines\",s", "\"three\nmore\nlines\",s,too many", #"bad"quote,s"#, #"last,s"#,
        ]
        let file = try write("t.csv", "topic,source\n" + records.joined(separator: "\n") + "\n")
        let rejects = folder["rejects.ndjson"]
        let result = try spool.run(["ingest", file, "--type", "trend.captured", "--on-error", "reject", "--rejects", rejects])
        #expect(result.code == 1)
        #expect(result.output.hasPrefix("3 events stored, 0 stored before, 3 refused, of 6 records in"), "\(result.output)")
        let lines = try String(contentsOfFile: rejects, encoding: .utf8).split(separator: "\n")
        let found = try lines.map { line in
            let root = try JSONDocument(parsing: Array(line.utf8)).root
            return "\(root["line"]?.int ?? 0) \(root["text"]?.string ?? "")"
        }
        #expect(found == ["3 \(records[1])", "6 \(records[3])", "9 \(records[4])"])
    }

    /// As tables have them, and as Python writes them.
    @Test func truthComesInSeveralForms() throws {
        let cells = ["0", "1", "true", "false", "True", "False", "TRUE", "FALSE"]
        let lines = cells.enumerated().map { "v\($0.offset).mp4,/static/videos/v\($0.offset).mp4,\($0.element)" }
        let file = try write("videos.csv", "filename,url_path,is_combined\n" + lines.joined(separator: "\n") + "\n")
        let result = try spool.run(["ingest", file, "--type", "cached_video.saved"])
        #expect(result.code == 0, "\(result.output)\(result.errors)")
        let rows = try spool.run(["query", "SELECT is_combined FROM videos ORDER BY id", "--format", "csv"]).output
        #expect(rows == "is_combined\n0\n1\n1\n0\n1\n0\n1\n0\n")
        let other = try write("no.csv", "filename,url_path,is_combined\nw,/w,yes\n")
        let refused = try spool.run(["ingest", other, "--type", "cached_video.saved"])
        #expect(refused.code == 1 && refused.errors.contains("expected true or false"), "\(refused.errors)")
    }

    @Test func blankLinesArePassedOver() throws {
        let file = try write("t.csv", "topic,source\n\none,s\n\r\ntwo,s\n\n")
        let result = try spool.run(["ingest", file, "--type", "trend.captured"])
        #expect(result.code == 0 && result.output.hasPrefix("2 events stored"), "\(result.output)\(result.errors)")
        // In one column a blank line is a record with an empty cell.
        let one = try spool.run(["ingest", write("one.csv", "id\n\n"), "--type", "trend.removed"])
        #expect(one.code == 1 && one.errors.contains("'id'"), "\(one.errors)")
    }

    @Test func anUnknownFieldOfTheMapIsNamed() throws {
        let file = try write("t.csv", "topic,source\none,s\n")
        let result = try spool.run(["ingest", file, "--type", "trend.captured", "--map", "topik=topic", "--map", "source=source"])
        #expect(result.code == 2)
        let message = "trend.captured has no field 'topik'. Did you mean topic? Fields are topic, source,"
        #expect(result.errors.contains(message), "\(result.errors)")
    }

    @Test func anotherFileOfTheSameNameIsToldApart() throws {
        #expect(try spool.run(["ingest", write("t.csv", "topic,source\none,s\n"), "--type", "trend.captured"]).code == 0)
        let other = try write("t.csv", "topic,source\ntwo,s\n")
        let refused = try spool.run(["ingest", other, "--type", "trend.captured"])
        #expect(refused.code == 1)
        for word in ["'csv:t.csv'", "--source", "--id"] { #expect(refused.errors.contains(word), "\(refused.errors)") }
        #expect(try spool.run(["ingest", other, "--type", "trend.captured", "--source", "second"]).code == 0)
        // With ids of one's own the hint would be wrong.
        let ids = try write("ids.csv", "id,topic,source\nx,three,s\nx,four,s\n")
        let own = try spool.run(["ingest", ids, "--type", "trend.captured", "--id", "id"])
        #expect(own.code == 1 && own.errors.contains("'x'") && !own.errors.contains("--source"), "\(own.errors)")
    }

    @Test func cellsWithJSON() throws {
        let cells = [#""{""a"": 1}""#, #""[1, 2]""#, #""{oops""#, "plain", "5"]
        let records = cells.enumerated().map { "t\($0),s,\($1)" }
        let file = try write("t.csv", "topic,source,metadata\n" + records.joined(separator: "\n") + "\n")
        #expect(try spool.run(["ingest", file, "--type", "trend.captured"]).code == 0)
        let found = try spool.run(["query", "SELECT json_type(data, '$.metadata') AS t FROM events ORDER BY position", "--format", "csv"])
        #expect(found.output == "t\nobject\narray\ntext\ntext\ntext\n", "\(found)")
    }
}

import Foundation
import TestSupport
import Testing

/// What a command says is so: of what is not built yet, of what was stored, of names and times that mean something else.
struct ReportTests {
    private let folder = TemporaryFolder()
    private let spool: Command

    init() throws {
        spool = Command.spool(store: folder["store"])
        #expect(try spool.run(["init", "--sample"]).code == 0)
    }

    private func expect(_ code: Int32, _ words: [String], _ arguments: String...) throws {
        let result = try spool.run(arguments)
        #expect(result.code == code && words.allSatisfy(result.errors.contains), "\(arguments): \(result)")
    }

    @Test func whatIsNotBuiltYet() throws {
        #expect(try spool.run(["backup", folder["backup"]]).code == 0)
        #expect(try spool.run(["restore", folder["backup"], "--to", folder["restored"]]).code == 0)
        let restored = Command.spool(store: folder["restored"])
        let status = try restored.run(["status"])
        #expect(status.code == 0 && status.output.contains("not built  trends, metrics"), "\(status)")
        let rows = try restored.run(["status", "--format", "csv"]).output
        #expect(rows.contains("\nindex,1,0,48,") && rows.contains("\ntrends,1,,5,,"), "\(rows)")
        let types = try restored.run(["status", "--types", "--format", "csv"]).output
        #expect(
            try types == spool.run(["status", "--types", "--format", "csv"]).output && types.contains("trend.captured,3,3"), "\(types)")
        #expect(try restored.run(["query", "SELECT count(*) FROM trending_topics"]).code == 0)
        #expect(try restored.run(["status", "--format", "csv"]).output.contains("\ntrends,1,48,0,"))
        #expect(try restored.run(["status"]).output.contains("not built  metrics"))
    }

    /// Few events or many, what was ingested is in the tables when the command ends: nobody has to catch up.
    @Test(arguments: [[], ["--batch", "100"]]) func whatIsIngested(options: [String]) throws {
        let lines = (1...300).map { number in
            #"{"specversion":"1.0","id":"\#(number)","source":"s","type":"trend.captured","data":{"topic":"t\#(number)","source":"s"}}"#
        }
        try Data(lines.joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: folder["events.ndjson"]))
        let ingest = try spool.run(["ingest", folder["events.ndjson"]] + options)
        #expect(ingest.code == 0, "\(ingest)")
        let rows = try spool.run(["status", "--format", "csv"]).output
        #expect(rows.contains("\nindex,1,348,0,") && rows.contains("\ntrends,1,348,0,"), "\(rows)")
    }

    @Test func whatIsStoredAllTheSame() throws {
        let shell = Command("/bin/bash", environment: spool.environment)
        let result = try shell.run(["-c", "'\(spool.path)' append trend.captured topic=t source=s > /dev/full"])
        #expect(result.code == 3 && result.errors.contains("cannot write the output"), "\(result)")
        #expect(result.errors.contains("stored all the same, at position 49"), "\(result)")
        #expect(try spool.run(["status"]).output.contains("49 events"))
    }

    @Test func namesInDoubleQuotes() throws {
        for sql in [#"SELECT "topicc" FROM trending_topics"#, #"SELECT topic FROM trending_topics WHERE "topicc" = 'x'"#] {
            try expect(2, ["no column 'topicc'", "The nearest is topic.", "single quotes"], "query", sql)
        }
        let good = try spool.run(["query", #"SELECT "topic" AS "a b" FROM "trending_topics" ORDER BY "a b" LIMIT 1"#, "--format", "csv"])
        #expect(good.output == "a b\nAI art generators\n", "\(good)")
    }

    @Test func numbersThatAreNoTimes() throws {
        for time in ["2025", "20250301", "0", "-1"] {
            try expect(
                2, ["--time: as Unix seconds '\(time)' lies before 1990", "2025-03-01"], "append", "trend.captured", "--time=\(time)")
            try expect(2, ["--since: as Unix seconds", "2025-03-01"], "events", "--since=\(time)")
            try expect(2, ["--until: as Unix seconds"], "follow", "--until=\(time)")
        }
        try expect(2, ["--time: '1740814200000'", "milliseconds"], "append", "trend.captured", "--time", "1740814200000")
        try expect(0, [], "append", "trend.captured", "topic=t", "source=s", "--time", "1740814200")
        #expect(try spool.run(["events", "--last", "1"]).output.contains("2025-03-01T07:30:00Z"))
    }

    @Test func fieldsOfEvents() throws {
        try expect(
            1, ["field 'topic': expected this required field", "There is no field 'topicc'; the nearest is topic"], "append",
            "trend.captured", "topicc=x", "source=y")
        try expect(1, ["'foo'", "Known are topic, source,"], "append", "trend.captured", "topic=x", "source=y", "foo=bar")
        let fields = try spool.run(["views", "trend.captured", "--format", "csv"])
        for line in ["topic,yes,a string", "relevance_score,no,a number", "metadata,no,any JSON", "id,no,an integer"] {
            #expect(fields.output.contains("\n\(line)\n"), "\(fields)")
        }
        let types = try spool.run(["views", "--types", "--format", "csv"]).output.split(separator: "\n").dropFirst()
        for type in types.compactMap({ $0.split(separator: ",").first.map(String.init) }) {
            #expect(try spool.run(["views", type, "--format", "csv"]).output.split(separator: "\n").count > 1, "\(type)")
        }
    }

    @Test func replaysOfNothing() throws {
        try expect(0, ["No event is selected: --from 100 is beyond position 48"], "replay", "--to", folder["a"], "--from", "100")
        try expect(0, ["No event is selected: all 48 were left out"], "replay", "--to", folder["b"], "--type", "trend.released")
        try expect(2, ["--from 40 is after --until 30"], "replay", "--to", folder["c"], "--from", "40", "--until", "30")
        try expect(0, ["positions 1 to 48"], "replay", "--to", folder["d"])
        try expect(0, ["Nothing new: everything up to position 48"], "replay", "--to", folder["d"])
    }

    @Test func statementsThatBeginWithADash() throws {
        for arguments in [["-- a comment\nSELECT 1 AS n"], ["--", "--none\nSELECT 1 AS n"], ["--", "SELECT ? AS n", "1"]] {
            let result = try spool.run(["query", "--format", "csv"] + arguments)
            #expect(result.code == 0 && result.output == "n\n1\n", "\(arguments): \(result)")
        }
        try expect(2, ["error: Unknown option '--fromat'"], "query", "SELECT 1", "--fromat", "csv")
    }

    @Test func inputsOfAnotherKind() throws {
        func write(_ bytes: [UInt8]) throws -> String {
            try Data(bytes).write(to: URL(fileURLWithPath: folder["input"]))
            return folder["input"]
        }
        try expect(1, ["is compressed", "gunzip -c \(folder["input"]) | spool ingest -"], "ingest", write([0x1F, 0x8B, 8, 0]))
        try expect(1, ["is UTF-16"], "ingest", write([0xFF, 0xFE, 0x7B, 0]))
        let line = Array(#"{"specversion":"1.0","id":"1","source":"s","type":"search.performed","data":{"query":"q","source":"s"}}"#.utf8)
        try expect(2, ["--type is for CSV"], "ingest", write(line), "--type", "search.performed")
        try expect(0, [], "ingest", write(line))
        let other = try String(contentsOfFile: folder["input"], encoding: .utf8).replacing("\"q\"", with: "\"r\"")
        try expect(1, ["with other data. Send"], "ingest", write(Array(other.utf8)))
    }

    @Test func placesThatAreNoStore() throws {
        try expect(2, ["there is no verb 'nope'"], "help", "nope")
        try expect(2, ["--store is empty"], "status", "--store", "")
        for arguments in [["status"], ["append", "trend.captured", "topic=t", "source=s"], ["init"]] {
            let result = try Command.spool(store: "").run(arguments)
            #expect(result.code == 2 && result.errors.contains("SPOOL_STORE is empty"), "\(result)")
        }
        try Data("x".utf8).write(to: URL(fileURLWithPath: folder["file"]))
        for verb in ["status", "init"] {
            try expect(3, ["\(folder["file"]) is a file, and a store is a folder"], verb, "--store", folder["file"])
        }
        try FileManager.default.removeItem(atPath: folder["store/store.json"])
        try expect(3, ["has a log and no store.json", "spool repair --store \(folder["store"]) --to FOLDER"], "status")
        #expect(try spool.run(["repair", "--to", folder["repaired"]]).code == 0)
    }
}

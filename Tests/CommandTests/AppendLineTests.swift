import Foundation
import TestSupport
import Testing

/// `append` reads plain command lines itself: they mean what they mean to the parser of all the others, to which `--wait` sends a line.
struct AppendLineTests {
    private let folder = TemporaryFolder()
    private let trend = ["trend.captured", "topic=AI art", "source=reddit"]

    private func checkAlike(_ lines: [[String]]) throws {
        let plain = Command.spool(store: folder["plain"])
        let parsed = Command.spool(store: folder["parsed"])
        for spool in [plain, parsed] { #expect(try spool.run(["init"]).code == 0) }
        for line in lines {
            let one = try plain.run(["append"] + line)
            let other = try parsed.run(["append", "--wait", "60"] + line)
            #expect(one.code == other.code && one.errors == other.errors, "\(line): \(one.errors)\(other.errors)")
            #expect(withoutTimes(one.output) == withoutTimes(other.output), "\(line)")
        }
    }

    private func withoutTimes(_ output: String) -> String {
        output.replacing(/\d{4}-\d\d-\d\dT[\d:.]+Z/, with: "TIME").replacing(/[0-9a-f]{8}-[0-9a-f-]{27}/, with: "ID")
    }

    @Test func optionsAndFields() throws {
        try checkAlike([
            trend, trend + ["relevance_score:=0.92", "metadata:={\"a\":[1]}", "category=a=b"], ["--id", "1"] + trend + ["--source=s"],
            trend + ["--id=1", "--source", "s"], trend + ["--subject", "trend:9", "--time", "2026-01-02 03:04:05"],
            trend + ["--correlation", "run", "--causation=a=b", "--actor", "me", "--format", "ndjson"],
            ["--format=json", "trend.captured", "--data", #"{"topic":"t","source":"s"}"#], trend + ["--format", "csv"],
            ["trend.used", "id:=1", "--expect", "1", "--format", "markdown"], ["trend.used", "--expect=none", "id:=2"],
        ])
    }

    @Test func mistakes() throws {
        try checkAlike([
            [], ["trend.captured"], ["help"], ["--help"], ["-h"], ["--version"], trend + ["--idd", "1"], trend + ["--id"],
            trend + ["--id", "-1"],
            trend + ["--id", "--source", "s"], trend + ["--id", ""], trend + ["--id="], trend + ["--format", "xml"],
            trend + ["--id", "a", "--id", "b"],
            trend + ["-x"], trend + ["-"], ["--"] + trend, ["--"], [""] + trend, trend + [""], trend + ["topic=again"], trend + ["=x"],
            trend + ["x:=["],
            trend + ["--data", "{}"], trend + ["--time", "soon"], trend + ["--expect", "-1"], trend + ["--expect", "many"],
            trend + ["--store"],
            ["trend.captured", "topic=t", "source=s", "relevance_score=0.5"], ["nothing.known"], trend + ["--generate-completion-script"],
        ])
    }
}

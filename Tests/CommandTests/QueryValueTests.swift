import Foundation
import TestSupport
import Testing

/// Values of a statement on the command line.
struct QueryValueTests {
    /// SQL would take a text for the number 0, or for a time after all others, and answer with no rows.
    @Test func valuesOfNamedQueriesMustMakeSense() throws {
        let folder = TemporaryFolder()
        let spool = Command.spool(store: folder["store"])
        #expect(try spool.run(["init", "--sample"]).code == 0)
        for (values, wrong) in [
            (["unused_topics", "abc"], "limit: expected a number from 0, found 'abc'"),
            (["topics_since", "soon", "5"], "timestamp: expected a time or a day, such as 2025-01-12, found 'soon'"),
        ] {
            let result = try spool.run(["query", "--name"] + values)
            #expect(result.code == 2 && result.errors.contains(wrong), "\(result.errors)")
        }
        let topics = try spool.run(["query", "--name", "topics_since", "2020-01-01", ":=1", "--format", "csv"])
        #expect(topics.code == 0 && topics.output.split(separator: "\n").count == 2, "\(topics.output)")
    }

    private let folder = TemporaryFolder()
    private let spool: Command

    init() throws {
        spool = Command.spool(store: folder["store"])
        #expect(try spool.run(["init", "--sample"]).code == 0)
    }

    private func rows(_ arguments: String...) throws -> String {
        let result = try spool.run(["query"] + arguments + ["--format", "csv"])
        #expect(result.code == 0, "\(arguments): \(result.errors)")
        return result.output
    }

    @Test func haveTheirTypes() throws {
        let types = "SELECT typeof(?) || ' ' || coalesce(?1, 'NULL') AS it"
        for (value, expected) in [
            ("5", "text 5"), (":=5", "integer 5"), (":=-5", "integer -5"), (":=5.5", "real 5.5"), (":=1e3", "real 1000.0"),
            (":=null", "null NULL"), (":=true", "integer 1"), (":=false", "integer 0"), (#":="5""#, "text 5"),
            (":=[1, 2]", "\"text [1, 2]\""),
            ("-5", "text -5"), ("-0.5", "text -0.5"), ("a=b", "text a=b"), ("a:=5", "text a:=5"),
        ] { #expect(try rows(types, value) == "it\n\(expected)\n", "\(value)") }
    }

    @Test func equalNumbersInExpressions() throws {
        let sql = "SELECT id FROM video_metrics WHERE views + 0 = ? ORDER BY id"
        #expect(try rows(sql, ":=1200") == "id\n1\n")
        #expect(try rows(sql, "1200") == "id\n", "text equals no number")
        #expect(try rows("SELECT abs(?) AS n", "-3") == "n\n3.0\n")
    }

    @Test func mayBeNamed() throws {
        let sql = "SELECT video_id FROM video_metrics WHERE views + 0 = :views AND platform = :platform"
        #expect(try rows(sql, "--value", "views:=1200", "--value", "platform=tiktok") == "video_id\nvideo_001\n")
    }

    @Test func wrongOnesAreNamed() throws {
        for (arguments, word) in [
            (["SELECT ?", ":=nope"], "not JSON"), (["SELECT :a", "--value", "b=1"], ":a has no value"),
            (["SELECT 1", "--value", "b=1"], "no :b in the statement"), (["SELECT :a", "--value", "a=1", "--value", "a=2"], "two values"),
            (["SELECT ?"], "expected 1 value"), (["SELECT 1", "--fromat", "csv"], "Unknown option '--fromat'"),
            (["SELECT ?", ":=1e400"], "beyond the numbers"),
        ] {
            let result = try spool.run(["query"] + arguments)
            #expect(result.code == 2 && result.errors.contains(word), "\(arguments): \(result.errors)")
        }
    }

    @Test func infinityIsANumberInJSON() throws {
        let sql = "SELECT 9e999 AS a, -9e999 AS b, 9e999 - 9e999 AS c"
        let result = try spool.run(["query", sql, "--format", "ndjson"])
        #expect(result.output == #"{"a":9e999,"b":-9e999,"c":null}"# + "\n")
        let json = result.output.trimmingCharacters(in: .newlines)
        #expect(
            try rows("SELECT j ->> 'a' = 9e999 AS a, j ->> 'b' = -9e999 AS b FROM (SELECT :json AS j)", "--value", "json=\(json)")
                == "a,b\n1,1\n")
        // A fact cannot have one.
        let refused = try spool.run(["append", "trend.captured", "topic=t", "source=s", "relevance_score:=9e999"])
        #expect(refused.code == 1 && refused.errors.contains("'relevance_score'"), "\(refused.errors)")
    }
}

import Foundation
import TestSupport
import Testing

/// SQL that would run for ever, take all memory, give endless rows or reach beyond the store is limited or refused, and says which limit it was.
struct HostileQueryTests {
    private let folder = TemporaryFolder()
    private let spool: Command
    private static let numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"

    init() throws {
        spool = Command.spool(store: folder["store"])
        #expect(try spool.run(["init", "--sample"]).code == 0)
    }

    private func expect(_ code: Int32, _ words: String, within seconds: Double = 6, _ sql: String, _ options: String...) throws {
        let start = ContinuousClock.now
        let result = try spool.run(["query", sql] + options)
        let took = start.duration(to: .now)
        let name = sql.prefix(100)
        #expect(
            result.code == code && (words.isEmpty || result.errors.contains(words)), "\(name): \(result.code), \(result.errors.prefix(300))"
        )
        #expect(result.errors.utf8.count < 5000, "\(name): a message of \(result.errors.utf8.count) bytes")
        #expect(took < .seconds(seconds), "\(name): took \(took)")
    }

    @Test func timeIsLimited() throws {
        try expect(2, "--timeout", "\(Self.numbers) SELECT count(*) FROM n", "--timeout", "0.2")
        try expect(2, "--timeout", "\(Self.numbers) SELECT group_concat(i) FROM n", "--timeout", "0.2")
        let events = (1...9).map { "events e\($0)" }.joined(separator: ", ")
        try expect(2, "--timeout", "SELECT count(*) FROM \(events)", "--timeout", "0.2")
        // One function, which SQLite does not interrupt.
        try expect(2, "--timeout", "SELECT instr(zeroblob(80000000), zeroblob(40000000) || x'01')", "--timeout", "0.2")
        try expect(2, "0.001 to 86400", "SELECT 1", "--timeout", "inf")
    }

    @Test func timeOfTheReaderDoesNotCount() throws {
        // The pipe is full long before the last row.
        let query = "'\(spool.path)' query \"\(Self.numbers) SELECT i FROM n LIMIT 60000\" --timeout 0.8 --format csv"
        let result = try shell("set -o pipefail; \(query) | (sleep 1.2; tail -1)")
        #expect(result.code == 0 && result.output == "60000\n", "\(result)")
    }

    @Test func memoryIsLimited() throws {
        try expect(2, "--memory", "\(Self.numbers) SELECT count(*) FROM (SELECT DISTINCT i FROM n)", "--memory", "32")
        try expect(2, "--memory", "\(Self.numbers) SELECT i FROM n ORDER BY -i", "--memory", "32")
        try expect(2, "256 MiB", "SELECT randomblob(1000000000)")
        try expect(2, "256 MiB", "SELECT zeroblob(2147483647)")
        try expect(2, "256 MiB", "SELECT replace(hex(zeroblob(2000000)), '0', hex(zeroblob(1000)))")
        try expect(2, "--memory", "SELECT length(zeroblob(60000000)), hex(zeroblob(60000000))", "--memory", "32")
    }

    @Test func nothingButReading() throws {
        let before = try StoreContent(folder["store"])
        for (sql, words) in [
            ("ATTACH '\(folder["x.db"])' AS x", "ATTACH"), ("DETACH main", "ATTACH"), ("PRAGMA database_list", "PRAGMA"),
            ("PRAGMA hard_heap_limit = 0", "PRAGMA"), ("PRAGMA temp_store_directory = '/'", "PRAGMA"),
            ("PRAGMA writable_schema = 1", "PRAGMA"),
            ("SELECT * FROM pragma_database_list", "json_each"), ("SELECT load_extension('x')", "load_extension"),
            ("SELECT readfile('/etc/passwd')", "no function"), ("SELECT writefile('\(folder["x.db"])', 'x')", "no function"),
            ("SELECT edit('x')", "no function"), ("VACUUM INTO '\(folder["x.db"])'", "read-only"), ("CREATE TABLE t (a)", "read-only"),
            ("CREATE TEMP TABLE t AS SELECT 1", "read-only"), ("INSERT INTO trending_topics (topic) VALUES ('x')", "read-only"),
            ("UPDATE trending_topics SET topic = ''", "read-only"), ("DELETE FROM events", "read-only"),
            ("REPLACE INTO settings VALUES (1)", "read-only"),
            ("SELECT 1; SELECT 2", "one statement"), ("SELECT 1; ATTACH 'x' AS y", "one statement"), ("BEGIN", "transactions"),
            ("SELECT fts3_tokenizer('x')", "fts3_tokenizer"), ("SELECT * FROM dbstat", "json_each"), ("ANALYZE", "read-only"),
        ] { try expect(2, words, sql) }
        #expect(!FileManager.default.fileExists(atPath: folder["x.db"]))
        #expect(try StoreContent(folder["store"]) == before)
    }

    @Test func hugeStatements() throws {
        func many(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }
        try expect(2, "parser stack overflow", "SELECT \(many("(", 50_000))1\(many(")", 50_000))")
        try expect(2, "depth", "SELECT 1\(many(" + 1", 30_000))")
        try expect(0, "", "SELECT 1 IN (\(many("1,", 50_000))1)")
        try expect(2, "there is no column", "SELECT \(many("x", 100_000))")
        try expect(2, "there is no table", "SELECT * FROM \(many("x", 100_000))")
        try expect(2, "there is no function", "SELECT \(many("x", 100_000))(1)")
        try expect(2, "unrecognized token", "SELECT '\(many("x", 100_000))")
        try expect(2, "too many", "SELECT \(many("1,", 60_000))1")
        try expect(2, "too many terms", "SELECT 1\(many(" UNION SELECT 1", 5_000))")
        try expect(2, "64 tables", "SELECT 1 FROM events\(many(", events", 100))")
        try expect(2, "malformed JSON", "SELECT json_extract('\(many("[", 100_000))', '$[0]')")
        try expect(2, "pattern too complex", "SELECT 'x' LIKE '\(many("%_", 50_000))'")
        try expect(0, "", "SELECT '\(many("a", 50_000))' LIKE '\(many("%a", 20_000))b'", "--timeout", "5")
        try expect(0, "", "SELECT '\(many("a", 50_000))' GLOB '\(many("*[a-z]", 5_000))b'", "--timeout", "5")
        try expect(2, "no function 'REGEXP'", "SELECT 'aaaa' REGEXP '(a+)+$'")
        try expect(
            0, "", "SELECT sum(position) OVER (ORDER BY position ROWS BETWEEN 9223372036854775807 PRECEDING AND CURRENT ROW) FROM events")
        try expect(0, "", "SELECT abs(-9223372036854775807), round(1e308, 400), substr('a', -9223372036854775807, 9223372036854775807)")
        try expect(2, "integer overflow", "SELECT abs(-9223372036854775808)")
    }

    /// 300 rows of 3 MB, of which a table shows some characters each.
    @Test func largeCells() throws {
        let wide = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 300) SELECT i, hex(zeroblob(1500000)) AS h FROM n"
        let result = try shell("/usr/bin/env time -f '%M KiB' '\(spool.path)' query \"\(wide)\"")
        #expect(result.code == 0 && result.output.utf8.count < 40_000, "\(result.errors)")
        let memory = result.errors.split(separator: " ").first.flatMap { Int($0) } ?? .max
        #expect(memory < 150_000, "\(memory) KiB")
    }

    @Test func nobodyReadsTheRest() throws {
        let endless = "'\(spool.path)' query \"\(Self.numbers) SELECT i, 'some text' FROM n\""
        for format in ["table", "csv", "ndjson", "json"] {
            let start = ContinuousClock.now
            let result = try shell("\(endless) --format \(format) | head -1 >/dev/null; echo ${PIPESTATUS[0]}")
            // 141 where the shell leaves SIGPIPE as it is, 3 where it is ignored.
            #expect(["141\n", "3\n"].contains(result.output) && result.errors.isEmpty, "\(format): \(result)")
            #expect(start.duration(to: .now) < .seconds(10))
        }
        let full = try shell("\(endless) --format csv >/dev/full")
        #expect(full.code == 3 && full.errors.contains("No space left"), "\(full)")
    }

    private func shell(_ script: String) throws -> Command.Result {
        try Command("/bin/bash", environment: spool.environment).run(["-c", script])
    }
}

/// The bytes of a store's files but the locks: pages that processes share.
struct StoreContent: Equatable {
    private var files: [String: Data] = [:]

    init(_ path: String) throws {
        let names = try FileManager.default.subpathsOfDirectory(atPath: path)
        for name in names where !name.hasSuffix("lock.mdb") && !name.hasSuffix("writer.lock") {
            files[name] = FileManager.default.contents(atPath: "\(path)/\(name)")
        }
    }
}

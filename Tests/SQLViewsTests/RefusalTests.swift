import Projection
import SQLViews
import Testing

/// What is not a query is refused, in words that help.
@Suite struct RefusalTests {
    private func error(_ sql: String, _ parameters: [SQLValue] = [], _ options: QueryOptions = QueryOptions()) throws -> QueryError? {
        let fixture = try sharedFixture.get()
        do {
            _ = try fixture.runner.rows(sql, parameters, options: options)
            return nil
        } catch let error as QueryError {
            return error
        }
    }

    @Test(arguments: [
        "INSERT INTO items (id) VALUES (1)", "INSERT INTO events (id) VALUES ('x')", "UPDATE items SET kind = ''", "DELETE FROM items",
        "REPLACE INTO items (id) VALUES (1)", "DROP TABLE items", "DROP VIEW flagged_items", "CREATE TABLE t (a)",
        "CREATE TEMP TABLE t (a)",
        "CREATE VIEW v AS SELECT 1", "CREATE VIRTUAL TABLE t USING fts5(a)", "CREATE TABLE t AS SELECT 1", "CREATE INDEX i ON items (kind)",
        "ALTER TABLE items ADD COLUMN x", "VACUUM", "VACUUM INTO '/tmp/stolen.db'", "WITH x AS (SELECT 1) DELETE FROM items",
        "EXPLAIN DELETE FROM items", "DELETE FROM sqlite_master",
    ]) func writing(_ sql: String) throws {
        let found = try #require(try error(sql))
        #expect(found.reason == .refused)
        #expect(found.description.contains("spool query is read-only: append an event instead"), "\(found)")
    }

    @Test(arguments: [
        ("ATTACH 'x.db' AS x", "ATTACH"), ("DETACH main", "ATTACH"), ("PRAGMA writable_schema = 1", "PRAGMA"),
        ("PRAGMA table_info(items)", "PRAGMA"), ("BEGIN", "transactions"), ("COMMIT", "transactions"), ("SAVEPOINT a", "transactions"),
        ("SELECT load_extension('x')", "load_extension"), ("SELECT fts3_tokenizer('x')", "fts3_tokenizer"),
        ("SELECT * FROM pragma_table_info('items')", "json_each"), ("SELECT 1; SELECT 2", "one statement"),
        ("SELECT 1; DROP TABLE items", "one statement"), ("SELECT 1; nonsense", "one statement"),
    ]) func refused(_ sql: String, _ word: String) throws {
        let found = try #require(try error(sql))
        #expect(found.reason == .refused)
        #expect(found.description.contains(word), "\(found)")
    }

    @Test(arguments: [
        ("SELECT * FROM itms", "there is no table 'itms'. The nearest is items."),
        ("SELECT * FROM event", "The nearest is events."),
        ("SELECT * FROM flaged_items", "The nearest is flagged_items."),
        ("SELECT * FROM completely_unrelated", "There are events, flagged_items, items, kind_counts, links, places."),
        ("SELECT knd FROM items", "there is no column 'knd'. The nearest is kind."),
        ("SELECT i.scor FROM items i", "The nearest is score."),
        ("SELECT itemz FROM kind_counts", "The nearest is items."),
        ("SELECT subjct FROM events", "The nearest is subject."),
        ("SELECT nofunc(1)", "there is no function 'nofunc'"),
        ("SELECT id FORM items", "line 1, column"), ("SELECT id FROM items WHERE", "incomplete input"), ("SELECT 'abc", "'abc"),
        ("", "no statement"), ("-- nothing", "no statement"), ("SELECT ?", "expected 1 value"),
    ]) func invalid(_ sql: String, _ words: String) throws {
        let found = try #require(try error(sql), "\(sql)")
        #expect(found.reason == .invalid)
        #expect(found.description.contains(words), "\(found)")
    }

    @Test func syntaxErrorsShowThePlace() throws {
        let found = try #require(try error("SELECT id\nFROM items\nWHERE id === = 5"))
        #expect(found.description.contains("line 3"))
        #expect(found.offset != nil)
        #expect(found.description.hasSuffix("^"))
    }

    @Test func commentsAndWhiteSpaceAfterAStatementAreFine() throws {
        let fixture = try sharedFixture.get()
        for sql in ["SELECT 1;", "SELECT 1 ; \n", "SELECT 1; -- done", "SELECT 1 /* done */", "SELECT 1;;"] {
            #expect(try fixture.runner.rows(sql) == [[.integer(1)]], "\(sql)")
        }
    }

    @Test func parameters() throws {
        let fixture = try sharedFixture.get()
        let named = QueryOptions(named: ["a": .integer(1), "b": .text("x\u{0}y")])
        #expect(try fixture.runner.rows("SELECT :a, @b, $a", options: named) == [[.integer(1), .text("x\u{0}y"), .integer(1)]])
        #expect(try fixture.runner.rows("SELECT ?2, ?1", [.null, .blob([])]) == [[.blob([]), .null]])
        #expect(try error("SELECT :a")?.description.contains(":a") == true)
        #expect(try error("SELECT 1", [.null])?.description.contains("found 1") == true)
    }

    @Test(.timeLimit(.minutes(1))) func endlessQueriesAreStopped() throws {
        let fixture = try sharedFixture.get()
        let options = QueryOptions(timeLimit: .milliseconds(100))
        let start = ContinuousClock.now
        let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
        #expect(try error(endless, [], options)?.reason == .timeLimit)
        let product = "SELECT count(*) FROM items a, items b, items c, items d"
        #expect(try error(product, [], options)?.reason == .timeLimit)
        #expect(ContinuousClock.now - start < .seconds(10))
        // The connection goes on without the limit.
        #expect(try fixture.runner.rows("SELECT count(*) FROM items") == [[.integer(Int64(sharedRows.items.count))]])
    }

    @Test func maximumRows() throws {
        let fixture = try sharedFixture.get()
        let (count, isCut) = try fixture.runner.run("SELECT id FROM items", options: QueryOptions(maximumRows: 3)) { result in
            var count = 0
            while try result.next() { count += 1 }
            return (count, result.isCut)
        }
        #expect(count == 3 && isCut)
        let isOneCut = try fixture.runner.run("SELECT 1", options: QueryOptions(maximumRows: 1)) { result in
            while try result.next() {}
            return result.isCut
        }
        #expect(!isOneCut)
    }

    @Test func aResultEndsWithItsClosure() throws {
        let fixture = try sharedFixture.get()
        let leaked = try fixture.runner.run("SELECT id FROM items") { result in
            _ = try result.next()
            return Leak(result: result)
        }
        #expect(throws: QueryError.self) { try leaked.result.next() }
        #expect(leaked.result.value(0) == .null)
    }

    private struct Leak { let result: QueryResult }

    @Test func errorsOfTheClosureComeThrough() throws {
        struct Mine: Error {}
        let fixture = try sharedFixture.get()
        #expect(throws: Mine.self) { try fixture.runner.run("SELECT id FROM items") { _ in throw Mine() } }
        #expect(try fixture.runner.rows("SELECT 1") == [[.integer(1)]])
    }
}

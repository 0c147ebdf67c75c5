import EventLog
import Foundation
import Projection
import SQLViews
import Spool
import TestSupport

/// SQL: within its limits, never a change to the store, never another file.
struct QueryTarget: FuzzTarget {
    static let name = "query"

    private static let limit = Duration.milliseconds(100)
    private let folder = TemporaryFolder()
    private let store: Store
    private let before: [String: Data]

    init() throws {
        store = try Store.create(at: folder["store"])
        try store.append([
            CloudEvent(
                id: "1", source: "s", type: "trend.captured", data: Array(#"{"topic":"a","source":"reddit","relevance_score":0.5}"#.utf8)),
            CloudEvent(
                id: "2", source: "s", type: "trend.captured", data: Array(#"{"topic":"b","source":"x","metadata":{"r":[1,null]}}"#.utf8)),
            CloudEvent(id: "3", source: "s", type: "search.performed", data: Array(#"{"query":"q","source":"reddit"}"#.utf8)),
        ])
        for table in ["trending_topics", "search_history", "events"] { _ = try store.rows("SELECT * FROM \(table)") }
        try store.close()
        QueryRunner.limitMemory(256 << 20)
        try FileManager.default.createDirectory(atPath: folder["empty"], withIntermediateDirectories: true)
        before = Self.content(folder["store"])
    }

    static func seeds() throws -> [[UInt8]] {
        [
            "SELECT * FROM trending_topics WHERE topic LIKE 'a%' ORDER BY relevance_score DESC LIMIT 3",
            "SELECT type, count(*) FROM events GROUP BY type HAVING count(*) > 1",
            "SELECT * FROM events WHERE tag = 'trend:1' AND position > 1",
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
            "SELECT e.position, j.value FROM events e, json_tree(e.data) j WHERE j.key = 'topic'",
            "SELECT group_concat(a.topic), randomblob(1000000000) FROM trending_topics a, trending_topics b, trending_topics c",
            "ATTACH 'x.db' AS x", "PRAGMA writable_schema = 1", "SELECT load_extension('x')", "SELECT writefile('x', 'y')",
            "VACUUM INTO 'x.db'", "SELECT 1; SELECT 2", "SELECT printf('%.*c', 10000000, 'x')", "SELECT zeroblob(2147483647)",
            "SELECT sum(position) OVER (PARTITION BY type ORDER BY time ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM events",
            "SELECT json_extract('{\"a\":[1,2', '$.a[#-1]'), substr(x'00ff', -1), '\u{0}', x'zz'",
            "EXPLAIN QUERY PLAN SELECT * FROM events",
            "SELECT * FROM trending_topics t JOIN search_history s ON s.source = t.source WHERE t.id IN (1, 2, '3', NULL) AND t.topic GLOB '[a-'",
            "CREATE TABLE t(a)", "DELETE FROM events", "SELECT * FROM pragma_database_list", "VALUES (1), (2) EXCEPT SELECT 2",
        ].map { Array($0.utf8) }
    }

    func run(_ bytes: [UInt8]) throws {
        let start = ContinuousClock.now
        var changed = false
        do {
            let options = QueryOptions(timeLimit: Self.limit, maximumRows: 1000)
            try store.query(String(decoding: bytes, as: UTF8.self), options: options) { result in
                while try result.next() {
                    for column in result.columns.indices {
                        let value = result.value(column)
                        // In a debug build it takes half a minute to put 200 MB into words, which is not what is asked here.
                        if case .blob(let bytes) = value, bytes.count > 1 << 20 { continue }
                        _ = value.description
                    }
                }
            }
        } catch let error as QueryError {
            try expect(!error.description.isEmpty && error.description.utf8.count < 20_000, "a message of no or many bytes")
            changed = error.reason != .invalid
        }
        // A single function may take longer, which `QueryOptions.overrun` is for.
        try expect(start.duration(to: .now) < Self.limit + .seconds(25), "the query took \(start.duration(to: .now))")
        if changed || bytes.count % 16 == 0 { try checkNothingChanged() }
    }

    private func checkNothingChanged() throws {
        try expect(Self.content(folder["store"]) == before, "a query changed the store")
    }

    /// Without LMDB's table of readers, which is memory.
    private static func content(_ path: String) -> [String: Data] {
        var content: [String: Data] = [:]
        for case let name as String in FileManager.default.enumerator(atPath: path) ?? .init()
        where name.hasSuffix(".mdb") || name.hasSuffix(".json") {
            if !name.hasSuffix("lock.mdb") { content[name] = FileManager.default.contents(atPath: "\(path)/\(name)") }
        }
        return content
    }
}

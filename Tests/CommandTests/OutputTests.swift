import Foundation
import JSON
import Projection
import TestSupport
import Testing

struct OutputTests {
    @Test func columnsOfTheSameNameAreToldApart() throws {
        let folder = TemporaryFolder()
        let spool = Command.spool(store: folder["store"])
        #expect(try spool.run(["init"]).code == 0)
        let result = try spool.run(["query", "SELECT 1 AS n, 2 AS n, 3 AS n_2, 4 AS n", "--format", "ndjson"])
        #expect(result.output == #"{"n":1,"n_2":2,"n_2_2":3,"n_3":4}"# + "\n")
        #expect(try spool.run(["query", "SELECT 1 AS n, 2 AS n", "--format", "csv"]).output == "n,n_2\n1,2\n")
    }

    @Test func exportsStayOutOfTheStore() throws {
        let folder = TemporaryFolder()
        let spool = Command.spool(store: folder["store"])
        #expect(try spool.run(["init", "--sample"]).code == 0)
        for target in [["settings", "store.json"], ["events", "log/data.mdb"], ["settings", "views/new.csv"]] {
            let result = try spool.run(
                ["export", target[0], "\(folder["store"])/\(target[1])"] + (target[0] == "events" ? [] : ["--format", "csv"]))
            #expect(result.code == 2, "\(target): \(result.output)\(result.errors)")
            #expect(result.errors.contains("store's own files"), "\(result.errors)")
        }
        #expect(try spool.run(["verify"]).code == 0)
    }

    /// Times of the ISO kind are ordered as SQLite orders their texts, and by `julianday` as they came.
    @Test func isoTimesWithAndWithoutFractions() throws {
        let folder = TemporaryFolder()
        let spool = Command.spool(store: folder["store"])
        #expect(try spool.run(["init"]).code == 0)
        for time in ["05Z", "05.5Z", "05.25Z", "06Z", "04.999Z"] {
            let fact = ["session.started", "id=\(time)", "scenario=s", "created_at=2026-01-02T03:04:\(time)"]
            #expect(try spool.run(["append"] + fact).code == 0)
        }
        #expect(try spool.run(["export", "sessions", folder["plain.db"]]).code == 0)
        let plain = try SQLiteDatabase(reading: folder["plain.db"])
        for (order, expected) in [
            ("created_at", ["04.999Z", "05.25Z", "05.5Z", "05Z", "06Z"]),
            ("julianday(created_at)", ["04.999Z", "05Z", "05.25Z", "05.5Z", "06Z"]),
        ] {
            for condition in ["", "WHERE created_at > '2026-01-02T03:04:05.1Z'", "WHERE created_at <= '2026-01-02T03:04:05Z'"] {
                let sql = "SELECT id FROM sessions \(condition) ORDER BY \(order)"
                let found = try spool.run(["query", sql, "--format", "csv"]).output.split(separator: "\n").dropFirst().map(String.init)
                #expect(try found == plain.run(sql).map { $0[0].plainText }, "\(sql)")
                if condition.isEmpty { #expect(found == expected, "\(order)") }
            }
        }
    }

    @Test func linesMayComeFromAWindowsEditor() throws {
        let folder = TemporaryFolder()
        let spool = Command.spool(store: folder["store"])
        #expect(try spool.run(["init"]).code == 0)
        let line = #"{"specversion":"1.0","id":"1","source":"s","type":"search.performed","data":{"query":"q","source":"s"}}"#
        let file = folder["events.ndjson"]
        try Data("\u{FEFF}\(line)\r\n\r\n".utf8).write(to: URL(fileURLWithPath: file))
        let first = try spool.run(["ingest", file])
        #expect(first.code == 0, "\(first.errors)")
        #expect(first.output.hasPrefix("1 event stored"))
        try Data("\(line)\r\n\u{FEFF}\(line)".utf8).write(to: URL(fileURLWithPath: file))
        let second = try spool.run(["ingest", file])
        #expect(second.code == 1)
        #expect(second.errors.contains("line 2") && second.errors.contains("byte order mark"))
    }
}

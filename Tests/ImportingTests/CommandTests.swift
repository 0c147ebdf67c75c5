import Foundation
import Importing
import TestSupport
import Testing

/// `spool import` as it is run.
struct ImportCommandTests {
    private let folder = TemporaryFolder()

    @Test func tellsWhatItDid() throws {
        let spool = Command.spool(store: folder["store"])
        #expect(try spool.run(["init"]).code == 0)
        let old = try OldSystem(.primeTime, in: folder, seed: 21)
        try old.fill(20)
        let plan = try spool.run(["import", "primetime", old.paths[0], "--dry-run"])
        #expect(plan.code == 0 && plan.output.contains("Nothing was stored."), "\(plan.output)\(plan.errors)")
        #expect(try spool.run(["events"]).output.isEmpty == false)
        let first = try spool.run(["import", "primetime", old.paths[0], "--verify"])
        #expect(first.code == 0 && first.output.contains("column for column"), "\(first.output)\(first.errors)")
        let second = try spool.run(["import", "primetime", old.paths[0]])
        #expect(second.code == 0 && second.output.contains(": 0 stored,"), "\(second.output)")

        try old.databases[0].database.execute(
            "PRAGMA ignore_check_constraints = ON; INSERT INTO assets (id, type, path, file_size_bytes, added_at) VALUES ('bad', 'sound', 'x', 1, 2)"
        )
        let rejects = folder["rejects.ndjson"]
        let third = try spool.run(["import", "primetime", old.paths[0], "--verify", "--rejects", rejects])
        #expect(third.code == 1, "\(third.output)\(third.errors)")
        let line = try String(contentsOfFile: rejects, encoding: .utf8)
        #expect(line.hasPrefix(#"{"table":"assets","key":"bad""#) && line.contains("photo, video, music, logo"), "\(line)")
    }

    @Test func verifyFailsWithThree() throws {
        let spool = Command.spool(store: folder["store"])
        #expect(try spool.run(["init"]).code == 0)
        let old = try OldSystem(.excuseMyFrench, in: folder, seed: 22)
        try old.fill(5)
        #expect(try spool.run(["import", "excuse-my-french"] + old.paths).code == 0)
        #expect(try spool.run(["append", "trend.rescored", "id:=1", "relevance_score:=0.123"]).code == 0)
        let result = try spool.run(["import", "excuse-my-french", "--verify"] + old.paths)
        #expect(result.code == 3 && result.output.contains("relevance_score"), "\(result.output)\(result.errors)")
    }

    @Test func wrongUseAndWrongInput() throws {
        let spool = Command.spool(store: folder["store"])
        #expect(try spool.run(["init"]).code == 0)
        try Data("This is no database, although it is long enough to be looked at as one.".utf8).write(
            to: URL(fileURLWithPath: folder["text"]))
        let old = try OldSystem(.narrativeGame, in: folder, seed: 23)
        for (arguments, code, words) in [
            (["nothing", old.paths[0]], 2, ["excuse-my-french", "primetime"]),
            (["primetime"], 2, ["path"]),
            (["primetime", old.paths[0], "--dry-run", "--verify"], 2, ["--dry-run"]),
            (["primetime", folder["none.db"]], 2, ["none.db"]),
            (["primetime", folder["text"]], 1, ["not an SQLite database"]),
            (["primetime", folder.path], 1, ["not an SQLite database"]),
            (["primetime", old.paths[0]], 1, ["no table of primetime", "sessions"]),
            (["narrative-game", old.paths[0], old.paths[0]], 1, ["is in"]),
            (["lecture-highlights", "host=/nonexistent dbname=x"], 1, ["PostgreSQL"]),
        ] as [([String], Int32, [String])] {
            let result = try spool.run(["import"] + arguments)
            #expect(result.code == code, "\(arguments): \(result.output)\(result.errors)")
            for word in words { #expect(result.errors.contains(word), "\(arguments): \(result.errors)") }
        }
    }
}

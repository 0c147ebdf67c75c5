import EventLog
import Foundation
import Spool
import TestSupport
import Testing

/// `query --as-of`, `rebuild` and `replay` as a user runs them, and killed as machines do.
struct CommandLineTests {
    private let generated: GeneratedStore
    private let spool: Command

    init() throws {
        generated = try GeneratedStore(1200, seed: 61)
        try generated.store.close()
        spool = Command.spool(store: generated.store.path)
    }

    private func output(_ arguments: String...) throws -> String {
        let result = try spool.run(arguments)
        #expect(result.code == 0, "\(arguments): \(result.errors)")
        return result.output
    }

    @Test func asksAboutThePast() throws {
        let sql = "SELECT count(*) AS events FROM events"
        #expect(try output("query", sql, "--as-of", "120", "--format", "csv") == "events\n120\n")
        let time = generated.stored[300].recordedTime
        let last = (generated.stored.lastIndex { $0.recordedTime <= time } ?? 0) + 1
        #expect(try output("query", sql, "--as-of", time.iso8601, "--format", "csv") == "events\n\(last)\n")
        let topics = "SELECT id, topic FROM unused_recent_topics ORDER BY id"
        #expect(try output("query", topics, "--as-of", "0", "--format", "ndjson").isEmpty)
        let meta = try output("query", topics, "--as-of", "77", "--format", "json", "--meta")
        #expect(meta.hasPrefix(#"{"meta":{"position":77,"#))
        for wrong in ["100000", "yesterday"] {
            let result = try spool.run(["query", sql, "--as-of", wrong])
            #expect(result.code == 2 && result.errors.contains("expected"), "\(result.errors)")
        }
    }

    @Test func rebuildPrintsRollsBackAndPrunes() throws {
        #expect(try output("rebuild", "--check", "--format", "csv").split(separator: "\n").count == 9)
        let lines = try output("rebuild", "trends", "--diff", "--format", "ndjson")
        #expect(lines.isEmpty)
        // A table that lost rows: the live folder is that of a store that has other facts.
        let other = try GeneratedStore(400, seed: 62)
        try other.store.close()
        let live = "\(generated.store.path)/views/trends@1"
        try FileManager.default.removeItem(atPath: live)
        try FileManager.default.copyItem(atPath: "\(other.store.path)/views/trends@1", toPath: live)
        // It is of another log, which is noticed: built anew there is nothing to mend.
        #expect(try output("rebuild", "trends", "--diff", "--check", "--format", "ndjson").isEmpty)
        #expect(try output("rebuild", "--rollback", "trends", "--format", "csv").contains("trends,rolled back,"))
        #expect(try output("rebuild", "--rollback").contains("nothing to roll back to"))
        let missing = try spool.run(["rebuild", "--rollback", "metrics"])
        #expect(missing.code == 2 && missing.errors.contains("no former tables"), "\(missing.errors)")
        #expect(try output("rebuild", "--prune").contains("bytes freed"))
        #expect(try output("rebuild", "--prune") == "0 bytes freed.\n")
        for wrong in [["--prune", "trends"], ["--prune", "--rollback"], ["--diff", "--limit", "0"], ["trendz"]] {
            #expect(try spool.run(["rebuild"] + wrong).code == 2, "\(wrong)")
        }
        #expect(try spool.run(["verify"]).code == 0)
    }

    @Test func differencesArePrintedAsTheyAreFound() throws {
        let wrong = Catalog.projectors.map { projector in
            projector.name != "metrics"
                ? projector
                : Projector("metrics", version: projector.version, tables: projector.tables) { projector.handlers[0] }
        }
        _ = try Store(at: generated.store.path, projectors: wrong).engine.rebuild("metrics")
        let check = try spool.run(["rebuild", "metrics", "--check", "--diff", "--limit", "2", "--format", "ndjson"])
        #expect(check.code == 3)
        let lines = check.output.split(separator: "\n")
        let added = #"{"projection":"metrics","table":"video_metrics","key":"1","row":"added","column":"id","before":null,"after":1}"#
        #expect(lines.contains { $0 == added }, "\(check.output)")
        #expect(Set(lines.filter { $0.contains(#""video_metrics""#) }.map { $0.split(separator: ",")[2] }).count == 2)
        #expect(check.errors.contains("video_metrics: the first 2 rows are shown; --limit shows more"), "\(check.errors)")
        #expect(lines.contains { $0.contains(#""row":"changed""#) })
        #expect(try spool.run(["rebuild", "metrics", "--diff"]).code == 0)
        #expect(try output("rebuild", "metrics", "--check", "--diff", "--format", "csv").split(separator: "\n").count == 1)
    }

    @Test func replayCopiesAndReports() throws {
        let copy = generated.folder["copy"]
        let table = try output("replay", "--to", copy, "--format", "csv")
        #expect(table.hasPrefix("type,new_type,read,stored,stored_before,left_out,refused\n"))
        let copied = Command.spool(store: copy)
        let log = "SELECT position, id, recorded_time, subject, tags, data FROM events ORDER BY position"
        #expect(try copied.run(["query", log, "--format", "csv"]).output == output("query", log, "--format", "csv"))
        let again = try spool.run(["replay", "--to", copy])
        #expect(again.code == 0 && again.errors.contains("Nothing new"))
        let map = generated.folder["map.json"]
        try Data(#"{"trend.captured": {"drop": ["topic"]}}"#.utf8).write(to: URL(fileURLWithPath: map))
        let refused = try spool.run(["replay", "--to", generated.folder["other"], "--type", "trend.captured", "--map", map])
        #expect(
            refused.code == 1 && refused.errors.contains("field 'topic'") && refused.errors.contains("Stopped before position"),
            "\(refused.errors)")
        try Data(#"{"trend.captured": {"dorp": []}}"#.utf8).write(to: URL(fileURLWithPath: map))
        let wrong = try spool.run(["replay", "--to", generated.folder["never"], "--map", map])
        #expect(!Store.exists(at: generated.folder["never"]))
        #expect(wrong.code == 2 && wrong.errors.contains("Did you mean 'drop'?"), "\(wrong.errors)")
        #expect(try spool.run(["replay", "--to", generated.store.path]).code == 2)
        #expect(try spool.run(["replay", "--to", copy, "--type", "trend.captred"]).code == 2)
        #expect(try copied.run(["verify"]).code == 0)
    }

    @Test func killedReplayIsCompletedByTheNext() throws {
        let copy = generated.folder["copy"]
        var random = SplitMix64(seed: 5)
        var kills = 0
        for _ in 0..<40 where kills < 4 {
            let process = try spool.start(["replay", "--to", copy, "--batch", "1"], output: .nullDevice)
            // A task may sleep for long where many tests run.
            usleep(UInt32.random(in: 5000...60_000, using: &random))
            if process.isRunning { kills += 1 }
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            // One that came to its end leaves nothing to be done.
            if process.terminationReason == .exit { TemporaryFolder.remove(copy) }
        }
        #expect(kills > 0)
        _ = try output("replay", "--to", copy)
        let log = "SELECT position, id, recorded_time, subject, tags, data FROM events ORDER BY position"
        #expect(try Store(at: copy).rows(log) == generated.store.rows(log))
        #expect(try Store(at: copy).verify().isWhole)
    }

    @Test func killedQuestionsAboutThePastLeaveNoWrongAnswers() async throws {
        var random = SplitMix64(seed: 7)
        let sql = "SELECT (SELECT count(*) || '-' || sum(used_flag) FROM trending_topics), (SELECT sum(usage_count) FROM image_library)"
        for round in 0..<15 {
            let position = Int.random(in: 1...generated.stored.count, using: &random)
            let process = try spool.start(["query", sql, "--as-of", "\(position)"], output: .nullDevice)
            try await Task.sleep(for: .microseconds(Int.random(in: 3000...40_000, using: &random)))
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            let answer = try generated.store.rows(sql, asOf: .position(Position(position)))
            try Folder.remove("\(generated.store.path)/views/.as-of")
            #expect(try generated.store.rows(sql, asOf: .position(Position(position))) == answer, "round \(round), as of \(position)")
        }
    }

    @Test func resetForgetsWhatWasCopied() throws {
        let copy = generated.folder["copy"]
        _ = try output("replay", "--to", copy)
        #expect(try Command.spool(store: copy).run(["reset", "--yes"]).code == 0)
        #expect(try Store(at: copy).log.head() == 0)
        _ = try output("replay", "--to", copy)
        #expect(try Store(at: copy).log.head() == Position(generated.stored.count))
    }

    @Test func killedRebuildLeavesTheOldOneLive() async throws {
        let views = "\(generated.store.path)/views"
        let expected = try GeneratedStore.content(of: generated.store)
        var random = SplitMix64(seed: 6)
        var kills = 0
        for round in 0..<40 {
            let arguments = round % 4 == 3 ? ["rebuild", "--rollback"] : ["rebuild"]
            let process = try spool.start(arguments, output: .nullDevice)
            try await Task.sleep(for: .microseconds(Int.random(in: 3000...120_000, using: &random)))
            if process.isRunning { kills += 1 }
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            // Whole at once, without anything being built for the question.
            let names = Folder.names(in: views)
            for projector in Catalog.projectors { #expect(names.contains("\(projector.name)@\(projector.version)"), "round \(round)") }
            let status = try generated.store.status()
            #expect(status.projections.allSatisfy { $0.problem == nil && $0.lag == 0 && $0.conflicts == 0 }, "round \(round)")
            #expect(try GeneratedStore.content(of: generated.store) == expected, "round \(round)")
            if round % 8 == 7 { #expect(try generated.store.verify().isWhole, "round \(round)") }
        }
        #expect(kills > 10)
        // The next one clears away what the dead left.
        _ = try output("rebuild", "trends")
        let left = Folder.names(in: views).filter { $0.hasPrefix(".building-") || $0.hasPrefix(".removed-") }
        #expect(left.isEmpty, "\(left)")
        _ = try output("rebuild", "--prune")
        #expect(try GeneratedStore.content(of: generated.store) == expected)
        #expect(try generated.store.verify().isWhole)
    }
}

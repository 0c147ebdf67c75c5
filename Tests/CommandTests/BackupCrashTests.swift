import Foundation
import Spool
import TestSupport
import Testing

/// Killed at any moment, or out of room: a backup, a restore or an export is there whole or not at all.
@Suite(.serialized)
struct BackupCrashTests {
    private let folder = TemporaryFolder()
    private let spool: Command

    init() throws {
        spool = Command.spool(store: folder["store"])
        let store = try StoreFacts.makeStore(folder["store"])
        var chance = SplitMix64(seed: 11)
        try StoreFacts.fill(store, 300, &chance)
        // Enough that the work takes a while.
        for group in 0..<20 {
            let events = (0..<500).map { number in
                CloudEvent(
                    id: "\(group)-\(number)", source: "bulk", type: "search.performed",
                    data: Array(#"{"query":"\#(String(repeating: "x", count: 300))","source":"s"}"#.utf8))
            }
            try store.append(events)
        }
    }

    /// Runs a command again and again, killed a little later each time, until it gets to its end.
    private func killed(_ arguments: [String], at target: String, whole: (String) throws -> Bool) throws {
        let parent = URL(fileURLWithPath: target).deletingLastPathComponent().path
        var kills = 0
        for round in 0..<40 {
            // Killed by another process, whose clock does not wait for this one's other tests.
            let timeout = Command("/usr/bin/timeout", environment: spool.environment)
            let seconds = "0.\(String(1000 + 15 + round * 12).dropFirst())"
            if try timeout.run(["--signal=KILL", seconds, spool.path] + arguments).code == 128 + SIGKILL { kills += 1 }
            if File.exists(target) {
                #expect(try whole(target), "round \(round)")
                break
            }
        }
        #expect(kills > 0)
        if !File.exists(target) { #expect(try spool.run(arguments).code == 0) }
        #expect(try whole(target))
        // What was left behind by the killed ones goes when the next one begins; one may have been killed at its very end.
        #expect(entries(of: parent).filter { $0.hasPrefix(".spool-partial-") }.count <= 1, "\(entries(of: parent))")
    }

    @Test func killedBackupAndRestore() throws {
        let spool = spool
        try killed(["backup", folder["b/one"], "--with-views"], at: folder["b/one"]) {
            try spool.run(["verify", $0]).code == 0
        }
        try killed(["restore", folder["b/one"], "--to", folder["r/store"]], at: folder["r/store"]) {
            try spool.run(["verify", "--store", $0]).code == 0
        }
        #expect(try StoreFacts.records(of: Store(at: folder["store"])) == StoreFacts.records(of: Store(at: folder["r/store"])))
        try killed(["export", folder["e/all.db"]], at: folder["e/all.db"]) {
            try SQLiteDatabase(reading: $0).run("PRAGMA integrity_check") == [[.text("ok")]]
        }
    }

    @Test func fullDisk() throws {
        #expect(try spool.run(["backup", folder["good"]]).code == 0)
        // Files may have so many blocks of 1,024 bytes.
        let cases = [
            (["backup", folder["x/b"]], 100), (["backup", folder["x/b"], "--with-views"], 2000),
            (["restore", folder["good"], "--to", folder["x/r"]], 100), (["export", folder["x/all.db"]], 50),
            (["export", "search_history", folder["x/t.csv"]], 10), (["export", "events", folder["x/log.ndjson"]], 100),
        ]
        for (arguments, blocks) in cases {
            let command = "ulimit -f \(blocks); exec \"$0\" \"$@\""
            let bash = Command("/bin/bash", environment: spool.environment)
            let result = try bash.run(["-c", command, spool.path] + arguments)
            #expect(result.code == 3, "\(arguments): \(result.code) \(result.errors)")
            #expect(result.errors.contains("was not made, and nothing of it is left"), "\(result.errors)")
            #expect(entries(of: folder["x"]).isEmpty, "\(arguments): \(entries(of: folder["x"]))")
        }
        #expect(try spool.run(["verify"]).code == 0)
    }
}

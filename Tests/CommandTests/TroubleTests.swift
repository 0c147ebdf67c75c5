import Foundation
import Spool
import TestSupport
import Testing

/// Full disks, limits, missing and foreign parts: a clear error, the store as it was, and on it goes once there is room.
struct TroubleTests {
    private let folder = TemporaryFolder()

    private func makeStore() throws -> Command {
        let spool = Command.spool(store: folder["store"])
        #expect(try spool.run(["init"]).code == 0)
        for number in 1...20 { #expect(try spool.run(["append", "search.performed", "query=q\(number)", "source=s"]).code == 0) }
        return spool
    }

    /// As `spool` runs when no file may grow beyond so many KiB.
    private func limited(_ kilobytes: Int, _ arguments: [String]) throws -> Command.Result {
        let shell = Command("/bin/bash", environment: ["SPOOL_STORE": folder["store"]])
        return try shell.run(["-c", "ulimit -f \(kilobytes); exec \"$0\" \"$@\"", Command.spool(store: "").path] + arguments)
    }

    @Test func filesThatMayNotGrow() throws {
        let spool = try makeStore()
        let lines = (1...3000).map {
            #"{"specversion":"1.0","id":"\#($0)","source":"m","type":"trend.captured","data":{"topic":"topic number \#($0)","source":"s"}}"#
        }
        try Data(lines.joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: folder["lines"]))
        try Data(repeating: 7, count: 600_000).write(to: URL(fileURLWithPath: folder["blob"]))
        let commands: [[String]] = [
            ["ingest", folder["lines"]], ["append", "search.performed", "query=q", "source=s"], ["blob", "put", folder["blob"]],
            ["query", "SELECT count(*) FROM trending_topics"], ["query", "SELECT count(*) FROM trending_topics", "--as-of", "15"],
            ["rebuild"], ["backup", folder["backup"]], ["repair", "--to", folder["new"]], ["verify"],
        ]
        var failed: Set<String> = []
        for limit in [4, 64, 300] {
            for arguments in commands {
                let result = try limited(limit, arguments)
                #expect([0, 3].contains(result.code), "\(limit) KiB, \(arguments): \(result.code) \(result.errors)")
                if result.code != 0 {
                    failed.insert(arguments[0])
                    #expect(result.errors.contains("limit") || result.errors.contains("too large"), "\(arguments): \(result.errors)")
                }
                for made in ["backup", "new"] { TemporaryFolder.remove(folder[made]) }
            }
            let verified = try spool.run(["verify"])
            #expect(verified.code == 0, "\(limit) KiB: \(verified.output)\(verified.errors)")
        }
        #expect(failed.isSuperset(of: ["ingest", "append", "blob", "query", "rebuild", "repair", "verify"]), "\(failed)")
        for arguments in commands { #expect(try spool.run(arguments).code == 0, "\(arguments)") }
        let count = try spool.run(["query", "SELECT count(*) FROM trending_topics", "--format", "csv"])
        #expect(count.output.hasSuffix("\n3000\n"), "\(count.output)")
    }

    @Test func ingestThatEndsEarly() throws {
        let spool = try makeStore()
        let lines = (1...9000).map {
            #"{"specversion":"1.0","id":"\#($0)","source":"m","type":"trend.captured","data":{"topic":"topic number \#($0)","source":"s"}}"#
        }
        try Data(lines.joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: folder["lines"]))
        let full = try limited(700, ["ingest", folder["lines"], "--batch", "500"])
        let stored = try #require(try #/^([0-9,]+) events stored, 0 stored before, 0 refused/#.prefixMatch(in: full.output)?.1)
        #expect(full.code == 3 && stored != "0" && full.output.contains("stopped behind line \(stored.filter { $0 != "," });"), "\(full)")
        #expect(full.output.contains("Run it again") && full.errors.hasPrefix("error: "), "\(full)")
        #expect(try spool.run(["ingest", folder["lines"]]).code == 0)

        // Interrupted while it waits for more.
        #expect(mkfifo(folder["pipe"], 0o600) == 0)
        let pipe = try #require(FileHandle(forUpdatingAtPath: folder["pipe"]))
        // What this process's threads block a child would block too.
        let script = """
            import os, signal, sys
            os.dup2(os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT), 2)
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_SETMASK, [])
            os.execv(sys.argv[2], sys.argv[2:])
            """
        let python = Command("/usr/bin/python3", environment: ["SPOOL_STORE": folder["store"]])
        let waiting = try python.start(["-c", script, folder["errors"], spool.path, "ingest", folder["pipe"]])
        try pipe.write(contentsOf: Data(lines[0].replacing("\"1\"", with: "\"x\"").utf8 + [0x0A]))
        let end = ContinuousClock.now + .seconds(20)
        while ContinuousClock.now < end, try !spool.run(["status"]).output.contains(" 9,021 events") { usleep(20_000) }
        usleep(300_000)
        waiting.interrupt()
        let last = ContinuousClock.now + .seconds(10)
        while ContinuousClock.now < last, waiting.isRunning { usleep(20_000) }
        if waiting.isRunning { kill(waiting.processIdentifier, SIGKILL) }
        waiting.waitUntilExit()
        let errors = try String(contentsOfFile: folder["errors"], encoding: .utf8)
        #expect(waiting.terminationReason == .uncaughtSignal && errors.hasPrefix("Interrupted: 1 event stored, 0 stored"), "\(errors)")
    }

    private static let canMount = (try? Command("/usr/bin/unshare").run(["-m", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]).code) == 0

    /// A file system that is full altogether: what is mapped there and has no blocks would end the process.
    @Test(.enabled(if: canMount, "needs the right to mount a file system")) func fullDisk() throws {
        let disk = folder["disk"]
        try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: false)
        let lines = (1...9000).map {
            #"{"specversion":"1.0","id":"\#($0)","source":"m","type":"trend.captured","data":{"topic":"topic number \#($0)","source":"s"}}"#
        }
        try Data(lines.joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: folder["lines"]))
        try Data(repeating: 7, count: 900_000).write(to: URL(fileURLWithPath: folder["blob"]))
        let script = """
            disk=\(disk); mount -t tmpfs -o size=3000k tmpfs $disk; export SPOOL_STORE=$disk/store
            note() { "$spool" "$@" > /dev/null 2> $disk.errors; echo "$1 $? $(head -c 300 $disk.errors | tr '\\n' ' ')"; }
            all() {
                note ingest \(folder["lines"]); note append search.performed query=q source=s; note blob put \(folder["blob"])
                note query 'SELECT count(*) FROM trending_topics'; note query 'SELECT count(*) FROM trending_topics' --as-of 700
                note rebuild; note backup $disk/backup; note repair --to $disk/new; note init --store $disk/other
            }
            note init; all; echo room; mount -o remount,size=90m $disk; note verify; rm -rf $disk/other $disk/new $disk/backup; all; note verify
            """
        let shell = Command("/usr/bin/unshare", environment: ["spool": Command.spool(store: "").path])
        let result = try shell.run(["-m", "bash", "-c", script])
        let parts = result.output.components(separatedBy: "room\n")
        #expect(parts.count == 2, "\(result.output)\(result.errors)")
        let full = parts[0].split(separator: "\n").map { $0.split(separator: " ", maxSplits: 2) }
        #expect(full.count == 10 && full.filter { $0[1] == "3" }.count >= 6, "\(parts[0])")
        for line in full where line[1] != "0" {
            #expect(line[1] == "3" && line.last?.contains("Free some space") == true, "\(line)")
        }
        for line in parts[1].split(separator: "\n") { #expect(line.split(separator: " ")[1] == "0", "\(line)") }
    }

    @Test func settingsMissingOrBroken() throws {
        let spool = try makeStore()
        let path = folder["store/store.json"]
        let settings = try Data(contentsOf: URL(fileURLWithPath: path))
        for (content, says) in [
            (#"{"format":99,"id":"x"}"#, "format 99"), (#"{"format":0,"id":"x"}"#, "format 0"), (#"{"for"#, "store.json cannot be read"),
            ("", "store.json cannot be read"),
        ] {
            try Data(content.utf8).write(to: URL(fileURLWithPath: path))
            for arguments in [["status"], ["append", "search.performed", "query=q", "source=s"], ["query", "SELECT 1"], ["verify"]] {
                let result = try spool.run(arguments)
                #expect(result.code == 3 && result.errors.contains(says), "\(arguments): \(result.code) \(result.errors)")
            }
            let repaired = try spool.run(["repair", "--to", folder["new"]])
            let isForeign = content.hasPrefix(#"{"format""#)
            #expect(repaired.code == (isForeign ? 3 : 0), "\(repaired.output)\(repaired.errors)")
            if !isForeign {
                #expect(repaired.output.contains("20 saved of 20") && repaired.output.contains("default"), "\(repaired.output)")
                #expect(try Command.spool(store: folder["new"]).run(["verify"]).code == 0)
            }
            TemporaryFolder.remove(folder["new"])
        }
        try FileManager.default.removeItem(atPath: path)
        #expect(try spool.run(["status"]).code == 3)
        let repaired = try spool.run(["repair", "--to", folder["new"]])
        #expect(repaired.code == 0 && repaired.output.contains("no store.json"), "\(repaired.output)\(repaired.errors)")
        try settings.write(to: URL(fileURLWithPath: path))
        #expect(try spool.run(["verify"]).code == 0)
    }

    @Test func logMissing() throws {
        let spool = try makeStore()
        for damage in ["log", "log/data.mdb"] {
            try FileManager.default.copyItem(atPath: folder["store"], toPath: folder["copy"])
            let copy = Command.spool(store: folder["copy"])
            TemporaryFolder.remove(folder["copy/\(damage)"])
            for arguments in [["status"], ["append", "search.performed", "query=q", "source=s"], ["verify"], ["repair", "--dry-run"]] {
                let result = try copy.run(arguments)
                #expect(result.code == 3 && result.errors.contains("log/data.mdb"), "\(damage) \(arguments): \(result.errors)")
            }
            TemporaryFolder.remove(folder["copy"])
        }
        #expect(try spool.run(["verify"]).code == 0)
    }

    @Test func garbageInAViewsPlace() throws {
        let spool = try makeStore()
        let view = folder["store/views/trends@1"]
        for content in ["", "garbage", String(repeating: "garbage ", count: 5000)] {
            for isFile in [true, false] {
                TemporaryFolder.remove(view)
                if isFile {
                    try Data(content.utf8).write(to: URL(fileURLWithPath: view))
                } else {
                    try FileManager.default.createDirectory(atPath: view, withIntermediateDirectories: false)
                    try Data(content.utf8).write(to: URL(fileURLWithPath: "\(view)/data.mdb"))
                }
                let rows = try spool.run(["query", "SELECT count(*) FROM search_history", "--format", "csv"])
                #expect(rows.code == 0 && rows.output.hasSuffix("\n20\n"), "file \(isFile): \(rows.output)\(rows.errors)")
            }
        }
        #expect(try spool.run(["verify"]).code == 0)
    }
}

import Foundation
import LMDB
import TestSupport
import Testing

/// What a process that stands still does to the others: writers are told who it is, readers are not held up, the file's growth is shown.
struct NeighbourTests {
    let folder = TemporaryFolder()
    private var store: String { folder["store"] }
    private var spool: Command { .spool(store: store) }

    /// A process that has a lock or a snapshot and was stopped.
    private final class Stopped {
        let process: Process

        init(_ store: String, _ part: String, _ what: String, notes: String) async throws {
            _ = FileManager.default.createFile(atPath: notes, contents: nil)
            process = try Command.worker.start(["hold", "\(store)/\(part)", what], output: FileHandle(forWritingAtPath: notes))
            for _ in 0..<2000 {
                let state = try String(contentsOfFile: "/proc/\(process.processIdentifier)/stat", encoding: .utf8).split(separator: ")")
                    .last
                if state?.hasPrefix(" T") == true, try !Data(contentsOf: URL(fileURLWithPath: notes)).isEmpty { return }
                try await Task.sleep(for: .milliseconds(5))
            }
            Issue.record("the worker did not come to hold anything")
        }

        var pid: Int32 { process.processIdentifier }

        func end(_ signal: Int32) {
            kill(pid, signal)
            process.waitUntilExit()
        }

        deinit { if process.isRunning { kill(pid, SIGKILL) } }
    }

    private func stop(_ part: String, _ what: String) async throws -> Stopped {
        try await Stopped(store, part, what, notes: folder["held.\(part.filter(\.isLetter)).\(what)"])
    }

    private func rows(_ arguments: [String]) throws -> [[String: Any]] {
        let result = try spool.run(arguments + ["--format", "json"])
        #expect(result.code == 0, "\(arguments): \(result.errors)")
        return try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [[String: Any]] ?? []
    }

    private func count(_ table: String) throws -> Int? {
        try rows(["query", "SELECT count(*) AS n FROM \(table)"]).first?["n"] as? Int
    }

    private func prepare(_ events: Int = 3) throws {
        #expect(try spool.run(["init"]).code == 0)
        for number in 0..<events { #expect(try spool.run(["append", "search.performed", "query=q\(number)", "source=s"]).code == 0) }
    }

    @Test func anAppendGivesItsPlacesBack() throws {
        try prepare()
        let log = try Environment(at: "\(store)/log", trees: [.init(nil, .integers)])
        #expect(try spool.run(["append", "search.performed", "query=q", "source=s"]).code == 0)
        #expect(try log.clearStaleReaders() == 0)
        withExtendedLifetime(log) {}
    }

    @Test func writersAreToldWhoHoldsTheLock() async throws {
        try prepare()
        let holder = try await stop("log", "write")
        let append = ["append", "search.performed", "query=x", "source=s"]
        let started = Date.now
        let waited = try spool.run(append + ["--wait", "2.5"])
        let seconds = Date.now.timeIntervalSince(started)
        #expect(waited.code == 3 && (2.4...10).contains(seconds), "\(waited.code) after \(seconds) s: \(waited.errors)")
        #expect(
            waited.errors.contains("waiting for the write lock: held by pid \(holder.pid) (TrustWorker hold), for "), "\(waited.errors)")
        #expect(waited.errors.contains("the write lock is held by pid \(holder.pid)"), "\(waited.errors)")
        #expect(waited.errors.contains("Nothing was stored"), "\(waited.errors)")

        // Readers go on meanwhile.
        let reading = Date.now
        #expect(try count("search_history") == 3)
        #expect(try rows(["events", "--type", "search.performed"]).count == 3)
        let lock = try rows(["status", "--locks"]).first { $0["does"] as? String == "writes" }
        #expect(lock?["part"] as? String == "log" && lock?["pid"] as? Int32 == holder.pid, "\(lock ?? [:])")
        #expect((lock?["seconds"] as? Double ?? 0) >= 2.4)
        #expect(try spool.run(["status"]).output.contains("writer     pid \(holder.pid) (TrustWorker hold)"))
        #expect(Date.now.timeIntervalSince(reading) < 5)

        // Woken, it makes room; killed, too.
        holder.end(SIGCONT)
        #expect(try spool.run(append + ["--wait", "1"]).code == 0)
        try await stop("log", "write").end(SIGKILL)
        #expect(try spool.run(append + ["--wait", "1"]).code == 0)
        #expect(try count("search_history") == 5)
        #expect(try rows(["status", "--locks"]).isEmpty)
    }

    /// The index and the tables are written behind the log: who cannot write them stores events all the same, and the next one shows them.
    @Test(arguments: ["views/index@1"] + (Torture.isLong ? ["views/trends@1"] : [])) func appendsGoOnBesideAHeldView(part: String)
        async throws
    {
        try prepare()
        let holder = try await stop(part, "write")
        let started = Date.now
        for number in 0..<3 {
            let result = try spool.run(["append", "search.performed", "query=x\(number)", "source=s"])
            #expect(result.code == 0 && result.errors.isEmpty, "\(result.errors)")
        }
        #expect(try count("search_history") == 6)
        #expect(try rows(["events", "--type", "search.performed"]).count == 6)
        #expect(Date.now.timeIntervalSince(started) < 10)
        let lock = try rows(["status", "--locks"]).first { $0["does"] as? String == "writes" }
        #expect(lock?["part"] as? String == part.split(separator: "/").last?.split(separator: "@").first.map(String.init), "\(lock ?? [:])")
        #expect(lock?["pid"] as? Int32 == holder.pid)
        holder.end(SIGKILL)
        #expect(try count("search_history") == 6)
        #expect(try spool.run(["verify"]).code == 0)
    }

    /// A writer stopped between storing its events and showing them keeps the locks that a reader needs to catch up.
    @Test(arguments: [["views/index@1", "views/trends@1"]] + (Torture.isLong ? [["views/index@1"], ["views/trends@1"]] : []))
    func readersGoAroundALock(parts: [String]) async throws {
        try prepare()
        #expect(try Command.worker.run(["ahead", store, folder["elsewhere"], "5"]).code == 0)
        var holders: [Stopped] = []
        for part in parts { holders.append(try await stop(part, "write")) }
        let started = Date.now
        #expect(try count("search_history") == 8)
        #expect(try rows(["events", "--type", "search.performed"]).count == 8)
        #expect(try rows(["history", "search:a4"]).count == 1)
        #expect(Date.now.timeIntervalSince(started) < 15)
        for holder in holders { holder.end(SIGCONT) }
        #expect(try count("search_history") == 8)
        #expect(try spool.run(["verify"]).code == 0)
    }

    @Test func growthUnderALongReaderIsBoundedAndShown() async throws {
        try prepare()
        let file = "\(store)/log/data.mdb"
        func size() throws -> Int { try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int ?? 0 }
        var made = 0
        func append(_ count: Int) throws {
            let notes = folder["acknowledged"]
            let result = try Command.worker.run(["write", store, notes, "g\(made)", "\(made)", "\(count)"])
            #expect(result.code == 0, "\(result.errors)")
            made += count
        }
        let reader = try await stop("log", "read")
        let before = try size()
        let commits = 400
        try append(commits)
        // The tree's path, the list of free pages, and the events themselves.
        let bound =
            before + commits * 8 * 4096 + Int(try rows(["query", "SELECT sum(length(data)) AS n FROM events"])[0]["n"] as? Int ?? 0)
        let after = try size()
        #expect(after <= bound, "grew from \(before) to \(after)")
        let shown = try rows(["status", "--locks"]).first { $0["part"] as? String == "log" }
        let pinned = shown?["bytes_pinned"] as? Int ?? 0
        #expect(shown?["does"] as? String == "reads" && shown?["pid"] as? Int32 == reader.pid, "\(shown ?? [:])")
        #expect((shown?["commits_behind"] as? Int ?? 0) >= commits / 2 && shown?["seconds"] as? Double ?? 0 > 0.1, "\(shown ?? [:])")
        let now = try size()
        #expect(pinned > commits * 4096 / 2 && pinned < now, "\(pinned)")
        #expect(try spool.run(["status"]).output.contains("cannot be used again until the oldest reader ends"))

        // Dead, it is forgotten, and what it pinned is used before the file grows.
        reader.end(SIGKILL)
        #expect(try rows(["status", "--locks"]).isEmpty)
        let full = try size()
        try append(100)
        #expect(try size() == full)
        Torture.report("neighbours", "\(commits) commits under a stopped reader, \(pinned / 1024) KiB pinned and shown")
    }

    /// Nobody opens the environment after the reader died: the writer that goes on finds out by itself.
    @Test func aWriterThatGoesOnForgetsADeadReader() async throws {
        let path = "\(store)/own"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let environment = try Environment(at: path, trees: [.init("values", .bytes)], durability: .operatingSystem)
        func replace(_ times: Int) throws {
            for time in 0..<times {
                try environment.write { try $0.put([UInt8](repeating: UInt8(time), count: 100_000), for: [1], in: environment.trees[0]) }
            }
        }
        try replace(10)
        let before = environment.usedBytes
        let reader = try await stop("own", "read")
        try replace(50)
        let pinned = environment.usedBytes
        #expect(pinned >= before + 40 * 100_000, "\(before), then \(pinned)")
        reader.end(SIGKILL)
        try await Task.sleep(for: .milliseconds(1100))
        try replace(200)
        #expect(environment.usedBytes <= pinned + 2 * 100_000, "\(pinned), then \(environment.usedBytes)")
    }

    /// Eight at once, for a while, none of them disturbed: all come through.
    @Test func eightAtOnce() async throws {
        try prepare()
        let end = Date.now.addingTimeInterval(Torture.seconds(short: 2, share: 0.2))
        let seed = Torture.seed
        var writers: [Process] = []
        var check = StoreCheck(spool)
        for number in 0..<4 {
            let notes = folder["n\(number).acknowledged"]
            check.acknowledgments.append(notes)
            writers.append(try Command.worker.start(["write", store, notes, "n\(number)", "\(seed &+ UInt64(number))", "10000000"]))
        }
        var readings = 0
        await withTaskGroup(of: Int.self) { group in
            for number in 0..<4 {
                let spool = spool
                let verbs = [
                    ["query", "SELECT count(*) FROM latest_video_metrics"], ["rebuild", "metrics"], ["verify"],
                    ["query", "SELECT count(*) FROM image_usage", "--as-of", "3"],
                ]
                group.addTask {
                    var count = 0
                    while Date.now < end {
                        let result = try? spool.run(verbs[(count + number) % verbs.count])
                        #expect(result?.code == 0, "seed \(seed): \(verbs[(count + number) % verbs.count]) \(result?.errors ?? "")")
                        count += 1
                    }
                    return count
                }
            }
            for await count in group { readings += count }
        }
        for writer in writers {
            #expect(writer.isRunning, "seed \(seed): a writer gave up")
            kill(writer.processIdentifier, SIGKILL)
            writer.waitUntilExit()
        }
        do {
            let events = try check.run()
            Torture.report("neighbours", "8 processes at once: \(events) events, \(readings) readings, rebuilds and checks beside them")
        } catch {
            Issue.record("seed \(seed): \(error)")
        }
    }
}

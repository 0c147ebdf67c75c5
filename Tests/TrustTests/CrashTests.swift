import Foundation
import TestSupport
import Testing

/// Whoever is killed, and when: nothing acknowledged is lost, nothing is there by half, every view is right, and nobody is kept waiting.
///
/// In each round writers, a follower, a rebuilder, a backup, an importer and readers work on one store as processes of their own. Some are
/// stopped for a while, some killed and started again, all of them are killed at the end; then the store is checked.
struct CrashTests {
    let folder = TemporaryFolder()

    private final class Round {
        let folder: String
        let store: String
        let name: String
        var chance: SplitMix64
        var processes: [Process] = []
        var acknowledgments: [String] = []
        var followed: [String] = []
        var backups: [(process: Process, path: String)] = []
        var kills = 0
        var stops = 0

        init(_ folder: String, store: String, name: String, _ chance: SplitMix64) {
            self.folder = folder
            self.store = store
            self.name = name
            self.chance = chance
        }

        private var spool: Command { .spool(store: store) }

        func start(_ kind: Int) throws {
            let number = processes.count
            func file(_ what: String) throws -> (path: String, handle: FileHandle) {
                let path = "\(folder)/\(name).\(number).\(what)"
                _ = FileManager.default.createFile(atPath: path, contents: nil)
                return (path, try #require(FileHandle(forWritingAtPath: path)))
            }
            let process: Process
            switch kind {
            case 0...2:
                let notes = "\(folder)/\(name).\(number).acknowledged"
                acknowledgments.append(notes)
                let words = ["write", store, notes, "\(name)x\(number)", "\(UInt64.random(in: 0 ... .max, using: &chance))", "1000000"]
                process = try Command.worker.start(words, output: .nullDevice)
            case 3:
                let out = try file("followed")
                followed.append(out.path)
                process = try spool.start(["follow", "--from", "1"], output: out.handle)
            case 4: process = try spool.start(["rebuild"], output: .nullDevice)
            case 5:
                let path = "\(folder)/\(name).\(number).backup"
                process = try spool.start(["backup", path, "--with-views"], output: .nullDevice)
                backups.append((process, path))
            case 6: process = try spool.start(["import", "primetime", "\(folder)/primetime.db"], output: .nullDevice)
            default:
                let sql = "SELECT count(*) FROM image_usage u JOIN image_library i ON i.id = u.image_id"
                let past = Bool.random(using: &chance) ? ["--as-of", "20"] : []
                process = try spool.start(["query", sql] + past, output: .nullDevice)
            }
            processes.append(process)
        }

        func work() async throws {
            for kind in [0, 1, 3, 4, 5, 6, 7].shuffled(using: &chance) { try start(kind) }
            for _ in 0..<Int.random(in: 1...4, using: &chance) {
                try await Task.sleep(for: .milliseconds(Int.random(in: 5...120, using: &chance)))
                let victim = processes[Int.random(in: 0..<processes.count, using: &chance)]
                guard victim.isRunning else { continue }
                if Bool.random(using: &chance) {
                    kill(victim.processIdentifier, SIGSTOP)
                    stops += 1
                    try await Task.sleep(for: .milliseconds(Int.random(in: 5...60, using: &chance)))
                    kill(victim.processIdentifier, SIGCONT)
                } else {
                    kill(victim.processIdentifier, SIGKILL)
                    kills += 1
                    try start(Int.random(in: 0...7, using: &chance))
                }
            }
            for process in processes.shuffled(using: &chance) where process.isRunning {
                kill(process.processIdentifier, SIGKILL)
                kills += 1
            }
            for process in processes { process.waitUntilExit() }
        }

        /// Whoever ended by itself must have succeeded, except in reading a past that is not there yet.
        func checkEnded() throws {
            for process in processes where process.terminationReason == .exit && process.terminationStatus != 0 {
                let words = process.arguments ?? []
                if process.terminationStatus == 2, words.contains("--as-of") { continue }
                throw StoreCheck.Wrong("\(words) ended with \(process.terminationStatus)")
            }
            for (process, path) in backups where process.terminationReason == .exit {
                let verified = try spool.run(["verify", path])
                guard verified.code == 0 else { throw StoreCheck.Wrong("backup: \(verified.errors)") }
            }
        }
    }

    private func makeOldDatabase() throws {
        let old = try SQLiteDatabase(at: folder["primetime.db"], seeds: ["shows"])
        for number in 0..<200 {
            try old.execute(
                "INSERT INTO assets (id, type, path, file_size_bytes, added_at) VALUES ('a\(number)', 'photo', '/\(number)', 1, \(number))")
        }
    }

    @Test func killedAtRandom() async throws {
        try makeOldDatabase()
        let end = Date.now.addingTimeInterval(Torture.seconds(short: 8, share: 0.45))
        var chance = Torture.generator(3)
        var rounds = 0
        var kills = 0
        var stops = 0
        var events = 0
        var check = StoreCheck(.spool(store: ""))
        while Date.now < end || rounds < 2 {
            if rounds % 12 == 0 {
                check = StoreCheck(.spool(store: folder["store\(rounds / 12)"]))
                TemporaryFolder.remove(folder["store\(rounds / 12 - 1)"])
                // Begun as anything is begun: several processes make the store at once.
                for _ in 0..<3 { #expect(try check.spool.run(["init"]).code == 0) }
            }
            let round = Round(folder.path, store: folder["store\(rounds / 12)"], name: "r\(rounds)", SplitMix64(seed: chance.next()))
            do {
                try await round.work()
                try round.checkEnded()
                check.acknowledgments += round.acknowledgments
                check.followed = round.followed
                events = try check.run()
            } catch {
                for process in round.processes where process.isRunning { kill(process.processIdentifier, SIGKILL) }
                Issue.record("seed \(Torture.seed), round \(rounds), after \(round.kills) kills in it: \(error)")
                return
            }
            for (_, path) in round.backups { TemporaryFolder.remove(path) }
            rounds += 1
            kills += round.kills
            stops += round.stops
        }
        let imported = try check.spool.run(["import", "primetime", folder["primetime.db"], "--verify"])
        #expect(imported.code == 0, "seed \(Torture.seed): \(imported.errors)")
        Torture.report("crashes", "\(kills) kills and \(stops) stops in \(rounds) rounds, \(events) events in the last store")
    }
}

import Foundation
import Spool
import TestSupport
import Testing

/// Backups that are made, checked and restored.
struct BackupTests {
    @Test func restoredStoreEqualsItsSource() throws {
        let folder = TemporaryFolder()
        let store = try StoreFacts.makeStore(folder["store"])
        var chance = SplitMix64(seed: 1)
        try StoreFacts.fill(store, 600, &chance)
        for withViews in [false, true] {
            let name = "backup-\(withViews)"
            let backup = try store.backup(to: folder[name], withViews: withViews)
            #expect(try BackupChain(backup).verify().isWhole)
            #expect(backup.info.views.isEmpty != withViews)
            let outcome = try Restore(of: BackupChain(backup)).run(to: folder["restored-\(withViews)"])
            #expect(outcome.head == backup.info.through.position)
            let restored = try Store(at: folder["restored-\(withViews)"])
            #expect(restored.info == store.info)
            if withViews {
                let status = try restored.status()
                #expect(status.indexPosition == outcome.head)
                #expect(status.projections.contains { $0.position > 0 && $0.rows > 0 })
            }
            try StoreFacts.expectSame(store, restored)
            #expect(try restored.verify().isWhole)
            #expect(restored.blobs.list() == store.blobs.list())
            // It goes on like any store.
            try restored.append(CloudEvent(type: "trend.captured", data: #"{"topic":"t","source":"s"}"#))
        }
    }

    @Test func emptyStore() throws {
        let folder = TemporaryFolder()
        let store = try StoreFacts.makeStore(folder["store"])
        let backup = try store.backup(to: folder["a"])
        let next = try store.backup(to: folder["b"], since: backup)
        #expect(try BackupChain(next).verify().isWhole)
        #expect(try Restore(of: BackupChain(next)).run(to: folder["restored"]).head == 0)
        #expect(try Store(at: folder["restored"]).log.head() == 0)
    }

    @Test func whileAnotherProcessAppends() throws {
        let folder = TemporaryFolder()
        let spool = Command.spool(store: folder["store"])
        #expect(try spool.run(["init"]).code == 0)
        // A writer without end: what is left of the shell is the command, and its input ends with it.
        let event = #"{"specversion":"1.0","id":"%d","source":"w","type":"search.performed","data":{"query":"q%d","source":"s"}}\n"#
        let writer = try Command("/bin/bash", environment: spool.environment).start(
            [
                "-c",
                #"exec "$0" ingest --batch 3 < <(exec awk -v event="$1" "$2")"#, spool.path, event,
                #"BEGIN { for (;;) { n++; printf event, n, n; if (n % 30 == 0) system("sleep 0.01") } }"#,
            ], output: .nullDevice)
        defer {
            if writer.isRunning { kill(writer.processIdentifier, SIGKILL) }
            writer.waitUntilExit()
        }
        var heads: [Position] = []
        for number in 0..<4 {
            usleep(150_000)
            var arguments = ["backup", folder["b\(number)"]]
            if number == 3 { arguments += ["--since", folder["b2"]] }
            if number == 1 { arguments.append("--with-views") }
            let result = try spool.run(arguments)
            #expect(result.code == 0, "\(result.errors)")
            heads.append(try Backup(at: folder["b\(number)"]).info.through.position)
        }
        #expect(writer.isRunning)
        kill(writer.processIdentifier, SIGKILL)
        writer.waitUntilExit()
        #expect(heads == heads.sorted() && heads[0] < heads[3], "\(heads)")
        let source = try StoreFacts.records(of: Store(at: folder["store"]))
        for number in 0..<4 {
            #expect(try spool.run(["verify", folder["b\(number)"]]).code == 0)
            let result = try spool.run(["restore", folder["b\(number)"], "--to", folder["r\(number)"]])
            #expect(result.code == 0, "\(result.errors)")
            let restored = try Store(at: folder["r\(number)"])
            #expect(try StoreFacts.records(of: restored) == Array(source.prefix(Int(heads[number]))))
            if number == 1 { #expect(try spool.run(["verify", "--store", folder["r1"]]).code == 0) }
        }
    }

    @Test func incrementalChain() throws {
        let folder = TemporaryFolder()
        let store = try StoreFacts.makeStore(folder["store"])
        var chance = SplitMix64(seed: 2)
        var last: Backup?
        for number in 0..<4 {
            try StoreFacts.fill(store, 150, &chance)
            let backup = try store.backup(to: folder["chain/b\(number)"], since: last)
            #expect(backup.info.after.position == last?.info.through.position ?? 0)
            if let last { #expect(backup.info.blobs < store.blobs.list().count, "only new ones, \(last.info.blobs)") }
            last = backup
        }
        let chain = try BackupChain(Backup(at: folder["chain/b3/"]))
        #expect(chain.backups.count == 4)
        let verification = try chain.verify()
        #expect(verification.isWhole && verification.records == verification.head, "\(verification.problems)")
        try Restore(of: chain).run(to: folder["restored"])
        try StoreFacts.expectSame(store, Store(at: folder["restored"]))
        #expect(try Store(at: folder["restored"]).blobs.list() == store.blobs.list())

        // The whole folder may move; a base may be elsewhere when one says where.
        let manager = FileManager.default
        try manager.moveItem(atPath: folder["chain"], toPath: folder["moved"])
        #expect(try BackupChain(Backup(at: folder["moved/b3"])).verify().isWhole)
        try manager.createDirectory(atPath: folder["old"], withIntermediateDirectories: true)
        try manager.moveItem(atPath: folder["moved/b0"], toPath: folder["old/b0"])
        let spool = Command.spool(store: folder["none"])
        let missing = try spool.run(["verify", folder["moved/b3"]])
        #expect(missing.code == 3 && missing.errors.contains("--base") && missing.errors.contains("b0"), "\(missing.errors)")
        #expect(try spool.run(["restore", folder["moved/b3"], "--to", folder["never"]]).code == 3)
        #expect(!File.exists(folder["never"]))
        for base in [folder["old"], folder["old/b0"]] {
            #expect(try spool.run(["verify", folder["moved/b3"], "--base", base]).code == 0)
        }
    }

    @Test func goingOnFromAnotherStoreOrHistoryIsRefused() throws {
        let folder = TemporaryFolder()
        let store = try StoreFacts.makeStore(folder["store"])
        var chance = SplitMix64(seed: 3)
        try StoreFacts.fill(store, 50, &chance)
        let early = try store.backup(to: folder["early"])
        let other = try StoreFacts.makeStore(folder["other"])
        #expect(throws: BackupError.self) { try other.backup(to: folder["no"], since: early) }
        // Restored to an earlier point, it goes another way.
        try Restore(of: BackupChain(early), until: .position(10)).run(to: folder["branch"])
        let branch = try Store(at: folder["branch"])
        try StoreFacts.fill(branch, 100, &chance)
        let refusal = #expect(throws: BackupError.self) { try branch.backup(to: folder["no"], since: early) }
        #expect("\(try #require(refusal))".contains("another event at position"))
        #expect(!File.exists(folder["no"]))
        #expect(entries(of: folder.path) == ["branch", "early", "other", "store"])
    }

    @Test func scheduledBackupsArePruned() throws {
        let folder = TemporaryFolder()
        let store = try StoreFacts.makeStore(folder["store"])
        var chance = SplitMix64(seed: 4)
        let schedule = BackupSchedule(in: folder["scheduled"], keep: 3)
        var names: [String] = []
        func made() -> [String] { entries(of: folder["scheduled"]).filter { !$0.hasPrefix(".") } }
        for number in 0..<5 {
            try StoreFacts.fill(store, 20, &chance)
            let now = Timestamp(microseconds: 1_700_000_000_000_000 + Int64(number) * 3_600_000_000)
            let outcome = try schedule.run(store, now: now)
            names.append(String(outcome.made.path.split(separator: "/").last ?? ""))
            #expect(made() == Array(names.suffix(3)))
        }
        #expect(names == names.sorted() && names[0] == "20231114T221320.000000Z")

        // What is kept needs its base, which stays though it is old.
        for number in 5..<7 {
            try StoreFacts.fill(store, 20, &chance)
            let now = Timestamp(microseconds: 1_700_000_000_000_000 + Int64(number) * 3_600_000_000)
            let outcome = try schedule.run(store, isIncremental: true, now: now)
            #expect(!outcome.made.info.isFull)
            names.append(String(outcome.made.path.split(separator: "/").last ?? ""))
        }
        #expect(made() == Array(names.suffix(3)))
        // The chain is as long as what is kept: a full one is due, and its turn comes to leave when nobody needs it.
        let due = try schedule.run(store, isIncremental: true, now: Timestamp(microseconds: 1_700_000_000_000_000 + 7 * 3_600_000_000))
        #expect(due.made.info.isFull)
        #expect(made().count == 4 && made().contains(names[4]), "its increments are kept")

        // Other things in the folder stay.
        let path = folder["scheduled"]
        try Data("x".utf8).write(to: URL(fileURLWithPath: "\(path)/notes.txt"))
        try FileManager.default.createDirectory(atPath: "\(path)/20200101T000000.000000Z", withIntermediateDirectories: false)
        let spool = Command.spool(store: folder["store"])
        let result = try spool.run(["backup", path, "--keep", "1"])
        #expect(result.code == 0, "\(result.errors)")
        #expect(made().count == 3 && made().contains("notes.txt") && result.errors.contains("20200101T000000.000000Z"), "\(made())")
    }

    @Test func severalAtOnce() throws {
        let folder = TemporaryFolder()
        let store = try StoreFacts.makeStore(folder["store"])
        var chance = SplitMix64(seed: 16)
        try StoreFacts.fill(store, 100, &chance)
        let spool = Command.spool(store: folder["store"])
        let scheduled = try (0..<4).map { _ in
            try spool.start(["backup", folder["scheduled"], "--keep", "2", "--incremental"], output: .nullDevice)
        }
        let single = try (0..<4).map { try spool.start(["backup", folder["single/\($0)"]], output: .nullDevice) }
        for process in scheduled + single {
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
        }
        for place in ["scheduled", "single"] {
            let names = entries(of: folder[place]).filter { $0 != ".lock" }
            #expect(place == "single" ? names == ["0", "1", "2", "3"] : (2...3).contains(names.count), "\(names)")
            for name in names { #expect(try BackupChain(Backup(at: folder["\(place)/\(name)"])).verify().isWhole) }
        }
    }

    @Test func emptyFoldersAreTaken() throws {
        let folder = TemporaryFolder()
        let spool = Command.spool(store: folder["store"])
        #expect(try spool.run(["init"]).code == 0)
        let manager = FileManager.default
        for name in ["b", "r"] { try manager.createDirectory(atPath: folder[name], withIntermediateDirectories: false) }
        #expect(try spool.run(["backup", folder["b"] + "//"]).code == 0)
        #expect(try spool.run(["restore", folder["b/"], "--to", folder["r"] + "/"]).code == 0)
        #expect(try spool.run(["status", "--store", folder["r"]]).code == 0)
        // From within, by relative paths; new folders are made on the way.
        let inside = Command("/bin/bash", environment: spool.environment)
        let script = """
            set -e; cd "$1"; mkdir here; "$0" backup deep/er/b2 --since b; cd here; "$0" restore ../deep/er/b2 --to .
            """
        let result = try inside.run(["-c", script, spool.path, folder.path])
        #expect(result.code == 0, "\(result.errors)")
        #expect(entries(of: folder["here"]) == ["log", "store.json"])
        #expect(try Backup(at: folder["deep/er/b2"]).info.parent?.path == "../../b")
        #expect(entries(of: folder.path) == ["b", "deep", "here", "r", "store"])
        // A file is no folder, and a link is not written through.
        try Data("x".utf8).write(to: URL(fileURLWithPath: folder["file"]))
        #expect(try spool.run(["restore", folder["b"], "--to", folder["file"]]).code == 2)
        try manager.createSymbolicLink(atPath: folder["link"], withDestinationPath: folder["nowhere"])
        #expect(try spool.run(["restore", folder["b"], "--to", folder["link"]]).code == 2)
        #expect(!File.exists(folder["nowhere"]))
    }

    @Test func nothingIsPrunedWhenTheNewBackupIsNotGood() throws {
        let folder = TemporaryFolder()
        let store = try StoreFacts.makeStore(folder["store"])
        var chance = SplitMix64(seed: 5)
        try StoreFacts.fill(store, 60, &chance)
        let schedule = BackupSchedule(in: folder["scheduled"], keep: 1)
        let first = try schedule.run(store).made
        // A blob of the store is damaged: no backup, and the one there is stays.
        let blob = try #require(store.blobs.list().first).hex
        let path = "\(store.blobs.path)/\(blob.prefix(2))/\(blob.dropFirst(2))"
        try Data("other".utf8).write(to: URL(fileURLWithPath: path))
        #expect(throws: BackupError.self) { try schedule.run(store) }
        // The base is damaged: the increment is made and found wanting, and nothing goes.
        try FileManager.default.removeItem(atPath: path)
        try Data("damage".utf8).write(to: URL(fileURLWithPath: "\(first.path)/records.spool"))
        #expect(throws: BackupError.self) { try BackupSchedule(in: folder["scheduled"], keep: 2).run(store, isIncremental: true) }
        #expect(File.exists("\(first.path)/backup.json"))
    }

    @Test func restoreToAPointEqualsAStoreStoppedThere() throws {
        let folder = TemporaryFolder()
        let store = try StoreFacts.makeStore(folder["store"])
        var chance = SplitMix64(seed: 6)
        try StoreFacts.fill(store, 200, &chance)
        let base = try store.backup(to: folder["base"])
        try StoreFacts.fill(store, 200, &chance)
        let backup = try store.backup(to: folder["backup"], since: base, withViews: true)
        let chain = try BackupChain(backup)
        let source = try StoreFacts.records(of: store)
        let head = Position(source.count)
        for round in 0..<5 {
            let position = round == 0 ? 0 : round == 1 ? head : Position.random(in: 1...head, using: &chance)
            let recorded = try store.log.storage.read { try $0.event(at: max(1, position)) { $0.recordedTime } }
            let time = try #require(recorded)
            if position == 0 {
                let before = AsOf.time(Timestamp(microseconds: time.microseconds - 1))
                #expect(throws: AsOf.BeforeFirst.self) { try Restore(of: chain, until: before).run(to: folder["before"]) }
                #expect(!File.exists(folder["before"]))
            }
            for point in [AsOf.position(position)] + (position == 0 ? [] : [.time(time)]) {
                let path = folder["r\(round)-\(point)".replacing(" ", with: "-")]
                let outcome = try Restore(of: chain, until: point).run(to: path)
                if case .position = point { #expect(outcome.head == position) }
                let restored = try Store(at: path)
                // A store that was fed the same records and stopped there.
                let stopped = try Store.create(at: path + "-stopped", allowed: store.info.allowed ?? [:])
                for hash in store.blobs.list() { try stopped.blobs.put(store.blobs.read(hash)) }
                let events = try source.prefix(Int(outcome.head)).enumerated().map { place, bytes in
                    try ExportedEvent(RecordView(bytes.span.bytes, at: Position(place + 1)))
                }
                let taken = try stopped.log.append(exported: events)
                #expect(taken.refusal == nil && taken.stored == Int(outcome.head))
                try StoreFacts.expectSame(stopped, restored, "\(point)")
                #expect(try StoreFacts.records(of: restored) == Array(source.prefix(Int(outcome.head))))
                if outcome.head < head {
                    let next = try store.log.storage.read { try $0.event(at: outcome.head + 1) { $0.recordedTime } }
                    if case .time(let time) = point { #expect(try #require(next) > time) }
                }
            }
        }
        let spool = Command.spool(store: folder["none"])
        let beyond = try spool.run(["restore", folder["backup"], "--to", folder["no"], "--until", "\(head + 1)"])
        #expect(beyond.code == 2 && beyond.errors.contains("position \(head)"), "\(beyond.errors)")
        #expect(try spool.run(["restore", folder["backup"], "--to", folder["no"], "--until", "someday"]).code == 2)
        #expect(!File.exists(folder["no"]))
    }
}

import EventLog
import Projection
import Spool
import TestSupport
import Testing

/// Views built beside the live ones, swapped in, swapped back.
struct RebuildTests {
    /// The same tables as Trends, filled in another way, as by code that was wrong.
    private static func wrong() -> [Projector] {
        Catalog.projectors.map { projector in
            guard projector.name == "metrics" else { return projector }
            return Projector(projector.name, version: projector.version, tables: projector.tables) {
                projector.handlers[0]
            }
        }
    }

    @Test func differencesAreNamedRowByRow() throws {
        let generated = try GeneratedStore(700, seed: 41)
        let store = generated.store
        let right = try GeneratedStore.content(of: store)
        let registered = Set(generated.stored.filter { $0.event.type == "video.registered" }.map(\.event.id)).count
        #expect(registered > 3)
        // Build the live tables with code that knows one type of event only.
        let wrong = try Store(at: store.path, projectors: Self.wrong())
        _ = try wrong.engine.rebuild("metrics")
        var found: [RowDifference] = []
        let check = try store.engine.rebuild(
            "metrics", checkOnly: true,
            eachDifference: {
                found.append($0)
                return true
            })
        #expect(check.differences.map(\.table).sorted() == Array(Set(found.map(\.table))).sorted())
        for difference in check.differences {
            let own = found.filter { $0.table == difference.table }
            #expect(own.filter { $0.kind == .added }.count == difference.removed)
            #expect(own.filter { $0.kind == .removed }.count == difference.added)
            #expect(own.filter { $0.kind == .changed }.count == difference.changed)
        }
        let changed = try #require(found.first { $0.kind == .changed })
        #expect(changed.table == "video_metadata" && !changed.columns.isEmpty && changed.columns.count < 12)
        #expect(changed.columns.allSatisfy { $0.before != $0.after })
        // One at a time, to see that the rest is passed over.
        var count = 0
        _ = try store.engine.rebuild(
            "metrics", checkOnly: true,
            eachDifference: { _ in
                count += 1
                return false
            })
        #expect(count == check.differences.count)
        _ = try store.engine.rebuild("metrics")
        #expect(try GeneratedStore.content(of: store) == right)
        #expect(try store.verify().isWhole)
    }

    @Test func rollsBackAndForth() throws {
        let generated = try GeneratedStore(500, seed: 42)
        let store = generated.store
        #expect(throws: ProjectionError.noFormer("metrics")) { try store.engine.rollBack("metrics") }
        // What is written late would be folded by the wrong projector.
        try store.close()
        let wrong = try Store(at: store.path, projectors: Self.wrong())
        _ = try wrong.engine.rebuild("metrics")
        let bad = try store.rows("SELECT * FROM video_metrics ORDER BY id")
        #expect(bad.isEmpty)
        try store.append(CloudEvent(type: "metrics.recorded", data: #"{"video_id":"late","platform":"tiktok","views":5}"#))
        // The former tables are where they were; the next query catches them up.
        let position = try store.engine.rollBack("metrics")
        #expect(position <= Position(generated.stored.count))
        let good = try store.rows("SELECT video_id FROM video_metrics ORDER BY id")
        #expect(good.last == [.text("late")] && good.count > 20)
        #expect(try store.verify().isWhole)
        // Another process, open all the time, sees it too.
        #expect(try wrong.rows("SELECT count(*) FROM video_metrics") == [[.integer(Int64(good.count))]])
        try store.engine.rollBack("metrics")
        #expect(try store.rows("SELECT count(*) FROM video_metrics") == [[.integer(1)]])
        // After a crash of the system what was not put on disk since is not trusted: built from the log, it is right.
        try store.append(CloudEvent(type: "video.registered", data: #"{"video_id":"later"}"#))
        let rebooted = try Store(at: store.path, bootID: 99)
        #expect(try rebooted.rows("SELECT count(*) FROM video_metrics") == [[.integer(Int64(good.count))]])
    }

    /// What a rebuild takes the place of is put on disk, and what it made is noted as not being there once it is written.
    @Test func theFormerTablesSurviveARestartOfTheSystem() throws {
        let generated = try GeneratedStore(200, seed: 44)
        let store = generated.store
        _ = try store.engine.rebuild("metrics")
        let views = "\(store.path)/views"
        let former = try #require(Folder.names(in: views).first { $0.hasPrefix(".former-metrics") })
        #expect(!File.exists("\(views)/\(former)/unsynced"))
        try store.append(CloudEvent(type: "video.registered", data: #"{"video_id":"later"}"#))
        store.settle()
        #expect(File.exists("\(views)/metrics@1/unsynced"))
        let rebooted = try Store(at: store.path, bootID: 99)
        try rebooted.engine.rollBack("metrics")
        #expect(try rebooted.rows("SELECT video_id FROM video_metadata WHERE video_id = 'later'").count == 1)
        #expect(try rebooted.verify().isWhole)
    }

    @Test func pruneFreesWhatNoQueryNeeds() throws {
        let generated = try GeneratedStore(400, seed: 43)
        let store = generated.store
        let views = "\(store.path)/views"
        let content = try GeneratedStore.content(of: store)
        _ = try store.engine.rebuild("trends")
        _ = try GeneratedStore.content(of: store, asOf: .position(50))
        for name in ["gone@3/data.mdb", ".building-trends@1-1/content/x", ".removed-1/x", ".building-index-7/data.mdb"] {
            try Folder.make(Folder.parent(of: "\(views)/\(name)"))
            try File.replace("\(views)/\(name)", with: Array(repeating: 1, count: 5000))
        }
        // One whose builder lives is left alone.
        let living = try BuildFolder(in: views, for: "living")
        // What the last appends changed is written a moment after them.
        store.settle()
        let before = Folder.size(views)
        let pruned = try store.engine.prune()
        #expect(Set(pruned.map(\.kind)) == [.former, .unknown, .past, .leftover])
        #expect(pruned.reduce(0) { $0 + $1.bytes } == before - Folder.size(views))
        #expect(File.exists(living.path))
        living.remove()
        let names = Folder.names(in: views).filter { $0 != ".lock" }
        #expect(Set(names) == Set([EventIndex.folderName] + Catalog.projectors.map { "\($0.name)@\($0.version)" }), "\(names)")
        #expect(try GeneratedStore.content(of: store) == content)
        #expect(try store.engine.prune().isEmpty)
    }

    @Test func goesOnWhileOthersAppendAndRead() async throws {
        let generated = try GeneratedStore(600, seed: 44)
        let path = generated.store.path
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                let own = try Store(at: path)
                for _ in 0..<6 { _ = try own.engine.rebuild("trends") }
            }
            group.addTask {
                let own = try Store(at: path)
                for number in 0..<300 {
                    try own.append(CloudEvent(type: "trend.captured", data: #"{"topic":"t\#(number)","source":"beside"}"#))
                }
            }
            group.addTask {
                let own = try Store(at: path)
                var last: Int64 = 0
                for _ in 0..<200 {
                    // Never a half: the count only grows, and all that a row says is there.
                    let rows = try own.rows("SELECT count(*), count(DISTINCT topic) FROM trending_topics WHERE source = 'beside'")
                    guard case .integer(let count) = rows[0][0] else { return }
                    #expect(count >= last && rows[0][1] == rows[0][0])
                    last = count
                }
            }
            try await group.waitForAll()
        }
        #expect(try generated.store.rows("SELECT count(*) FROM trending_topics WHERE source = 'beside'") == [[.integer(300)]])
        #expect(try generated.store.verify().isWhole)
    }
}

import Glibc
import LMDB
import TestSupport
import Testing

@testable import EventLog

/// The index is disposable: whatever happens to its folder, the next use answers as before.
struct IndexRecoveryTests {
    let folder = TemporaryFolder()

    private static let tags = ["video:0", "video:1", "video:2", "none:1"]
    private static let types = ["a", "b", "c"]

    private func open(bootID: UInt64 = 77) throws -> EventLog {
        let storage = try LMDBStorage(at: folder["log"])
        return EventLog(storage, index: EventIndex(at: folder["views/index"], of: storage, bootID: bootID))
    }

    private func fill(_ log: EventLog, _ range: Range<Int>) throws {
        try log.append(range.map { event("\($0)", type: Self.types[$0 % 3], subject: "video:\($0 % 3)") })
    }

    private func answers(_ log: EventLog) throws -> [[String]] { try log.answers(tags: Self.tags, types: Self.types) }

    /// Fills a log of 200 events, and returns what it answers.
    private func prepare() throws -> [[String]] {
        let log = try open()
        try fill(log, 0..<100)
        try fill(log, 100..<200)
        // The accidents are those of a file that nobody has open.
        defer { log.index.settle() }
        return try answers(log)
    }

    private func write(_ bytes: [UInt8], _ name: String) throws {
        let file = try #require(fopen(folder[name], "w"))
        fwrite(bytes, 1, bytes.count, file)
        fclose(file)
    }

    enum Accident: CaseIterable {
        case deleted, viewsDeleted, emptied, dataDeleted, lockDeleted, garbage, garbageLock, short, emptyFile, half, aFile
    }

    private func happen(_ accident: Accident) throws {
        let index = folder["views/index"]
        switch accident {
        case .deleted: TemporaryFolder.remove(index)
        case .viewsDeleted: TemporaryFolder.remove(folder["views"])
        case .emptied:
            TemporaryFolder.remove(index)
            mkdir(index, 0o755)
        case .dataDeleted: unlink(index + "/data.mdb")
        case .lockDeleted: unlink(index + "/lock.mdb")
        case .garbage: try write((0..<20_000).map { UInt8(truncatingIfNeeded: $0 * 7) }, "views/index/data.mdb")
        case .garbageLock: try write([1, 2, 3], "views/index/lock.mdb")
        case .short: try write([1, 2, 3], "views/index/data.mdb")
        case .emptyFile: try write([], "views/index/data.mdb")
        case .half:
            let size = try File.read(index + "/data.mdb").count
            truncate(index + "/data.mdb", size / 2)
        case .aFile:
            TemporaryFolder.remove(index)
            try write([1, 2, 3], "views/index")
        }
    }

    @Test(arguments: Accident.allCases, [false, true]) func accidents(accident: Accident, readsFirst: Bool) throws {
        let before = try prepare()
        try happen(accident)
        let log = try open()
        if readsFirst { #expect(try answers(log) == before) }
        #expect(try log.append([event("5", type: Self.types[2], subject: "video:2")])[0].isRepeat)
        #expect(try log.append([event("new", type: "a", subject: "video:0")], expected: .exact(67))[0].streamVersion == 68)
        var expected = before
        for place in [0, 4] { expected[place].append("new") }
        for place in [7, 11] { expected[place].insert("new", at: 0) }
        #expect(try answers(log) == expected)
        #expect(try log.index.check() == 0)
        #expect(try log.verify().problems == [])
    }

    /// The folder goes while the process has it open.
    @Test(arguments: [Accident.deleted, .viewsDeleted, .emptied, .dataDeleted]) func underOpenLog(accident: Accident) throws {
        let before = try prepare()
        let log = try open()
        #expect(try answers(log) == before)
        let held = try log.beginRead()
        try happen(accident)
        #expect(try answers(log) == before)
        #expect(try log.append([event("5", type: Self.types[2], subject: "video:2")])[0].isRepeat)
        #expect(try log.append([event("new", type: "a", subject: "video:0")], expected: .exact(67))[0].streamVersion == 68)
        #expect(held.head == 200)
        held.end()
        #expect(try log.index.check() == 0)
        #expect(File.exists(folder["views/index/data.mdb"]))
    }

    /// Puts a mark into the index that only this very index has.
    private func mark() throws {
        let environment = try Environment(at: folder["views/index"], trees: [.init("mark")])
        try environment.write { try $0.put([1], for: [1], in: environment.trees[0]) }
    }

    private func isMarked() throws -> Bool {
        let environment = try Environment(at: folder["views/index"], trees: [.init("mark")])
        return try environment.read { try $0.count(environment.trees[0]) } == 1
    }

    @Test func anotherRunOfTheSystem() throws {
        let before = try prepare()
        try mark()
        #expect(try answers(open()) == before)
        #expect(try isMarked())
        do {
            let log = try open(bootID: 78)
            #expect(try answers(log) == before)
            #expect(try !isMarked())
            // What is on disk for certain survives.
            try log.index.close()
            try mark()
        }
        do {
            let log = try open(bootID: 79)
            #expect(try answers(log) == before)
            #expect(try isMarked())
            try fill(log, 200..<203)
        }
        #expect(try open(bootID: 79).ids(EventFilter(types: ["a"])).count == 68)
        #expect(try isMarked())
        let log = try open(bootID: 80)
        #expect(try log.ids(EventFilter(types: ["a"])).count == 68)
        #expect(try !isMarked())
    }

    /// The views of one store under the log of another.
    @Test(arguments: [150, 200, 250]) func indexOfAnotherLog(count: Int) throws {
        _ = try prepare()
        let storage = try LMDBStorage(at: folder["log2"])
        let log = EventLog(storage, index: EventIndex(at: folder["views2/index"], of: storage, bootID: 77))
        try log.append((0..<count).map { event("o\($0)", type: Self.types[$0 % 3], subject: "video:\($0 % 2)") })
        let expected = try answers(log)
        let mixed = EventLog(storage, index: EventIndex(at: folder["views/index"], of: storage, bootID: 77))
        #expect(try answers(mixed) == expected)
        #expect(try mixed.index.check() == 0)
    }

    @Test func rebuild() throws {
        let before = try prepare()
        let log = try open()
        let other = try open()
        try log.index.rebuild()
        #expect(try answers(log) == before)
        #expect(try answers(other) == before)
        try fill(other, 200..<210)
        #expect(try answers(log) == answers(other))
        #expect(try log.index.check() == 0)
        #expect(Folder.names(in: folder["views"]).filter { $0.hasPrefix(".building") || $0.hasPrefix(".removed") } == [])
    }

    /// What an append folds itself, when the index was lost, and goes on from.
    @Test func appendAfterLoss() throws {
        let before = try prepare()
        TemporaryFolder.remove(folder["views"])
        let log = try open()
        #expect(throws: AppendError.self) { try log.append([CloudEvent(id: "", source: "s", type: "t", data: Array("{}".utf8))]) }
        try fill(log, 200..<210)
        try fill(log, 210..<220)
        #expect(try answers(log) != before)
        #expect(try log.index.check() == 0)
    }

    @Test func checkSeesDamage() throws {
        _ = try prepare()
        do {
            let environment = try Environment(at: folder["views/index"], trees: [.init("streams"), .init("tags", .integerSets)])
            try environment.write { transaction in
                try transaction.remove(Array("video:1".utf8), from: environment.trees[0])
                try transaction.insert(9_999, for: Array("video:1".utf8), in: environment.trees[1])
            }
        }
        let log = try open()
        #expect(try log.index.check() == 2)
        try log.index.rebuild()
        #expect(try log.index.check() == 0)
    }

    @Test func checkWhileOthersAppend() async throws {
        _ = try prepare()
        let log = try open()
        let appending = Task.detached {
            var number = 1000
            while !Task.isCancelled {
                try log.append([event("\(number)", type: "a")])
                number += 1
            }
        }
        while try log.head() < 210 { try await Task.sleep(for: .milliseconds(1)) }
        for _ in 0..<5 { #expect(try log.index.check() == 0) }
        for _ in 0..<3 { try log.index.rebuild() }
        appending.cancel()
        try await appending.value
        #expect(try log.index.check() == 0)
    }
}

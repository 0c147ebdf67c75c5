import EventLog
import Glibc
import LMDB
import TestSupport
import Testing

@testable import Projection

/// Several processes on one store, ended without warning, or out of room.
struct ProcessTests {
    let folder = TemporaryFolder()

    /// Appends until the end, some time after the first, and notes each event in a file once it was acknowledged.
    static func appendForever(in path: String, name: String, endAfter milliseconds: UInt32) throws {
        let engine = try makeEngine(at: path)
        let notes = open("\(path)/\(name).acknowledged", O_WRONLY | O_CREAT | O_APPEND, 0o644)
        var number = 0
        while true {
            let id = "\(name).\(number)"
            let events = try [
                cloud(AuthorAdded(name: id, rank: 1), id: id), cloud(BookAdded(author: 1, title: id, state: "open"), id: id + "b"),
            ]
            let refused = try cloud(AuthorAdded(name: id, rank: 101), id: id + "r")
            _ = try engine.append([AppendRequest(events), AppendRequest([refused])])[0].get()
            let line = Array("\(id)\n".utf8)
            write(notes, line, line.count)
            if number == 0 { endSuddenly(after: milliseconds) }
            number += 1
        }
    }

    static func endSuddenly(after milliseconds: UInt32) {
        var thread = pthread_t()
        let time = UnsafeMutableRawPointer(bitPattern: UInt(milliseconds) * 1000)
        pthread_create(
            &thread, nil,
            { time in
                usleep(UInt32(UInt(bitPattern: time)))
                kill(getpid(), SIGKILL)
                return nil
            }, time)
    }

    @Test(.timeLimit(.minutes(1)), arguments: 1...4 as ClosedRange<UInt32>) func killedAnywhere(round: UInt32) async throws {
        try makeEngine(folder).add(AuthorAdded(name: "first", rank: 1))
        let path = folder.path
        let delay = 40 + round * 37
        async let one = #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String, delay = delay as UInt32] in
            try ProcessTests.appendForever(in: path, name: "one", endAfter: delay)
        }
        async let two = #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String, delay = delay as UInt32] in
            try ProcessTests.appendForever(in: path, name: "two", endAfter: delay + 60)
        }
        async let three = #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String, delay = delay as UInt32] in
            ProcessTests.endSuddenly(after: delay + 30)
            let engine = try makeEngine(at: path)
            while true {
                _ = try engine.rebuild("library")
                try engine.log.index.rebuild()
            }
        }
        _ = await (one, two, three)

        let engine = try makeEngine(folder)
        let verification = try engine.log.verify()
        #expect(verification.problems == [] && verification.records == verification.head)
        let stored = Set(try engine.rows(Author.table).map(\.name))
        var acknowledged = 0
        for name in ["one", "two"] {
            guard let notes = try? File.read(folder["\(name).acknowledged"]) else { continue }
            for line in String(decoding: notes, as: UTF8.self).split(separator: "\n") {
                #expect(stored.contains(String(line)))
                acknowledged += 1
            }
        }
        #expect(acknowledged >= 2)
        #expect(stored.count >= acknowledged + 1 && stored.count <= acknowledged + 3)
        #expect(try engine.rows(Book.table).count == stored.count - 1)
        #expect(try engine.log.head() == Position(stored.count * 2 - 1))
        #expect(try engine.check() == [])
        #expect(try engine.log.index.check() == 0)
        // Nobody's lock is left.
        try engine.add(AuthorAdded(name: "last", rank: 1))
    }

    @Test(.timeLimit(.minutes(1))) func outOfRoom() async throws {
        let path = folder.path
        await #expect(processExitsWith: .success) { [path = path as String] in
            // What a full disk does, done by the process's limit of file sizes.
            signal(SIGXFSZ, SIG_IGN)
            let engine = try makeEngine(at: path)
            try engine.add(AuthorAdded(name: "first", rank: 1))
            var limit = rlimit(rlim_cur: 300_000, rlim_max: rlim_t.max)
            setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            var stored = 0
            var failure: (any Error)?
            while failure == nil, stored < 5000 {
                do {
                    try engine.add(BookAdded(author: 1, title: "\(stored)" + String(repeating: "x", count: 300), state: "open"))
                    stored += 1
                } catch {
                    failure = error
                }
            }
            let error = try #require(failure as? LMDBError)
            try #require(error.isOutOfSpace, "\(error)")
            try #require(error.description.contains("What was being written was taken back"), "\(error)")
            // It stays so, and reading goes on.
            do {
                try engine.add(BookAdded(author: 1, title: "again" + String(repeating: "x", count: 9000), state: "open"))
                throw error
            } catch let second as LMDBError {
                try #require(second.isOutOfSpace, "\(second)")
            }
            try #require(try engine.log.verify().problems == [])
            try #require(try engine.log.head() == Position(stored + 1))
            // With room again everything goes on as if nothing had been.
            limit.rlim_cur = rlim_t.max
            setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            try engine.add(BookAdded(author: 1, title: "later", state: "open"))
            try #require(try engine.rows(Book.table).count == stored + 1)
            try #require(try engine.check() == [])
            try #require(try engine.log.index.check() == 0)
        }
    }
}

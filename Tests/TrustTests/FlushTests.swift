import Foundation
import TestSupport
import Testing

/// The one flush that puts a commit on disk fails, or the process dies there.
struct FlushTests {
    private let folder = TemporaryFolder()
    private let fact = ["append", "search.performed", "query=q", "source=s", "--id", "one", "--source", "test"]

    private func count(_ spool: Command) throws -> String {
        let result = try spool.run(["query", "SELECT count(*) FROM events", "--format", "csv"])
        #expect(result.code == 0, "\(result.errors)")
        return result.output.split(separator: "\n").last.map(String.init) ?? ""
    }

    /// It is not acknowledged; whether it is there the next one to open the store makes sure of, and to send it again is safe.
    @Test(arguments: ["fail", "die"]) func atTheFlush(kind: String) throws {
        let spool = Command.spool(store: folder["store"])
        #expect(try spool.run(["init"]).code == 0)
        for number in 1...3 { #expect(try spool.run(["append", "search.performed", "query=\(number)", "source=s"]).code == 0) }
        var faulty = spool
        faulty.environment["LD_PRELOAD"] = try Preload("flush", in: folder).library
        faulty.environment["FLUSH"] = kind
        let failed = try faulty.run(fact)
        #expect(failed.code == (kind == "die" ? 9 : 3) && failed.output.isEmpty, "\(failed.code): \(failed.output)")
        if kind == "fail" {
            #expect(failed.errors.contains("cannot put the last commit on disk in \(folder["store"])/log"), "\(failed.errors)")
        }
        // Nothing can be told as long as the disk fails.
        if kind == "fail" {
            let again = try faulty.run(fact)
            #expect(again.code == 3 && again.output.isEmpty, "\(again.code): \(again.output)")
        }
        #expect(try count(spool) == "4")
        let again = try spool.run(fact)
        #expect(again.code == 0, "\(again.errors)")
        #expect(try count(spool) == "4")
        let verified = try spool.run(["verify"])
        #expect(verified.code == 0, "\(verified.output)\(verified.errors)")
    }

    /// Beside a process that has the store open all the time: it goes on to see the commit before, until somebody writes.
    @Test(arguments: ["fail", "die"], ["append", "ingest"]) func besideAReader(kind: String, verb: String) throws {
        let spool = Command.spool(store: folder["store"])
        #expect(try spool.run(["init"]).code == 0)
        for number in 1...3 { #expect(try spool.run(["append", "search.performed", "query=\(number)", "source=s"]).code == 0) }
        let output = folder["followed"]
        #expect(FileManager.default.createFile(atPath: output, contents: nil))
        let follower = try spool.start(["follow", "--from", "1"], output: FileHandle(forWritingTo: URL(fileURLWithPath: output)))
        defer {
            kill(follower.processIdentifier, SIGKILL)
            follower.waitUntilExit()
        }
        func followed() throws -> Int { try String(contentsOfFile: output, encoding: .utf8).split(separator: "\n").count }
        try waitUntil { try followed() == 3 }
        var faulty = spool
        faulty.environment["LD_PRELOAD"] = try Preload("flush", in: folder).library
        faulty.environment["FLUSH"] = kind
        #expect(try faulty.run(fact).code == (kind == "die" ? 9 : 3))
        #expect(try count(spool) == "3")
        Thread.sleep(forTimeInterval: 0.3)
        #expect(try followed() == 3)
        let line = #"{"specversion":"1.0","id":"1","source":"m","type":"search.performed","data":{"query":"after","source":"s"}}"#
        try Data(line.utf8).write(to: URL(fileURLWithPath: folder["line"]))
        let arguments = verb == "ingest" ? ["ingest", folder["line"]] : ["append", "search.performed", "query=after", "source=s"]
        let next = try spool.run(arguments)
        #expect(next.code == 0, "\(next.errors)")
        #expect(try count(spool) == "5")
        try waitUntil { try followed() == 5 }
        #expect(try spool.run(["verify"]).code == 0)
    }

    private func waitUntil(_ isDone: () throws -> Bool) throws {
        for _ in 0..<200 where try !isDone() { Thread.sleep(forTimeInterval: 0.05) }
        try #require(try isDone(), "after ten seconds")
    }
}

import Foundation
import TestSupport
import Testing

struct ResetTests {
    @Test func isRefusedWhileAnotherProcessHasTheStoreOpen() throws {
        let folder = TemporaryFolder()
        let spool = Command.spool(store: folder["store"])
        #expect(try spool.run(["init", "--sample"]).code == 0)
        let seen = folder["seen"]
        _ = FileManager.default.createFile(atPath: seen, contents: nil)
        let follower = try spool.start(["follow", "--from", "1"], output: FileHandle(forWritingTo: URL(fileURLWithPath: seen)))
        defer { kill(follower.processIdentifier, SIGKILL) }
        for _ in 0..<500 where try Data(contentsOf: URL(fileURLWithPath: seen)).isEmpty { usleep(10_000) }
        let refused = try spool.run(["reset", "--yes"])
        #expect(refused.code == 3, "\(refused.output)")
        #expect(refused.errors.contains("process \(follower.processIdentifier) has the store"), "\(refused.errors)")
        #expect(try spool.run(["query", "SELECT count(*) AS n FROM events", "--format", "csv"]).output == "n\n48\n")
        kill(follower.processIdentifier, SIGKILL)
        follower.waitUntilExit()
        #expect(try spool.run(["reset", "--yes"]).code == 0)
        #expect(try spool.run(["query", "SELECT count(*) AS n FROM events", "--format", "csv"]).output == "n\n0\n")
    }
}

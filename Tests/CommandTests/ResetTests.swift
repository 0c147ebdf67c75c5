import Foundation
import TestSupport
import Testing

struct ResetTests {
    /// The settings survive, and so does a file that is not the store's.
    @Test func keepsSettingsAndWhatIsNotItsOwn() throws {
        let folder = TemporaryFolder()
        let spool = Command.spool(store: folder["store"])
        #expect(try spool.run(["init", "--sample", "--character", "nutsy", "--character", "butcher"]).code == 0)
        for name in ["note.txt", "repair.json"] { try Data("x".utf8).write(to: URL(fileURLWithPath: folder["store/\(name)"])) }
        let before = try String(contentsOfFile: folder["store/store.json"], encoding: .utf8)
        let result = try spool.run(["reset", "--yes"])
        #expect(result.code == 0, "\(result.errors)")
        let after = try String(contentsOfFile: folder["store/store.json"], encoding: .utf8)
        #expect(after != before && after.contains("nutsy"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder["store"]).contains("note.txt"))
        #expect(!FileManager.default.fileExists(atPath: folder["store/repair.json"]))
        #expect(try spool.run(["query", "SELECT count(*) AS n FROM events", "--format", "csv"]).output == "n\n0\n")
    }

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

import Foundation
import TestSupport
import Testing

/// A store is made once, with the settings that its maker gave.
struct InitTests {
    private let folder = TemporaryFolder()

    @Test func severalAtOnce() throws {
        let spool = Command.spool(store: folder["store"])
        let shell = Command("/bin/bash", environment: ["spool": spool.path, "SPOOL_STORE": folder["store"]])
        for _ in 1...5 {
            TemporaryFolder.remove(folder["store"])
            let script = """
                cd '\(folder.path)'
                for n in 1 2 3 4 5 6; do ("$spool" init --character c$n > out$n 2> err$n; echo "$? c$n $(head -c 13 out$n)" > code$n) & done
                wait; cat code*; cat err* >&2
                """
            let result = try shell.run(["-c", script])
            let lines = result.output.split(separator: "\n").map { $0.split(separator: " ", maxSplits: 2) }
            let winners = lines.filter { $0[0] == "0" && $0.last == "Made a store " }
            #expect(winners.count == 1 && lines.count(where: { $0[0] == "2" }) == 5, "\(result)")
            let settings = try String(contentsOfFile: folder["store/store.json"], encoding: .utf8)
            #expect(try settings.contains("[\"\(#require(winners.first)[1])\"]"), "\(settings) \(result)")
            #expect(result.errors.split(separator: "\n").allSatisfy { $0.contains("is there already and stays as it is") }, "\(result)")
        }
    }

    @Test func charactersOfAStoreThatIsThere() throws {
        let plain = Command.spool(store: folder["plain"])
        #expect(try plain.run(["init"]).code == 0)
        let other = try plain.run(["init", "--character", "zz"])
        #expect(other.code == 2 && other.errors.contains("butcher, nutsy") && !other.errors.contains("allowed"), "\(other)")
        let own = Command.spool(store: folder["own"])
        #expect(try own.run(["init", "--character", "aa"]).code == 0)
        #expect(try own.run(["init", "--character", "aa"]).code == 0)
        let refused = try own.run(["init", "--character", "bb"])
        #expect(refused.code == 2 && refused.errors.contains("are aa: they are in") && refused.errors.contains("allowed"), "\(refused)")
        #expect(try Command.spool(store: folder["new"]).run(["init", "--character", ""]).code == 2)
        #expect(!FileManager.default.fileExists(atPath: folder["new"]))
    }
}

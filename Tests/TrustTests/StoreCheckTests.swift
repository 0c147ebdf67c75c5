import Foundation
import LMDB
import TestSupport
import Testing

/// Breaks every rule that the crash tests check, and sees it noticed.
struct StoreCheckTests {
    let folder = TemporaryFolder()

    enum Violation: CaseIterable { case none, lost, moved, refusedStored, halfGroup, twice, misled, view, index, lock, reader, blob }

    @Test(arguments: Violation.allCases) func isNoticed(violation: Violation) throws {
        let store = folder["store"]
        let notes = folder["acknowledged"]
        #expect(try Command.worker.run(["write", store, notes, "w", "\(Torture.seed)", "25"]).code == 0)
        var check = StoreCheck(.spool(store: store))
        check.acknowledgments = [notes]
        let events = try LoggedEvent.all(Command.spool(store: store).run(["events", "--format", "ndjson"]).output)
        let last = try #require(events.last)
        var holder: Process?
        defer { if let holder { kill(holder.processIdentifier, SIGKILL) } }
        switch violation {
        case .none: break
        case .lost: try note("+w.999.0.1 \(events.count + 1)\n", in: notes)
        case .moved: try note("+\(last.id) 1\n", in: notes)
        case .refusedStored: try note("-\(last.id)\n", in: notes)
        case .blob: try note("b \(String(repeating: "0", count: 64))\n", in: notes)
        case .halfGroup, .twice:
            let id = violation == .twice ? last.id : "w.999.0.2"
            let words = ["append", "search.performed", "query=x", "source=s", "--source", "other", "--id", id]
            #expect(try Command.spool(store: store).run(words).code == 0)
        case .misled:
            try note(#"{"position":2,"id":"x","type":"t","time":"","tags":"[]","data":"{}"}"# + "\n", in: folder["followed"])
            check.followed = [folder["followed"]]
        case .view: try damage("\(store)/views/trends@1", tree: "search_history")
        case .index: try damage("\(store)/views/index@1", tree: "types")
        case .lock, .reader:
            let part = "\(store)/log"
            let process = try Command.worker.start(["hold", part, violation == .lock ? "write" : "read"], output: .nullDevice)
            holder = process
            while try !String(contentsOfFile: "/proc/\(process.processIdentifier)/stat", encoding: .utf8).contains(") T") { usleep(2000) }
        }
        if violation == .none {
            #expect(try check.run() == events.count)
        } else {
            #expect(throws: StoreCheck.Wrong.self, "seed \(Torture.seed)") { try check.run() }
        }
    }

    private func note(_ line: String, in path: String) throws {
        let text = ((try? String(contentsOfFile: path, encoding: .utf8)) ?? "") + line
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    }

    /// Takes the first entry out of a tree.
    private func damage(_ path: String, tree: String) throws {
        let environment = try Environment(at: path, trees: [.init(tree)], durability: .operatingSystem)
        try environment.write { transaction in
            let cursor = try transaction.cursor(environment.trees[0])
            try #require(try cursor.move(.first))
            let key = cursor.key.withUnsafeBytes { [UInt8]($0) }
            #expect(try transaction.remove(key, from: environment.trees[0]))
        }
    }
}

import Foundation
import Spool
import TestSupport
import Testing

/// A damaged file never ends a process by a signal and never shows a wrong event; what is lost is named, what is whole is saved.
struct DamageTests {
    private let folder = TemporaryFolder()
    private static let seed: UInt64 = 20_260_102

    /// The processes read many damaged copies each; `tools/torture` goes on with further seeds.
    @Test func everyRegionOfTheLog() throws {
        let end = Date().addingTimeInterval(Torture.seconds(short: 0, share: 0.15))
        var seed = Torture.isLong ? Torture.seed : Self.seed
        var files = 0
        repeat {
            let result = try Command.built("DamageProbe").run([folder["probe"], "\(seed)", "100"])
            let last = (try? String(contentsOfFile: folder["probe/last"], encoding: .utf8)) ?? "none"
            #expect(result.code == 0, "seed and step \(last): \(result.output)\(result.errors)")
            let numbers = result.output.split(whereSeparator: { " \n".contains($0) }).compactMap { Int($0) }
            // Files, noticed, lost, recovered, writes, refused: each of them must have come about.
            #expect(numbers.count == 7 && numbers[0] == 100 && numbers[1...5].allSatisfy { $0 > 10 }, "seed \(seed): \(result.output)")
            files += 100
            seed += 1
        } while Date() < end
        Torture.report("damage", "\(files) damaged logs read, searched and written to")
    }

    /// A meta page that speaks of a billion records in a small file is not believed: to list what of them is lost would take for ever.
    @Test func aHugeCount() throws {
        let result = try Command.built("DamageProbe").run([folder["probe"], "20260107", "1", "91"])
        #expect(result.code == 0, "\(result.output)\(result.errors)")
    }

    // MARK: The command

    private func makeStore(_ name: String) throws -> Command {
        let spool = Command.spool(store: folder[name])
        #expect(try spool.run(["init"]).code == 0)
        let script = try Command.python.run(["python3", "\(TestFiles.root)/\(Sample.script)", Sample.data, "--output", folder["facts"]])
        #expect(script.code == 0)
        #expect(try spool.run(["ingest", folder["facts"], "--batch", "50"]).code == 0)
        return spool
    }

    private func edit(_ path: String, _ change: (inout [UInt8]) -> Void) throws {
        var bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
        change(&bytes)
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }

    /// Nothing but a result or an error: no signal.
    @discardableResult
    private func run(_ spool: Command, _ arguments: [String], _ what: String) throws -> Command.Result {
        let result = try spool.run(arguments)
        #expect([0, 1, 3].contains(result.code), "\(what), \(arguments): \(result.code) \(result.errors)")
        return result
    }

    @Test func commandsOnADamagedLog() throws {
        let spool = try makeStore("store")
        let events = try spool.run(["events", "--format", "ndjson"]).output.split(separator: "\n")
        let whole = Dictionary(uniqueKeysWithValues: events.enumerated().map { ($0.offset + 1, $0.element) })
        try FileManager.default.copyItem(atPath: folder["store"], toPath: folder["kept"])
        let log = folder["store/log/data.mdb"]
        var random = SplitMix64(seed: Self.seed)
        for round in 0..<6 {
            TemporaryFolder.remove(folder["store"])
            TemporaryFolder.remove(folder["new"])
            try FileManager.default.copyItem(atPath: folder["kept"], toPath: folder["store"])
            try edit(log) { bytes in
                if round == 0 { return bytes.removeLast(bytes.count / 3) }
                for _ in 0..<round * 8 {
                    bytes[Int.random(in: round == 1 ? 0..<8192 : 8192..<bytes.count, using: &random)] ^=
                        1 << UInt8.random(in: 0..<8, using: &random)
                }
            }
            for arguments in [
                ["events", "--format", "ndjson"], ["query", "SELECT count(*) FROM events"], ["status"],
                ["query", "SELECT * FROM latest_video_metrics"],
            ] { try run(spool, arguments, "round \(round)") }
            let verified = try run(spool, ["verify"], "round \(round)")
            let repaired = try run(spool, ["repair", "--to", folder["new"], "--format", "json"], "round \(round)")
            #expect(repaired.code == 0, "\(repaired.errors)")
            let report = try #require(
                try JSONSerialization.jsonObject(with: Data(repaired.output.utf8)) as? [String: Any], "\(repaired.output)")
            let lost = try #require(report["lost"] as? [[Int]])
            let dry = try run(spool, ["repair", "--dry-run"], "round \(round)")
            #expect(dry.output.contains("\(report["events_lost"] ?? -1) lost"), "\(dry.output)")
            if report["problem_count"] as? Int != 0 { #expect(verified.code == 3, "\(verified.output)") }
            for range in lost { #expect(verified.errors.contains("\(range[0])"), "\(range): \(verified.errors)") }
            try compare(folder["new"], with: whole, lost: lost, "round \(round)")
            try run(spool, ["append", "search.performed", "query=q", "source=s"], "round \(round)")
            try run(spool, ["verify"], "round \(round) after an append")
        }
    }

    /// Every event that is not lost is what it was, and the new store is sound.
    private func compare(_ store: String, with whole: [Int: Substring], lost: [[Int]], _ what: String) throws {
        let new = Command.spool(store: store)
        let verified = try new.run(["verify"])
        #expect(
            verified.errors.split(separator: "\n").allSatisfy { $0.contains("not applied") || $0.contains("spool rebuild") },
            "\(verified.errors)")
        let saved = try new.run(["events", "--format", "ndjson"]).output.split(separator: "\n")
        for (index, line) in saved.enumerated() {
            let position = index + 1
            let isLost = lost.contains { $0[0] <= position && position <= $0[1] }
            #expect(line.contains("spool.lost") == isLost, "\(what): \(line)")
            if !isLost, !line.contains(#"\"id\":"#) { #expect(line == whole[position], "\(what)") }
        }
        #expect(try new.run(["append", "search.performed", "query=q", "source=s"]).code == 0, "\(what)")
    }

    @Test func rowsKeepTheirIDsWhereOneIsLost() throws {
        let spool = Command.spool(store: folder["rows"])
        #expect(try spool.run(["init"]).code == 0)
        for name in ["a", "LOSTb", "c", "d"] {
            #expect(try spool.run(["append", "image.added", "character=nutsy", "file_path=/\(name).png", "source=photo"]).code == 0)
        }
        #expect(try spool.run(["append", "image.used", "image_id:=4", "video_id=v"]).code == 0)
        try lose("LOSTb", folder["rows/log/data.mdb"])
        #expect(try spool.run(["query", "SELECT * FROM events"]).code == 3)
        let verified = try spool.run(["verify"])
        #expect(verified.code == 3 && verified.errors.contains("lost: 1 position: 2\n"), "\(verified.errors)")
        let repaired = try spool.run(["repair", "--to", folder["rows2"]])
        #expect(repaired.code == 0 && repaired.output.contains("lost: 1 position: 2\n"), "\(repaired.output)\(repaired.errors)")
        let new = Command.spool(store: folder["rows2"])
        let rows = try new.run(["query", "SELECT id, file_path, usage_count FROM image_library ORDER BY id", "--format", "csv"])
        #expect(rows.output == "id,file_path,usage_count\n1,/a.png,0\n3,/c.png,0\n4,/d.png,1\n", "\(rows.output)\(rows.errors)")
        #expect(try new.run(["verify"]).code == 0)
        #expect(try spool.run(["repair", "--to", folder["rows2"]]).code == 2)
    }

    /// An event that speaks of a lost row makes none any more: the rows behind it keep their ids all the same.
    @Test func rowsKeepTheirIDsWhereOneIsNotAppliedAnyMore() throws {
        let spool = Command.spool(store: folder["refused"])
        #expect(try spool.run(["init"]).code == 0)
        for name in ["LOSTa", "b"] {
            #expect(try spool.run(["append", "image.added", "character=nutsy", "file_path=/\(name).png", "source=photo"]).code == 0)
        }
        for (image, video) in [(1, "v1"), (2, "v2"), (1, "v3"), (2, "v4"), (2, "v5")] {
            #expect(try spool.run(["append", "image.used", "image_id:=\(image)", "video_id=\(video)"]).code == 0)
        }
        try lose("LOSTa", folder["refused/log/data.mdb"])
        let repaired = try spool.run(["repair", "--to", folder["refused2"], "--format", "json"])
        #expect(repaired.code == 0, "\(repaired.errors)")
        let report = try JSONSerialization.jsonObject(with: Data(repaired.output.utf8)) as? [String: Any]
        #expect(report?["pinned"] as? [Int] == [2, 4, 6], "\(repaired.output)")
        let new = Command.spool(store: folder["refused2"])
        let rows = try new.run(["query", "SELECT id, image_id, video_id FROM image_usage ORDER BY id", "--format", "csv"])
        #expect(rows.output == "id,image_id,video_id\n2,2,v2\n4,2,v4\n5,2,v5\n", "\(rows.output)\(rows.errors)")
        #expect(try new.run(["verify"]).errors.contains("not applied"))
    }

    /// Damages every record with a text in it.
    private func lose(_ text: String, _ log: String) throws {
        try edit(log) { bytes in
            let mark = Array(text.utf8)
            for start in bytes.indices.dropLast(mark.count) where bytes[start] == mark[0] && bytes[start...].starts(with: mark) {
                bytes[start] ^= 1
            }
        }
    }

    /// A blob that is gone is as bad as a damaged one: rows name it.
    @Test func missingBlobsAreReported() throws {
        let spool = Command.spool(store: folder["blobs"])
        #expect(try spool.run(["init", "--sample"]).code == 0)
        let whole = try spool.run(["verify"])
        #expect(whole.code == 0 && whole.output.contains("blobs          1, all whole\n"), "\(whole.output)")
        TemporaryFolder.remove(folder["blobs/blobs"])
        for arguments in [["verify"], ["blob", "check"]] {
            let result = try spool.run(arguments)
            #expect(result.code == 3, "\(arguments): \(result.output)")
            #expect((result.output + result.errors).contains("asset_thumbnails row 1: there is no blob"), "\(result.errors)")
            #expect(!result.output.contains("All is well") && !result.errors.contains("spool rebuild"), "\(result.output)")
        }
    }

    @Test func damagedViewsAreReportedAndRebuilt() throws {
        let spool = try makeStore("views")
        var random = SplitMix64(seed: Self.seed)
        for (round, name) in ["index@1", "metrics@1", "trends@1", "index@1", "metrics@1", "index@1"].enumerated() {
            try edit(folder["views/views/\(name)/data.mdb"]) { bytes in
                for page in 2..<bytes.count / 4096 where page % 2 == round % 2 {
                    // Headers, node offsets, nodes.
                    for _ in 0..<3 {
                        bytes[page * 4096 + Int.random(in: 0..<200, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                    }
                }
            }
            let verified = try run(spool, ["verify"], "\(name), round \(round)")
            #expect(verified.code == 3 || verified.code == 0, "\(verified.errors)")
            #expect(try run(spool, ["rebuild"], "\(name), round \(round)").code == 0)
            let again = try spool.run(["verify"])
            #expect(again.code == 0, "\(again.output)\(again.errors)")
        }
    }
}

import Foundation
import Spool
import TestSupport
import Testing

/// A refused fact is named by rule, row and field, ends with exit code 1, and leaves log and views as they were, byte for byte.
struct RefusalTests {
    private struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        let arguments: [String]
        /// What the message must say.
        let says: [String]

        var testDescription: String { name }
    }

    private static let cases = [
        Case(
            name: "CHECK, a set", arguments: ["image.added", "character=baker", "file_path=/b.png", "source=photo"],
            says: ["CHECK", "image_library.character", "row 2", "'baker'"]),
        Case(
            name: "CHECK, score above 1",
            arguments: ["image.added", "character=nutsy", "file_path=/b.png", "source=photo", "quality_score:=1.2"],
            says: ["CHECK", "image_library.quality_score", "between 0.0 and 1.0", "1.2"]),
        Case(
            name: "CHECK, negative count", arguments: ["metrics.recorded", "video_id=v", "platform=p", "views:=-1"],
            says: ["CHECK", "video_metrics.views", "not negative", "-1"]),
        Case(
            name: "CHECK, rescored out of range", arguments: ["trend.rescored", "id:=1", "relevance_score:=-0.1"],
            says: ["CHECK", "trending_topics.relevance_score", "row 1", "-0.1"]),
        Case(
            name: "UNIQUE, one column", arguments: ["image.added", "character=nutsy", "file_path=/a.png", "source=photo"],
            says: ["UNIQUE", "image_library.file_path", "row 1", "'/a.png'"]),
        Case(
            name: "UNIQUE, three columns",
            arguments: ["metrics.recorded", "video_id=video_001", "platform=tiktok", "--time", "2026-01-02T03:04:05Z"],
            says: ["UNIQUE", "video_metrics", "video_id, platform, timestamp", "row 1"]),
        Case(
            name: "FOREIGN KEY, unknown image", arguments: ["image.used", "image_id:=99", "video_id=video_001"],
            says: ["FOREIGN KEY", "image_usage.image_id", "image_library row 99"]),
        Case(
            name: "unknown path", arguments: ["image.used", "file_path=/none.png", "video_id=video_001"],
            says: ["image_library", "file_path", "'/none.png'"]),
        Case(
            name: "unknown row", arguments: ["trend.released", "id:=7"], says: ["trending_topics", "row 7", "no such row"]),
        Case(
            name: "unknown status", arguments: ["video.status_changed", "video_id=video_001", "status=published"],
            says: ["status", "\"posted\"", "published"]),
        Case(
            name: "wrong type of a field", arguments: ["metrics.recorded", "video_id=v", "platform=p", "views=many"],
            says: ["'views'", "an integer", "many"]),
        Case(name: "missing field", arguments: ["metrics.recorded", "platform=p"], says: ["'video_id'", "required"]),
        Case(
            name: "misspelt field", arguments: ["trend.captured", "topic=t", "source=s", "relevence_score:=0.5"],
            says: ["'relevence_score'", "'relevance_score'"]),
        Case(name: "malformed JSON", arguments: ["trend.captured", "--data", #"{"topic":"t","source":}"#], says: ["byte 22"]),
        Case(name: "data is no object", arguments: ["trend.captured", "--data", "[1]"], says: ["object"]),
        Case(name: "unknown type", arguments: ["image.usd", "image_id:=1"], says: ["'image.usd'", "image.used"]),
        Case(
            name: "stream version", arguments: ["image.rescored", "image_id:=1", "quality_score:=0.5", "--expect", "9"],
            says: ["image:1", "version 9", "version 2"]),
        Case(
            name: "id of another fact", arguments: ["trend.captured", "topic=other", "source=s", "--id", "t1"],
            says: ["'t1'", "position 1", "data"]),
    ]

    @Test func leavesNoTrace() throws {
        let folder = TemporaryFolder()
        let spool = Command.spool(store: folder["store"])
        #expect(try spool.run(["init"]).code == 0)
        for arguments in [
            ["trend.captured", "topic=first", "source=s", "--id", "t1"],
            ["image.added", "character=nutsy", "file_path=/a.png", "source=photo"],
            ["image.used", "image_id:=1", "video_id=video_001"],
            ["video.registered", "video_id=video_001"],
            ["metrics.recorded", "video_id=video_001", "platform=tiktok", "--time", "2026-01-02T03:04:05Z"],
        ] { #expect(try spool.run(["append"] + arguments).code == 0) }

        let before = try contents(folder["store"])
        #expect(before.count == 2 + Catalog.projectors.count, "log, index and domains: \(before.keys)")
        for refused in Self.cases {
            let result = try spool.run(["append"] + refused.arguments)
            #expect(result.code == 1, "\(refused.name): \(result.output)\(result.errors)")
            for word in refused.says { #expect(result.errors.contains(word), "\(refused.name): \(result.errors)") }
            #expect(try contents(folder["store"]) == before, "\(refused.name) changed the store")
        }
        #expect(try spool.run(["verify"]).code == 0)
    }

    /// Every data file of a store.
    private func contents(_ store: String) throws -> [String: Data] {
        var files: [String: Data] = [:]
        let paths = FileManager.default.enumerator(atPath: store)
        while let path = paths?.nextObject() as? String {
            if path.hasSuffix("data.mdb") { files[path] = try Data(contentsOf: URL(fileURLWithPath: "\(store)/\(path)")) }
        }
        return files
    }

    @Test func wrongUseHasItsOwnCode() throws {
        let folder = TemporaryFolder()
        let spool = Command.spool(store: folder["store"])
        for arguments in [
            ["append"], ["append", "trend.captured", "topic"], ["append", "trend.captured", "topic:=no json"], ["frobnicate"],
            ["query"], ["events", "--from", "5", "--to", "4"], ["ingest", "--on-error", "reject"], ["history", "nothing"],
        ] {
            let result = try spool.run(arguments)
            #expect(result.code == 2, "\(arguments): \(result.errors)")
            #expect(!result.errors.isEmpty)
        }
        let missing = try spool.run(["status"])
        #expect(missing.code == 3)
        #expect(missing.errors.contains("spool init"))
    }
}

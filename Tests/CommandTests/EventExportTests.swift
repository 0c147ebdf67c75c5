import Foundation
import Spool
import TestSupport
import Testing

/// The log as CloudEvents, taken back to an identical log.
struct EventExportTests {
    private let folder = TemporaryFolder()
    private let store: Store

    init() throws {
        store = try StoreFacts.makeStore(folder["store"])
        var chance = SplitMix64(seed: 13)
        try StoreFacts.fill(store, 400, &chance)
        // Everything that an event can have, in every spelling that JSON has for it.
        let odd = [
            " {\"topic\" :\t\"a\",\r\n\"source\":\"\\u00e9\\ud83d\\ude00\"} ", "\n{\"topic\":\"b\",\"source\":\"e\u{301}é\u{2028}\"}",
            "{\"topic\":\"c\",\"source\":\"\\/\\\"\",\"relevance_score\":1.0e-1,\"metadata\":{\"a\": [1.00, null,true ]}}",
        ]
        for (number, data) in odd.enumerated() {
            try store.append(
                CloudEvent(
                    id: "odd é e\u{301} \"\(number)\"", source: "urn:ä/\u{1F600}", type: "trend.captured",
                    time: Timestamp(microseconds: -62_135_596_800_000_000 + Int64(number)), schemaVersion: 1, correlationID: "c\\1",
                    causationID: "{}", actor: "ünï", data: Array(data.utf8)))
        }
        try store.append(
            CloudEvent(type: "search.performed", subject: "search:e\u{301}\\", data: Array(#"{"query":"q","source":"s"}"#.utf8)))
        let depth = 60
        let deep = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        try store.append(CloudEvent(type: "trend.captured", data: #"{"topic":"d","source":"s","metadata":{"deep":\#(deep)}}"#))
    }

    @Test func takenBackIdentical() throws {
        let spool = Command.spool(store: folder["store"])
        #expect(try spool.run(["export", "events", folder["log.ndjson"]]).code == 0)
        let text = try String(contentsOfFile: folder["log.ndjson"], encoding: .utf8)
        #expect(try spool.run(["export", "events"]).output == text)
        #expect(text.utf8.split(separator: 0x0A).count == Int(try store.log.head()))

        let other = Command.spool(store: folder["other"])
        #expect(try other.run(["init"]).code == 0)
        // Interrupted after some, and begun again.
        let some = text.split(separator: "\n").prefix(100).joined(separator: "\n")
        try Data(some.utf8).write(to: URL(fileURLWithPath: folder["some.ndjson"]))
        let first = try other.run(["ingest", folder["some.ndjson"], "--as-recorded", "--batch", "7"])
        #expect(first.output.hasPrefix("100 events stored, 0 stored before"), "\(first.errors)")
        let taken = try other.run(["ingest", folder["log.ndjson"], "--as-recorded"])
        #expect(taken.code == 0 && taken.output.contains(" 100 stored before, 0 refused"), "\(taken.output)\(taken.errors)")
        let copy = try Store(at: folder["other"])
        for hash in store.blobs.list() { try copy.blobs.put(store.blobs.read(hash)) }
        try StoreFacts.expectSame(store, copy)
        let verified = try other.run(["verify"])
        #expect(verified.code == 0, "\(verified.output)\(verified.errors)")
        #expect(try other.run(["export", "events"]).output == text)
        // It goes on from there as the first one would.
        let receipt = try copy.append(CloudEvent(type: "trend.captured", data: #"{"topic":"t","source":"s"}"#))
        #expect(receipt.rows == (try store.append(CloudEvent(type: "trend.captured", data: #"{"topic":"t","source":"s"}"#)).rows))
    }

    @Test func plainIngestIsSafe() throws {
        let export = EventExport(of: store)
        try export.write(to: folder["log.ndjson"])
        let before = try StoreFacts.records(of: store)
        let spool = Command.spool(store: folder["store"])
        let plain = try spool.run(["ingest", folder["log.ndjson"]])
        #expect(plain.code == 1 && plain.errors.contains("--as-recorded"), "\(plain.errors)")
        #expect(try spool.run(["ingest", folder["log.ndjson"], "--on-error", "skip"]).code == 1)
        let again = try spool.run(["ingest", folder["log.ndjson"], "--as-recorded"])
        #expect(again.output.hasPrefix("0 events stored, \(before.count) stored before"), "\(again.errors)")
        #expect(try StoreFacts.records(of: store) == before)
        // A store that went another way takes none of it.
        let other = try StoreFacts.makeStore(folder["other"])
        try other.append(CloudEvent(type: "trend.captured", data: #"{"topic":"own","source":"s"}"#))
        let refused = try Command.spool(store: folder["other"]).run(["ingest", folder["log.ndjson"], "--as-recorded"])
        #expect(refused.code == 1 && refused.errors.contains("another event at this position"), "\(refused.errors)")
        #expect(try other.log.head() == 1)
    }

    /// Every change to a line is noticed, and what comes before it is stored.
    @Test func changedLinesAreRefused() throws {
        try EventExport(of: store).write(to: folder["log.ndjson"])
        let lines = try String(contentsOfFile: folder["log.ndjson"], encoding: .utf8).split(separator: "\n").map(String.init)
        let records = try StoreFacts.records(of: store)
        let place = try #require(lines.firstIndex { $0.contains("\"rows\":") && $0.contains("trend.captured") })
        let position = place + 1
        func number(_ text: String) -> (inout [String]) -> Void {
            { $0[place] = $0[place].replacing("\"position\":\"\(position)\"", with: "\"position\":\"\(text)\"") }
        }
        let cases: [(String, (inout [String]) -> Void, String)] = [
            ("data", { $0[place] = $0[place].replacing("thème", with: "theme") }, "recordcrc"),
            ("position", number("\(position + 1)"), "recordcrc"),
            ("a line less", { $0.remove(at: place) }, "expected the event of position \(position)"),
            ("swapped", { $0.swapAt(place, place + 1) }, "expected the event of position \(position)"),
            ("no crc", { $0[place] = $0[place].replacing("recordcrc", with: "recordcrd") }, "'recordcrc'"),
            (
                "stream version", { $0[place] = $0[place].replacing("\"streamversion\":\"1\"", with: "\"streamversion\":\"2\"") },
                "recordcrc"
            ),
            ("rows", { $0[place] = $0[place].replacing("trending_topics:", with: "trending_topics.") }, "'rows'"),
            ("tags", { $0[place] = $0[place].replacing("\"rows\":", with: "\"tags\":5,\"rows\":") }, "'tags'"),
            ("unknown", { $0[place] = $0[place].replacing("\"rows\":", with: "\"colour\":\"red\",\"rows\":") }, "colour"),
            ("no JSON", { $0[place].removeLast() }, "line \(position)"),
            ("a fact", { $0[place] = #"{"specversion":"1.0","id":"x","source":"s","type":"trend.captured","data":{}}"# }, "'position'"),
            ("a number", number("-1"), "'position'"), ("a huge number", number("18446744073709551615"), "'position'"),
        ]
        for (number, (what, change, word)) in cases.enumerated() {
            var changed = lines
            change(&changed)
            #expect(changed != lines, "\(what)")
            let path = folder["changed-\(number)"]
            try Data((changed.joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: path))
            let copy = try StoreFacts.makeStore(folder["copy-\(number)"])
            let (counts, refused) = try ExportedIngest(into: copy, batchSize: 50).run(LineReader(path))
            let reason = try #require(refused)
            #expect("line \(reason.number): \(reason.reason)".contains(word), "\(what): \(reason.reason)")
            #expect(counts.stored == place && counts.lines == position, "\(what): \(counts)")
            #expect(try StoreFacts.records(of: copy) == Array(records.prefix(place)), "\(what)")
        }
    }

    @Test func base64() {
        var chance = SplitMix64(seed: 14)
        for length in 0..<40 {
            let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &chance) }
            let text = Base64.encode(bytes)
            #expect(text == Data(bytes).base64EncodedString())
            #expect(Base64.decode(text) == bytes)
        }
        for bad in ["A", "AA", "AAA", "A===", "====", "AB==", "AAB=", "AA==AAAA", "A A=", "AAA-", "AA=A"] {
            #expect(Base64.decode(bad) == nil, "\(bad)")
        }
    }
}

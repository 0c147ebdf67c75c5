import EventLog
import JSON
import Projection
import Spool
import TestSupport
import Testing

/// The wire names of every event type: `Tests/Support/Golden/events.tsv` holds a full and a minimal sample of each, and they must stay readable.
struct GoldenTests {
    private static func samples() throws -> [String: [String: String]] {
        var samples: [String: [String: String]] = [:]
        let text = String(decoding: try TestFiles.read("Tests/Support/Golden/events.tsv"), as: UTF8.self)
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            let parts = line.split(separator: "\t", maxSplits: 2)
            try #require(parts.count == 3, "\(line)")
            samples[String(parts[0]), default: [:]][String(parts[1])] = String(parts[2])
        }
        return samples
    }

    @Test func everyTypeReadsAndWritesItsSamples() throws {
        let samples = try Self.samples()
        let handlers = Catalog.projectors.flatMap(\.handlers)
        #expect(Set(handlers.map(\.type)).count == handlers.count, "a type is handled once")
        for handler in handlers {
            let own = try #require(samples[handler.type], "\(handler.type) has no samples")
            #expect(own.keys.sorted() == ["full", "min"], "\(handler.type)")
            for (kind, sample) in own { try check(handler.event, sample, "\(handler.type), \(kind)") }
            let full = try JSONDocument(parsing: Array((own["full"] ?? "").utf8)).root
            #expect(full.members.allSatisfy { !$0.value.isNull }, "\(handler.type): the full sample has a value for every field")
        }
    }

    private func check<E: Event>(_ type: E.Type, _ sample: String, _ name: String) throws {
        let document = try JSONDocument(parsing: Array(sample.utf8))
        let event = try document.decode(E.self, rejectUnknownFields: true)
        let written = try JSONDocument(parsing: JSONEncoding.encode(event))
        #expect(written.root.isEquivalent(to: document.root), "\(name): \(written.root.rawText)")
    }
}

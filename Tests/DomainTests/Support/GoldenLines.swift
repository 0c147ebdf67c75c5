import EventLog
import JSON
import Testing

/// The wire names of types and fields, as the scripts know them.
enum GoldenLines {
    /// An event type reads its lines and writes them back with nothing lost or added; `full` has every field it knows.
    static func check<E: Event>(_ type: E.Type) throws {
        let lines = try GoldenFile.lines(of: E.type)
        #expect(lines.map(\.name) == ["full", "min"], "\(E.type)")
        for line in lines {
            let document = try JSONDocument(parsing: Array(line.json.utf8))
            let event = try document.decode(E.self, rejectUnknownFields: true)
            let written = try JSONDocument(parsing: JSONEncoding.encode(event))
            #expect(written.root.isEquivalent(to: document.root), "\(E.type) \(line.name)")
            guard line.name == "full" else { continue }
            let missing = Mirror(reflecting: event).children.filter { "\($0.value)" == "nil" }.map { $0.label ?? "?" }
            #expect(missing.isEmpty, "\(E.type) full lacks \(missing)")
        }
    }
}

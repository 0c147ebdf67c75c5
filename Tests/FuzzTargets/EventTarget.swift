import EventLog
import Foundation
import JSON
import Spool
import TestSupport

/// NDJSON of CloudEvents: our parser takes what Foundation's takes, an accepted event comes back equal, its data is decoded in order as it is
/// when parsed, and a file gives a fact for each line.
struct EventTarget: FuzzTarget {
    static let name = "event"

    private let folder = TemporaryFolder()

    static func seeds() throws -> [[UInt8]] {
        let lines = try TestFiles.read("Tests/Support/Golden/events.tsv").split(separator: 0x0A)
        let events = lines.prefix(60).map { line in
            let fields = line.split(separator: 0x09)
            let type = String(decoding: fields[0], as: UTF8.self)
            let time = #""time":"2025-03-01T12:00:00.25+01:00","schemaversion":1,"datacontenttype":"application/json""#
            return Array(#"{"specversion":"1.0","id":"i","source":"s","type":"\#(type)",\#(time),"data":"#.utf8) + fields[2]
                + Array("}".utf8)
        }
        let hostile = [
            #"{"a":1e999999,"b":-0,"c":9223372036854775808,"d":0.1e-400}"#, #"["\ud800","\udc00\ud800","\ud83d\ude00","\u0000"]"#,
            "{\"a\":1,\"a\":2}", "\u{FEFF}{}", "{}\r\n\r\n[]\n", String(repeating: "[", count: 200), "\"\\u00e9é\"", "1\n-\n\"\u{7F}\"",
            #"{"specversion":"1.0","id":"","source":"s","type":"t","time":-62135596800,"data":null}"#,
        ]
        return events + hostile.map { Array($0.utf8) } + [[0xFF, 0xC0, 0x80, 0x0A, 0x00]]
    }

    func run(_ bytes: [UInt8]) throws {
        try compareParsers(bytes)
        let path = folder["lines"]
        _ = FileManager.default.createFile(atPath: path, contents: Data(bytes))
        let source = NDJSONSource(try LineReader(path))
        var last = 0
        while let fact = try source.next() {
            try expect(fact.line > last, "line \(fact.line) comes after line \(last)")
            last = fact.line
        }
        for line in bytes.split(separator: 0x0A) {
            do {
                let event = try CloudEvent(json: Array(line))
                try roundTrip(event)
                if let type = Self.types[event.type] { try compareDecoders(type, event.data) }
            } catch let error as BrokenPromise {
                throw error
            } catch {
                try expect(error.isRefusal && !"\(error)".isEmpty, "not a refusal: \(error)")
                try expect("\(error)".utf8.count < 4000, "a message of \("\(error)".utf8.count) bytes")
            }
        }
    }

    private func roundTrip(_ event: CloudEvent) throws {
        var writer = JSONWriter()
        event.write(to: &writer)
        let again = try CloudEvent(json: writer.bytes)
        var second = JSONWriter()
        again.write(to: &second)
        try expect(second.bytes == writer.bytes && again.data == event.data && again.time == event.time, "an event comes back as another")
    }

    private static let types = Dictionary(
        Catalog.projectors.flatMap(\.handlers).map { ($0.type, $0.event) }, uniquingKeysWith: { first, _ in first })

    private func compareDecoders<E: Event>(_ type: E.Type, _ data: [UInt8]) throws {
        func outcome(_ body: () throws -> E) -> Result<[UInt8], JSONError> {
            do {
                return .success(try JSONEncoding.encode(body()))
            } catch {
                return .failure(error as? JSONError ?? JSONError(kind: .invalidValue, reason: "\(error)", offset: 0))
            }
        }
        for rejectsUnknownFields in [true, false] {
            var decoder = PayloadDecoder()
            let inOrder = outcome { try decoder.decode(E.self, from: data.span.bytes, rejectUnknownFields: rejectsUnknownFields) }
            let parsed = outcome { try JSONDocument(parsing: data).decode(E.self, rejectUnknownFields: rejectsUnknownFields) }
            try expect(inOrder == parsed, "\(E.type) is \(inOrder) in order, \(parsed) when it is parsed")
        }
    }

    /// They differ where ours refuses more: a field twice, more than 128 levels, a byte order mark, other encodings, a comma behind the last
    /// element; and where Foundation does: numbers beyond a double.
    private func compareParsers(_ bytes: [UInt8]) throws {
        if bytes.contains(0) || bytes.starts(with: [0xEF, 0xBB, 0xBF]) || bytes.starts(with: [0xFE]) || bytes.starts(with: [0xFF]) {
            return
        }
        let foundation = try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
        do {
            let root = try JSONDocument(parsing: bytes).root
            try expect(foundation != nil || Self.hasLargeNumber(root), "we take it, Foundation does not")
            _ = try? root.decode([String: JSONText].self)
            try expect(root.isEquivalent(to: root) || Self.hasLargeNumber(root), "a document is not equivalent to itself")
        } catch let error as JSONError {
            let isComma = error.description.hasSuffix("found '}'") || error.description.hasSuffix("found ']'")
            let isOurs = error.kind == .duplicateField || error.kind == .tooDeep || isComma
            try expect(foundation == nil || isOurs, "Foundation takes it, we do not: \(error)")
        }
    }

    private static func hasLargeNumber(_ value: JSONValue) -> Bool {
        switch value.kind {
        case .integer, .real: value.double == nil
        case .array: value.elements.contains(where: hasLargeNumber)
        case .object: value.members.contains { hasLargeNumber($0.value) }
        default: false
        }
    }
}

import JSON
import Projection
import Spool
import TestSupport
import Testing

@testable import EventLog

/// `PayloadDecoder` against `JSONDocument.decode`, with every type of event: the same value, or the same error.
struct PayloadTests {
    private static let events = Catalog.projectors.flatMap(\.handlers).map(\.event)

    @Test func whatIsInOrderIsReadInOrder() throws {
        for event in Self.events {
            for (name, json) in try GoldenFile.lines(of: event.type) { try readInOrder(event, json, "\(event.type), \(name)") }
        }
    }

    private func readInOrder<E: Event>(_ type: E.Type, _ json: String, _ name: String) throws {
        let written = try JSONEncoding.encode(JSONDocument(parsing: Array(json.utf8)).decode(E.self))
        let memory = PayloadMemory.take()
        defer { memory.giveBack() }
        let read = try? memory.decode(E.self, from: written.span.bytes)
        #expect(
            try read.map { try JSONEncoding.encode($0) } == written, "\(name) is parsed first: \(String(decoding: written, as: UTF8.self))")
    }

    @Test(arguments: [1, 2, 3] as [UInt64]) func changedSamples(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var outcomes = (values: 0, errors: 0)
        for event in Self.events {
            for (_, json) in try GoldenFile.lines(of: event.type) {
                for round in 0..<60 {
                    var bytes = Array(json.utf8)
                    for _ in 0..<Int.random(in: 1...2, using: &random) { bytes = Self.changed(bytes, &random) }
                    try compare(event, bytes, rejectUnknownFields: round % 2 == 0, &outcomes)
                }
            }
        }
        // Otherwise the changes are too small, or too large, to show anything.
        #expect(outcomes.values > 3000 && outcomes.errors > 3000, "\(outcomes)")
    }

    private func compare<E: Event>(
        _ type: E.Type, _ bytes: [UInt8], rejectUnknownFields: Bool, _ outcomes: inout (values: Int, errors: Int)
    ) throws {
        let text = String(decoding: bytes, as: UTF8.self)
        var decoder = PayloadDecoder()
        let expected = Result { () throws(JSONError) in
            try JSONDocument(parsing: bytes).decode(E.self, rejectUnknownFields: rejectUnknownFields)
        }
        let found = Result { () throws(JSONError) in
            try decoder.decode(E.self, from: bytes.span.bytes, rejectUnknownFields: rejectUnknownFields)
        }
        switch (expected, found) {
        case (.success(let expected), .success(let found)):
            outcomes.values += 1
            #expect(try JSONEncoding.encode(found) == JSONEncoding.encode(expected), "\(E.type): \(text)")
        case (.failure(let expected), .failure(let found)):
            outcomes.errors += 1
            #expect(found == expected, "\(E.type): \(text)")
        default: Issue.record("\(E.type): expected \(expected), found \(found): \(text)")
        }
    }

    private static func changed(_ bytes: [UInt8], _ random: inout SplitMix64) -> [UInt8] {
        if Int.random(in: 0..<3, using: &random) > 0, let object = try? JSONObject(parsing: bytes), !object.members.isEmpty {
            return changedMembers(object.members, &random)
        }
        var bytes = bytes
        let place = Int.random(in: 0...bytes.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0 where place < bytes.count: bytes[place] = Array("{}[]:,\"\\ 0-.eé\u{1}".utf8).randomElement(using: &random) ?? 0
        case 1 where place < bytes.count: bytes.remove(at: place)
        case 2:
            bytes.insert(
                contentsOf: Array([",", "}", "]", " ", "\n", "0", "\"", "\\u0041"].randomElement(using: &random)?.utf8 ?? "".utf8),
                at: place)
        default: bytes += Array([" ", "}", ",", "x", "{}"].randomElement(using: &random)?.utf8 ?? "".utf8)
        }
        return bytes
    }

    private static func changedMembers(_ members: [JSONObject.Member], _ random: inout SplitMix64) -> [UInt8] {
        var members = members.map { (name: quoted($0.name), value: $0.value.text) }
        let place = Int.random(in: 0..<members.count, using: &random)
        switch Int.random(in: 0..<8, using: &random) {
        case 0: members.shuffle(using: &random)
        case 1: members.remove(at: place)
        case 2: members.insert(members[place], at: Int.random(in: 0...members.count, using: &random))
        case 3: members.insert((#""extra""#, "1"), at: place)
        case 4: members[place].value = "null"
        case 5:
            let values = [
                "0", "-1", "1.0", "1e3", "12345678901234567890", "0.1", #""""#, #""\u00e9\n""#, "true", "[]", "{}", #""2024-05-01""#,
            ]
            members[place].value = values.randomElement(using: &random) ?? "0"
        case 6:
            // The same name, spelled with an escape.
            let name = members[place].name
            if let first = name.unicodeScalars.dropFirst().first, first != "\"" {
                members[place].name = "\"\\u00" + String(first.value, radix: 16) + name.dropFirst(2)
            }
        default:
            let space = [" ", "\n\t", "\r\n  "].randomElement(using: &random) ?? " "
            members = members.map { (space + $0.name + space, space + $0.value + space) }
        }
        return Array(("{" + members.map { $0.name + ":" + $0.value }.joined(separator: ",") + "}").utf8)
    }

    private static func quoted(_ name: String) -> String { JSONText.string(name).text }
}

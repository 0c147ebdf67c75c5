import JSON
import TestSupport
import Testing

@testable import EventLog

/// CloudEvents in JSON.
struct CloudEventTests {
    private func parse(_ json: String) throws -> CloudEvent { try CloudEvent(json: Array(json.utf8)) }

    private func parse(_ members: [String: String], without: String? = nil) throws -> CloudEvent {
        var all = ["specversion": #""1.0""#, "id": #""1""#, "source": #""s""#, "type": #""t""#]
        all.merge(members) { $1 }
        if let without { all[without] = nil }
        return try parse("{" + all.map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}")
    }

    private func refusal(_ members: [String: String], without: String? = nil) -> (field: String, reason: String)? {
        do {
            _ = try parse(members, without: without)
        } catch AppendError.invalid(let field, let reason) {
            return (field, reason)
        } catch {
            return ("another error", "\(error)")
        }
        return nil
    }

    @Test func everyAttribute() throws {
        let event = try parse(
            #"""
            {"specversion":"1.0","id":"1","source":"/s","type":"a.b","subject":"video:1","time":"2017-09-13T07:30:00Z","schemaversion":2,
             "correlationid":"c","causationid":"d","actor":"me","datacontenttype":"application/json; charset=utf-8","data":{"a":1}}
            """#)
        #expect(
            event
                == CloudEvent(
                    id: "1", source: "/s", type: "a.b", subject: "video:1", time: Timestamp(microseconds: 1_505_287_800_000_000),
                    schemaVersion: 2, correlationID: "c", causationID: "d", actor: "me", data: Array(#"{"a":1}"#.utf8)))
        var writer = JSONWriter()
        event.write(to: &writer)
        #expect(try CloudEvent(json: writer.bytes) == event)
    }

    @Test(arguments: ["specversion", "id", "source", "type"]) func required(name: String) {
        #expect(refusal([:], without: name)?.field == name)
        #expect(refusal([name: "null"])?.field == name)
        #expect(refusal([name: #""""#])?.field == name)
        for wrong in ["1", "{}", "[]", "true"] { #expect(refusal([name: wrong])?.field == name) }
    }

    @Test(arguments: ["subject", "time", "schemaversion", "correlationid", "causationid", "actor", "datacontenttype"])
    func nullIsAbsent(name: String) throws {
        #expect(try parse([name: "null"]) == parse([:]))
    }

    @Test func unknownAttributesAreRefused() {
        for name in ["dataschema", "traceparent", "Id", "ID", "data ", ""] {
            let refused = refusal([name: #""x""#])
            #expect(refused?.field == name)
            #expect(refused?.reason.hasPrefix("not kept by Spool: put it into data.") == true)
        }
        // One that is null is absent.
        #expect(refusal(["traceparent": "null"]) == nil)
        #expect(refusal(["data_base64": #""AA==""#])?.field == "data_base64")
    }

    @Test(arguments: [
        "{}", "null", "0", #""text""#, "[ ]", #"{ "b" : 1.50 , "a":"\u00e9é\/" }"#, "[1,\t2 ,\n3e2]", #"{"a":{"a":{"a":[]}}}"#,
        "-0.0", "12345678901234567890.12345678901234567890",
    ])
    func dataIsKeptByteForByte(data: String) throws {
        #expect(try parse(["data": data]).data == Array(data.utf8))
        let folder = TemporaryFolder()
        let log = try StorageKind.lmdb.log(in: folder)
        try log.append([parse(["data": data])])
        try log.forEach(EventFilter()) { record in
            #expect(record.data == Array(data.utf8))
            return true
        }
    }

    @Test func dataMissingIsAnEmptyObject() throws { #expect(try parse([:]).data == Array("{}".utf8)) }

    @Test func valuesThatDoNotFit() {
        let cases = [
            ("specversion", #""0.3""#), ("time", #""now""#), ("time", "true"), ("time", "1e30"), ("schemaversion", "0"),
            ("schemaversion", "65536"), ("schemaversion", "1.5"), ("schemaversion", #""x""#), ("datacontenttype", #""text/plain""#),
            ("id", "\"" + String(repeating: "x", count: 1025) + "\""), ("source", #""a\u0000b""#), ("actor", #""a\nb""#),
        ]
        for (name, value) in cases { #expect(refusal([name: value])?.field == name, "\(name) \(value)") }
        #expect(refusal(["schemaversion": #""3""#, "time": "1505287800.5", "datacontenttype": #""application/x+json""#]) == nil)
    }

    @Test func notAnObjectOrNotJSON() {
        for text in ["[]", "1", "null", #""x""#] {
            #expect(throws: AppendError.self) { try parse(text) }
        }
        for text in ["", "{", #"{"id":"1","id":"2"}"#, "\u{FEFF}{}", #"{"id":"\ud800"}"#] {
            #expect(throws: JSONError.self, "\(text)") { try parse(text) }
        }
    }

    @Test func idsThatAreMade() throws {
        let ids = (0..<1000).map { _ in UUIDv7.make() }
        #expect(Set(ids).count == 1000)
        #expect(ids.allSatisfy { $0.count == 36 && Array($0)[14] == "7" && "89ab".contains(Array($0)[19]) })
        var random = SplitMix64(seed: 1)
        // The example of RFC 9562: 2022-02-22T19:22:22Z.
        let id = UUIDv7.make(at: Timestamp(microseconds: 1_645_557_742_000_000), using: &random)
        #expect(id.hasPrefix("017f22e2-79b0-7000-"))
        let early = UUIDv7.make(at: Timestamp(microseconds: 1_000_500), using: &random)
        let late = UUIDv7.make(at: Timestamp(microseconds: 1_000_501), using: &random)
        #expect(early < late)
    }
}

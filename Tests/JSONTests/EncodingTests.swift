import JSON
import Testing

struct EncodingTests {
    struct Event: Codable, Equatable {
        var id: Int
        var name: String
        var note: String?
        var payload: JSONText
        var extras: [JSONText?]
    }

    @Test func rawTextIsKeptVerbatim() throws {
        let payload = "{ \"price\" : 1.50,\n \"big\":123456789012345678901234567890, \"e\":\"\\u00e9\" }"
        let event = try parse("{\"id\":1,\"name\":\"n\",\"payload\": \(payload) ,\"extras\":[1.0,null,[ ]]}").decode(Event.self)
        #expect(event.payload.text == payload)
        #expect(event.extras.map(\.?.text) == ["1.0", nil, "[ ]"])
        #expect(try text(event) == "{\"id\":1,\"name\":\"n\",\"payload\":\(payload),\"extras\":[1.0,null,[ ]]}")
        #expect(try JSONText(validating: payload) == event.payload)
        #expect(try parse(" [1 , 2] ").decode(JSONText.self).text == "[1 , 2]")
        #expect(try text(JSONText(validating: "1e5")) == "1e5")
        #expect(try parse("{\"p\":null}").decode([String: JSONText].self)["p"]?.text == "null")
        #expect(failure { () throws(JSONError) in try JSONText(validating: "[1,]") }?.offset == 3)
        #expect(try JSONText(validating: "\"é\"") != JSONText(validating: "\"e\u{301}\""))
    }

    struct Wrapper: Codable {
        var text: JSONText
        init(from decoder: any Decoder) throws { text = try JSONText(from: decoder) }
        func encode(to encoder: any Encoder) throws { try text.encode(to: encoder) }
    }

    @Test func rawTextPassesThroughWrappers() throws {
        let value = try parse("[{\"a\": 1}]").decode([Wrapper].self)
        #expect(value.map(\.text.text) == ["{\"a\": 1}"])
        #expect(try text(value) == "[{\"a\": 1}]")
    }

    @Test func stringsAreEscaped() throws {
        #expect(try text("a\"b\\c\u{8}\u{C}\n\r\t\u{0}\u{1F}/\u{7F}é😀\u{2028}") == #""a\"b\\c\b\f\n\r\t\u0000\u001f/\#u{7F}é😀\#u{2028}""#)
        #expect(try text(["k\"": 1]) == #"{"k\"":1}"#)
        #expect(try text("") == "\"\"")
    }

    @Test func integersAreWritten() throws {
        #expect(try text([Int.min, -1, 0, 9, 10, .max]) == "[-9223372036854775808,-1,0,9,10,9223372036854775807]")
        #expect(try text([UInt64.max]) == "[18446744073709551615]")
        #expect(try text([Int8.min, 127]) == "[-128,127]")
    }

    @Test func writerInsertsCommas() {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("a")
        writer.beginArray()
        writer.int(1)
        writer.beginObject()
        writer.endObject()
        writer.null()
        writer.endArray()
        writer.key("b")
        writer.raw("[ ]")
        writer.endObject()
        writer.endLine()
        writer.bool(false)
        #expect(String(decoding: writer.bytes, as: UTF8.self) == "{\"a\":[1,{},null],\"b\":[ ]}\nfalse")
    }

    struct Empty: Codable {}
    struct Refusing: Encodable {
        func encode(to encoder: any Encoder) throws {
            var container = encoder.unkeyedContainer()
            try container.encode(1)
            _ = container.nestedUnkeyedContainer()
            throw EncodingError.invalidValue(1, EncodingError.Context(codingPath: container.codingPath, debugDescription: "refused"))
        }
    }

    /// Fills nested containers out of order and survives the failure of one member.
    struct Interleaved: Encodable {
        enum Key: String, CodingKey { case first, second, third, failed, last }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            var first = container.nestedContainer(keyedBy: Key.self, forKey: .first)
            var second = container.nestedUnkeyedContainer(forKey: .second)
            try container.encode(3, forKey: .third)
            #expect(throws: EncodingError.self) { try container.encode(Refusing(), forKey: .failed) }
            try second.encode("x")
            try first.encode(1, forKey: .first)
            var inner = second.nestedContainer(keyedBy: Key.self)
            try second.encode([true])
            try inner.encode(Empty(), forKey: .last)
            try first.encodeNil(forKey: .second)
            try container.encode("end", forKey: .last)
            #expect(second.count == 3)
            #expect(inner.codingPath.map(\.stringValue).suffix(2) == ["second", "1"])
        }
    }

    @Test func nestedContainersKeepTheirPlace() throws {
        let expected = #"{"first":{"first":1,"second":null},"second":["x",{"last":{}},[true]],"third":3,"last":"end"}"#
        #expect(try text(Interleaved()) == expected)
        #expect(try text([Interleaved(), Interleaved()]) == "[\(expected),\(expected)]")
        var writer = JSONWriter()
        writer.beginArray()
        try JSONEncoding.encode(1, to: &writer)
        #expect(throws: EncodingError.self) { try JSONEncoding.encode(Refusing(), to: &writer) }
        try JSONEncoding.encode(Interleaved(), to: &writer)
        try JSONEncoding.encode(Empty(), to: &writer)
        writer.endArray()
        #expect(String(decoding: writer.bytes, as: UTF8.self) == "[1,\(expected),{}]")
    }

    class Base: Encodable {
        var a = 1
    }

    class Derived: Base {
        enum Key: String, CodingKey { case b }
        let sharesEncoder: Bool
        init(sharesEncoder: Bool) { self.sharesEncoder = sharesEncoder }
        override func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(2, forKey: .b)
            try super.encode(to: sharesEncoder ? encoder : container.superEncoder())
        }
    }

    struct Conflicting: Encodable {
        func encode(to encoder: any Encoder) throws {
            _ = encoder.unkeyedContainer()
            var container = encoder.singleValueContainer()
            try container.encode(1)
        }
    }

    final class Keeper: Encodable, @unchecked Sendable {
        var kept: (any UnkeyedEncodingContainer)?
        func encode(to encoder: any Encoder) throws { kept = encoder.unkeyedContainer() }
    }

    @Test func inheritanceAndMisuse() throws {
        #expect(try text(Derived(sharesEncoder: true)) == #"{"b":2,"a":1}"#)
        #expect(try text(Derived(sharesEncoder: false)) == #"{"b":2,"super":{"a":1}}"#)
        #expect(throws: EncodingError.self) { try text(Conflicting()) }
        let keeper = Keeper()
        #expect(try text([keeper]) == "[[]]")
        #expect(throws: EncodingError.self) { try keeper.kept?.encode(1) }
        #expect(keeper.kept?.nestedUnkeyedContainer().count == 0)
    }
}

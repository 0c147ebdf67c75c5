import JSON
import TestSupport
import Testing

@testable import EventLog

/// Types that ask for their fields in ways of their own, against `JSONDocument.decode`.
struct PayloadDecoderTests {
    /// What both say of a text, which must be the same.
    private func description<T: Decodable>(_ type: T.Type, _ text: String, rejectUnknownFields: Bool = true) -> String {
        let bytes = Array(text.utf8)
        var decoder = PayloadDecoder()
        let found = outcome { () throws(JSONError) in
            try decoder.decode(type, from: bytes.span.bytes, rejectUnknownFields: rejectUnknownFields)
        }
        let expected = outcome { () throws(JSONError) in
            try JSONDocument(parsing: bytes).decode(type, rejectUnknownFields: rejectUnknownFields)
        }
        #expect(found == expected, "\(text)")
        return found
    }

    private func outcome<T>(_ body: () throws(JSONError) -> T) -> String {
        do {
            return "\(try body())"
        } catch {
            return "\(error.kind) \(error)"
        }
    }

    /// Whether it is read without being parsed first.
    private func isReadInOrder<T: Decodable>(_ type: T.Type, _ text: String) -> Bool {
        let memory = PayloadMemory.take()
        defer { memory.giveBack() }
        return (try? memory.decode(type, from: Array(text.utf8).span.bytes)) != nil
    }

    struct Fields: Codable {
        var text: String
        var count: Int?
        var ratio: Double?
        var flag: Bool?
        var small: UInt8?
        var float: Float?
        var time: Timestamp?
        var raw: JSONText?
        var list: [Int?]?
        var inner: [Inner]?
        var patch: Patch<Int>

        struct Inner: Codable {
            var a: Int
            var deeper: [String: Bool]?
        }
    }

    private static let whole =
        #" {"text":"é\n\"","count":-7,"ratio":0.125,"flag":true,"small":255,"float":1.5,"time":"2024-05-01T12:00:00.5Z","raw":{"b":[1,{}]} "#
        + #","list":[1,null,3],"inner":[{"a":1},{"a":2}],"patch":null}"#

    @Test func everyKindOfField() {
        #expect(isReadInOrder(Fields.self, Self.whole))
        #expect(description(Fields.self, Self.whole).contains("count: Optional(-7)"))
        #expect(isReadInOrder(Fields.self, #"{"text":""}"#))
        for (name, values) in [
            (
                "count",
                ["0", "-0", "00", "01", "1.0", "1e2", "1.", "-", "9223372036854775807", "9223372036854775808", "\"1\"", "null", "nul"]
            ),
            (
                "ratio",
                [
                    "0", "-0.0", "0.1", "123456789012345", "1234567890.12345678", "1e-400", "1e400", "1E+2", ".5", "5.",
                    "0.30000000000000004",
                ]
            ),
            ("flag", ["true", "false", "tru", "falsy", "0", "null"]), ("small", ["0", "256", "-1", "1.0"]),
            ("float", ["0.1", "1e39", "16777217", "null"]),
            (
                "time",
                ["1714564800", "1714564800.25", "\"2024-05-01\"", "\"1714564800\"", "\"20\\u0032" + "4-05-01\"", "\"2024-13-01\"", "true"]
            ),
            (
                "raw",
                [
                    "1", " [ 1 , 2 ] ", "{\"a\":1,\"a\":2}", "[", "\"\u{1}\"",
                    String(repeating: "[", count: 127) + String(repeating: "]", count: 127),
                ]
            ),
            ("list", ["[]", "[1,]", "[,1]", "[1 2]", "[\"a\"]", "{}", "[[1]]"]),
            ("inner", ["[{}]", "[{\"a\":1,\"b\":2}]", "[{\"a\":1}}", "[]"]),
            ("patch", ["1", "\"x\"", "null"]),
        ] {
            for value in values {
                for text in [#"{"text":"t","\#(name)":\#(value)}"#, #"{"\#(name)":\#(value),"text":"t"}"#] {
                    _ = description(Fields.self, text)
                    _ = description(Fields.self, text, rejectUnknownFields: false)
                }
            }
        }
    }

    @Test func whatIsNotOneTextIsRefused() {
        for text in [
            "", " ", "{}", "{\"text\":\"t\"}}", "{\"text\":\"t\"},", "{\"text\":\"t\",}", "{\"text\":\"t\"", "[]", "\u{FEFF}{}",
            "{\"text\":\"\u{1}\"}",
        ] {
            _ = description(Fields.self, text)
        }
        for text in ["1", " \"a\" ", "true x", "[1]", "null"] {
            _ = description(Int.self, text)
            _ = description(String.self, text)
            _ = description(Bool?.self, text)
            _ = description([Int].self, text)
        }
        let notUTF8: [UInt8] = Array("{\"text\":\"".utf8) + [0xC3, 0x28] + Array("\"}".utf8)
        var decoder = PayloadDecoder()
        #expect { try decoder.decode(Fields.self, from: notUTF8.span.bytes) } throws: { ($0 as? JSONError)?.kind == .invalidUTF8 }
    }

    /// Asks for a field twice; where the text has it twice as well, it is refused all the same.
    struct Twice: Decodable {
        enum Key: String, CodingKey { case a, b }
        var first: Int
        var second: Int?
        var third: Int?

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Key.self)
            first = try container.decode(Int.self, forKey: .a)
            second = try container.decodeIfPresent(Int.self, forKey: .b)
            third = try container.decodeIfPresent(Int.self, forKey: .a)
        }
    }

    /// Looks before it asks, and answers to a field that is not there yet.
    struct Curious: Decodable {
        enum Key: String, CodingKey { case a, b, c }
        var found: [String] = []

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Key.self)
            if container.contains(.b) { found.append("has b") }
            if container.contains(.a), try !container.decodeNil(forKey: .a) {
                found.append("a \(try container.decode(Int.self, forKey: .a))")
            }
            found.append("b \(try container.decodeIfPresent(Int.self, forKey: .b) as Int?)")
            if let text = try? container.decode(String.self, forKey: .c) {
                found.append(text)
            } else {
                found.append("c \((try? container.decode(UInt8.self, forKey: .c)) as UInt8?)")
            }
            found.append("\(container.allKeys.count) keys")
        }
    }

    /// Two containers for one object, as a type that has another one's fields among its own.
    struct Flat: Decodable {
        struct Part: Decodable { var a: Int }
        enum Key: String, CodingKey { case b }
        var part: Part
        var b: Int

        init(from decoder: any Decoder) throws {
            part = try Part(from: decoder)
            b = try decoder.container(keyedBy: Key.self).decode(Int.self, forKey: .b)
        }
    }

    /// One of two types, whichever the value is.
    struct Either: Decodable {
        struct Other: Decodable {
            var a: Int
            var c: String
        }
        enum Key: String, CodingKey { case x, y }
        var found: String
        var y: Int

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Key.self)
            if let inner = try? container.decode([Fields.Inner].self, forKey: .x) {
                found = "\(inner)"
            } else {
                found = "\(try container.decode([Other].self, forKey: .x))"
            }
            y = try container.decode(Int.self, forKey: .y)
        }
    }

    struct AB: Decodable {
        var a: Int
        var b: Int?
    }

    struct BA: Decodable {
        var b: Int?
        var a: Int
    }

    /// Takes the first type that fits, in whatever order its fields are.
    enum First: Decodable {
        case ba(BA)
        case ab(AB)

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if let ba = try? value.decode(BA.self) { self = .ba(ba) } else { self = .ab(try value.decode(AB.self)) }
        }
    }

    /// Keeps what does not fit as text, notes which error there was, and asks twice whether there is anything.
    struct Careful: Decodable {
        enum Key: String, CodingKey { case x, y, z }
        var found: [String] = []

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Key.self)
            if let meta = try? container.decode(AB.self, forKey: .x) {
                found.append("\(meta)")
            } else if let text = try? container.decode(JSONText.self, forKey: .x) {
                found.append(text.text)
            }
            do {
                found.append("\(try container.decode(Int.self, forKey: .y))")
            } catch {
                found.append("\((error as? JSONError)?.kind as JSONError.Kind?)")
            }
            if let z = try? container.superDecoder(forKey: .z).singleValueContainer() { found.append("\(z.decodeNil()) \(z.decodeNil())") }
        }
    }

    /// Counts the elements that do not fit.
    struct Lossy: Decodable {
        struct Nothing: Decodable { init(from decoder: any Decoder) {} }
        var found: [Int] = []

        init(from decoder: any Decoder) throws {
            var list = try decoder.unkeyedContainer()
            let count = list.count ?? 0
            while list.currentIndex < count {
                if let value = try? list.decode(Int.self) { found.append(value) } else { _ = try? list.decode(Nothing.self) }
            }
        }
    }

    /// Goes on after what it cannot decode, whatever it is asked for then.
    struct Stubborn: Decodable {
        var found: [String] = []

        init(from decoder: any Decoder) throws {
            var list = try decoder.unkeyedContainer()
            while list.currentIndex < 8, !found.contains("end") {
                if let time = try? list.decode(Timestamp.self) { found.append("\(time)") }
                if let text = try? list.decode(JSONText.self) { found.append("\(text)") }
                if let flag = try? list.decode(Bool.self) { found.append("\(flag)") }
                if let ratio = try? list.decode(Float.self) { found.append("\(ratio)") }
                if (try? list.decode([AB].self)) != nil || list.isAtEnd || (try? list.decodeNil()) == nil { found.append("end") }
            }
        }
    }

    struct NilTwice: Decodable {
        var answers: [Bool]

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            answers = [value.decodeNil(), value.decodeNil()]
        }
    }

    @Test func whatTypesMakeOfErrors() {
        #expect(description(First.self, #"{"a":1,"b":2}"#).contains("ba("))
        #expect(description(First.self, #"{"b":2,"a":1}"#).contains("ba("))
        _ = description(First.self, #"{"a":1,"b":"x"}"#)
        for x in [#"{"a":1}"#, #"{"b":1,"a":2}"#, #"{"a":"bad","zzz":1}"#, #"{"a":"bad"}"#, "[1]", "5"] {
            for rest in [#","y":1"#, #","y":"1""#, "", #","y":1,"z":null"#, #","z":1"#] {
                _ = description(Careful.self, #"{"x":\#(x)\#(rest)}"#)
                _ = description(Careful.self, #"{"x":\#(x)\#(rest)}"#, rejectUnknownFields: false)
            }
        }
        for text in ["[]", "[1,2]", #"["x",1,{},2]"#, "[1,]", #"["x""#] { _ = description(Lossy.self, text) }
        for text in ["[]", #"["x",{},true,1.5,[]]"#, #"["2024-05-01",1,false,2]"#, "[1.5,null]", "[true"] {
            _ = description(Stubborn.self, text)
        }
        #expect(description(NilTwice.self, "null").contains("true, true"))
        _ = description(NilTwice.self, "1")
    }

    struct Odd: Decodable {
        var value: Int
        enum CodingKeys: String, CodingKey { case value = "a\":1,\"b" }
    }

    @Test func typesOfTheirOwnWays() {
        #expect(description(Twice.self, #"{"a":1,"b":2}"#).contains("third: Optional(1)"))
        #expect(description(Twice.self, #"{"a":1,"b":2,"a":3}"#).contains("duplicateField"))
        #expect(description(Twice.self, #"{"a":1,"a":3}"#).contains("duplicateField"))
        for text in [#"{"a":1,"b":2,"c":300}"#, #"{"a":null,"c":"x"}"#, #"{"b":2,"a":1}"#, #"{"c":[]}"#, "{}"] {
            _ = description(Curious.self, text, rejectUnknownFields: false)
        }
        #expect(description(Flat.self, #"{"a":1,"b":2}"#).contains("b: 2"))
        #expect(isReadInOrder(Flat.self, #"{"a":1,"b":2}"#))
        for text in [#"{"x":[{"a":1},{"a":2}],"y":3}"#, #"{"x":[{"a":1,"c":"d"}],"y":3}"#] {
            _ = description(Either.self, text)
            _ = description(Either.self, text, rejectUnknownFields: false)
        }
        let other = #"{"x":[{"a":1,"c":"d"},{"a":"e","c":"f"}],"y":3}"#
        #expect(description(Either.self, #"{"x":[{"a":1},{"a":[]}],"y":3}"#, rejectUnknownFields: false).contains("missingField"))
        _ = description(Either.self, other, rejectUnknownFields: false)
        #expect(description(Flat.self, #"{"b":2,"a":1}"#).contains("b: 2"))
        #expect(description(Odd.self, #"{"a":1,"b":2}"#).contains("missingField"))
        #expect(description(Odd.self, #"{"a\":1,\"b":2}"#).contains("value: 2"))
        #expect(description([String: [String: Int]].self, #"{"x":{"y":1},"z":{}}"#).contains("y"))
        #expect(isReadInOrder([String: [String: Int]].self, #"{"x":{"\u0079":1},"z":{}}"#) == false)
        #expect(isReadInOrder([String: [String: Int]].self, #"{"x":{"y":1,"a":2},"z":{}}"#))
    }

    /// Tries one type after the other.
    enum Anything: Decodable {
        case int(Int)
        case short(UInt8)
        case double(Double)
        case bool(Bool)
        case string(String)
        case time(Timestamp)
        case list([Anything])
        case pair(Fields.Inner)
        case nothing

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if let short = try? value.decode(UInt8.self) {
                self = .short(short)
            } else if let int = try? value.decode(Int.self) {
                self = .int(int)
            } else if let double = try? value.decode(Double.self) {
                self = .double(double)
            } else if let bool = try? value.decode(Bool.self) {
                self = .bool(bool)
            } else if let time = try? value.decode(Timestamp.self) {
                self = .time(time)
            } else if let string = try? value.decode(String.self) {
                self = .string(string)
            } else if let list = try? value.decode([Anything].self) {
                self = .list(list)
            } else if let pair = try? value.decode(Fields.Inner.self) {
                self = .pair(pair)
            } else if value.decodeNil() {
                self = .nothing
            } else {
                throw DecodingError.dataCorruptedError(in: value, debugDescription: "none of these")
            }
        }
    }

    @Test(arguments: [1, 2, 3] as [UInt64]) func typesThatTry(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        func text(_ depth: Int) -> String {
            let scalars = [
                "1", "255", "256", "-1", "1.0", "2.5", "1e2", "1e400", "true", "null", #""a""#, #""2024-05-01""#, #""5""#, "[", "01",
                "9223372036854775808",
                #"{"a":1}"#, #"{"a":1,"deeper":{}}"#, #"{"deeper":{},"a":2}"#, #"{"a":1,"b":2}"#, #"{"a":1.0}"#, #"{"a":"x"}"#,
                #"{"a":1,"a":1}"#,
            ]
            if depth == 0 || Int.random(in: 0..<3, using: &random) == 0 { return scalars.randomElement(using: &random) ?? "1" }
            return "[" + (0..<Int.random(in: 0..<4, using: &random)).map { _ in text(depth - 1) }.joined(separator: ", ") + "]"
        }
        var values = 0
        for round in 0..<1500 {
            let found = description(Anything.self, text(3), rejectUnknownFields: round % 2 == 0)
            if found.hasPrefix("list") || found.hasPrefix("pair") { values += 1 }
        }
        #expect(values > 100, "only \(values) texts can be decoded")
    }

    /// Decodes another text while it is decoded.
    struct Nested: Decodable {
        var json: String
        var inner: Fields.Inner

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            json = try container.decode(String.self, forKey: .json)
            var other = PayloadDecoder()
            inner = try other.decode(Fields.Inner.self, from: Array(json.utf8).span.bytes)
            _ = try container.decodeIfPresent(Int.self, forKey: .after)
        }

        enum CodingKeys: String, CodingKey { case json, after }
    }

    @Test func decodingWithinADecoding() {
        let text = #"{"json":"{\"a\":5}","after":1}"#
        #expect(isReadInOrder(Nested.self, text))
        #expect(description(Nested.self, text).contains("a: 5"))
    }
}

import JSON
import Testing

struct MalformedTests {
    static let texts: [(String, JSONError.Kind)] = [
        ("", .syntax), (" ", .syntax), ("\n\t\r ", .syntax), ("nul", .syntax), ("tru", .syntax), ("truee", .syntax), ("True", .syntax),
        ("NaN", .syntax), ("Infinity", .syntax), ("-Infinity", .syntax), ("undefined", .syntax), ("'a'", .syntax), ("1 2", .syntax),
        ("{} {}", .syntax), ("[1,]", .syntax), ("[,1]", .syntax), ("[1 2]", .syntax), ("[1", .syntax), ("[", .syntax), ("]", .syntax),
        ("[}", .syntax), ("{]", .syntax), ("{", .syntax), ("}", .syntax), ("{\"a\"", .syntax), ("{\"a\":", .syntax), ("{\"a\":1", .syntax),
        ("{\"a\":1,", .syntax), ("{\"a\":1,}", .syntax), ("{\"a\" 1}", .syntax), ("{\"a\"::1}", .syntax), ("{a:1}", .syntax),
        ("{'a':1}", .syntax), ("{1:1}", .syntax), ("{\"a\":1 \"b\":2}", .syntax), ("{\"a\",\"b\"}", .syntax), ("[1:2]", .syntax),
        ("01", .syntax), ("-", .syntax), ("-01", .syntax), ("+1", .syntax), (".5", .syntax), ("1.", .syntax), ("1.e3", .syntax),
        ("1e", .syntax), ("1e+", .syntax), ("0x10", .syntax), ("1_000", .syntax), ("--1", .syntax), ("1.2.3", .syntax), ("\"", .syntax),
        ("\"a", .syntax), ("\"\\\"", .syntax), ("\"\\x\"", .syntax), ("\"\\u12\"", .syntax), ("\"\\u12G4\"", .syntax),
        ("\"\\ud800\"", .syntax), ("\"\\ud800\\u0041\"", .syntax), ("\"\\udc00\"", .syntax), ("\"\\ud800\\ud800\"", .syntax),
        ("\"\\ud800x\"", .syntax), ("\"a\nb\"", .syntax), ("\"\u{0}\"", .syntax), ("\"\u{1F}\"", .syntax), ("\"tab\t\"", .syntax),
        ("\u{FEFF}{}", .syntax), ("{}//x", .syntax), ("/* */1", .syntax), ("\u{A0}1", .syntax), ("[1,\u{0}]", .syntax),
        ("\u{0B}1", .syntax),
        ("{\"a\":1,\"a\":2}", .duplicateField), ("{\"a\":1,\"\\u0061\":2}", .duplicateField), ("{\"\":1,\"\":2}", .duplicateField),
        ("[{\"x\":{\"y\":1,\"y\":1}}]", .duplicateField), ("{\"\\u0061\":1,\"b\":0,\"a\":2}", .duplicateField),
    ]

    @Test(arguments: texts)
    func malformedTextIsRefused(text: String, kind: JSONError.Kind) {
        let error = failure { () throws(JSONError) in try parse(text) }
        #expect(error?.kind == kind, "\(text)")
        #expect((0...text.utf8.count).contains(error?.offset ?? -1))
    }

    static let invalidUTF8: [[UInt8]] = [
        [0x80], [0xBF], [0xC0, 0x80], [0xC0, 0xAF], [0xC1, 0xBF], [0xC2], [0xC2, 0x20], [0xC3, 0xC3], [0xE0, 0x80, 0x80],
        [0xE0, 0x9F, 0xBF], [0xE2, 0x82], [0xE2, 0x82, 0x20], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xF0, 0x80, 0x80, 0x80],
        [0xF0, 0x8F, 0xBF, 0xBF], [0xF0, 0x9F, 0x98], [0xF0, 0x9F, 0x98, 0x20], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80],
        [0xF8, 0x88, 0x80, 0x80, 0x80], [0xFE], [0xFF],
    ]

    @Test(arguments: invalidUTF8)
    func invalidUTF8IsRefused(sequence: [UInt8]) {
        for padding in [0, 1, 7, 8, 9] {
            let prefix = [UInt8(ascii: "\"")] + [UInt8](repeating: UInt8(ascii: "a"), count: padding)
            for suffix in ["\"", "bbbbbbbbbbbb\""] {
                let error = failure { () throws(JSONError) in try JSONDocument(parsing: prefix + sequence + Array(suffix.utf8)) }
                #expect(error?.kind == .invalidUTF8)
            }
            let error = failure { () throws(JSONError) in try JSONDocument(parsing: prefix + sequence) }
            #expect(error?.kind == .invalidUTF8)
        }
        #expect(failure { () throws(JSONError) in try JSONDocument(parsing: sequence) }?.kind == .syntax)
    }

    @Test func everyScalarIsAccepted() throws {
        for value: UInt32 in [0x20, 0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFFFD, 0xFFFF, 0x10000, 0x3FFFF, 0x40000, 0xFFFFF, 0x10FFFF]
        {
            let scalar = try #require(Unicode.Scalar(value))
            #expect(try parse("\"aaaaaaaaa\(scalar)\"").root.string == "aaaaaaaaa\(scalar)")
        }
    }

    @Test func specialBytesAreFoundAtEveryPosition() throws {
        for position in 0..<20 {
            for byte in 0...UInt8.max {
                var content = [UInt8](repeating: UInt8(ascii: "x"), count: 20)
                content[position] = byte
                let result = try? JSONDocument(parsing: [0x22] + content + [0x22])
                let isPlain = byte >= 0x20 && byte < 0x80 && byte != 0x22 && byte != 0x5C
                #expect((result != nil) == isPlain, "byte \(byte) at \(position)")
                if isPlain { #expect(result?.root.string == String(decoding: content, as: UTF8.self)) }
            }
        }
    }

    @Test func messagesNamePositionAndFinding() {
        let messages = [
            ("{\"a\": 12345 \"b\"}", "byte 12: expected ',' or '}', found a double quote"),
            ("{\"a\": 1234567890x}", "byte 16: expected ',' or '}', found 'x'"),
            ("[1,]", "byte 3: expected a value, found ']'"),
            ("{\"a\":1,}", "byte 7: expected a field name in double quotes, found '}'"),
            ("{\"a\"", "byte 4: expected ':', found the end of the input"),
            ("undefined", "byte 0: expected a value, found 'undefined'"),
            ("1 é", "byte 2: expected the end of the input, found 'é'"),
            ("\"a\u{1}\"", "byte 2: expected a control character in a string to be escaped, found '\\u{1}'"),
            ("\u{FEFF}1", "byte 0: expected JSON text, found a byte order mark, which JSON does not allow"),
            ("{\"k\":[{\"a\":1,\"b\":2,\"a\":3}]}", "field 'k[0].a': expected each field once, found it twice in the same object"),
        ]
        for (text, message) in messages {
            #expect(failure { () throws(JSONError) in try parse(text) }?.description == message)
        }
    }

    @Test func depthIsLimited() throws {
        for limit in [0, 1, 2, 128, 512] {
            let allowed = String(repeating: "[", count: limit) + "1" + String(repeating: "]", count: limit)
            _ = try parse(allowed, maxDepth: limit)
            #expect(failure { () throws(JSONError) in try parse("[\(allowed)]", maxDepth: limit) }?.kind == .tooDeep)
            let objects = String(repeating: "{\"a\":", count: limit) + "1" + String(repeating: "}", count: limit)
            let document = try parse(objects, maxDepth: limit)
            #expect(document.root.isEquivalent(to: document.root))
            #expect(failure { () throws(JSONError) in try parse("{\"a\":\(objects)}", maxDepth: limit) }?.kind == .tooDeep)
        }
        let bomb = String(repeating: "[", count: 1_000_000)
        #expect(failure { () throws(JSONError) in try parse(bomb, maxDepth: .max) }?.kind == .tooDeep)
        // Depth counts what is open, not what there is.
        _ = try parse("[" + String(repeating: "[],", count: 1000) + "[]]", maxDepth: 2)
    }

    @Test func duplicatesAmongManyFieldsAreRefused() throws {
        for count in [2, 31, 32, 33, 34, 100, 20_000] {
            let members = (0..<count).map { "\"key\($0)\":\($0)" }
            _ = try parse("{\(members.joined(separator: ","))}")
            for repeated in [0, count / 2, count - 1] {
                let text = "{\((members + ["\"\\u006bey\(repeated)\":0", "\"z\":1"]).joined(separator: ","))}"
                let error = failure { () throws(JSONError) in try parse(text) }
                #expect(error?.kind == .duplicateField)
                #expect(error?.path == "key\(repeated)")
                #expect(error?.offset == members.joined(separator: ",").utf8.count + 2)
            }
        }
    }
}

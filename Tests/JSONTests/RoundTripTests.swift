import JSON
import Testing

struct RoundTripTests {
    @Test func randomValuesSurviveWritingAndParsing() throws {
        var generator = SeededGenerator(state: 1)
        var parser = JSONParser()
        var buffer: [UInt8] = [0x20, 0xFF]
        for _ in 0..<3000 {
            let value = RandomJSON.random(depth: 5, using: &generator)
            var writer = JSONWriter()
            value.write(to: &writer)
            let start = buffer.count
            buffer.append(contentsOf: writer.bytes)
            let document = try parser.parse(buffer[start...])
            #expect(RandomJSON(document.root) == value)
            #expect(document.root.rawBytes == buffer[start...])
            #expect(document.root.offset == 0)
            if buffer.count > 100_000 { buffer = [] }
        }
    }

    @Test func otherSpellingsAreEquivalent() throws {
        var generator = SeededGenerator(state: 2)
        for _ in 0..<1500 {
            let value = RandomJSON.random(depth: 4, using: &generator)
            let first = try parse(value.spelled(using: &generator))
            let second = try parse(value.spelled(using: &generator))
            #expect(first.root.isEquivalent(to: second.root))
            #expect(second.root.isEquivalent(to: first.root))
            let other = try parse(RandomJSON.array([value, .null]).spelled(using: &generator))
            #expect(!first.root.isEquivalent(to: other.root))
        }
    }

    @Test func pathsLeadToTheirValues() throws {
        let document = try parse(#"{"a":[1,{"b":[true,null]},[]],"c":{"d":"x"},"e.f":{"":[0]}}"#)
        var paths: [String] = []
        func collect(_ value: JSONValue) {
            paths.append(value.path)
            for member in value.members { collect(member.value) }
            for element in value.elements { collect(element) }
        }
        collect(document.root)
        #expect(
            paths == [
                "", "a", "a[0]", "a[1]", "a[1].b", "a[1].b[0]", "a[1].b[1]", "a[2]", "c", "c.d", "[\"e.f\"]", "[\"e.f\"][\"\"]",
                "[\"e.f\"][\"\"][0]",
            ])
    }

    @Test func everyTruncationAndMutationIsHandled() throws {
        let source = #"{"name":"\u00e9\ud83d\ude00ä€😀","list":[1,-2.5e+3,true,false,null,{"x":{}}],"s":"\"\\\/"}"#
        let bytes = Array(source.utf8)
        _ = try JSONDocument(parsing: bytes)
        for length in 0..<bytes.count {
            #expect(failure { () throws(JSONError) in try JSONDocument(parsing: bytes[..<length]) } != nil, "length \(length)")
        }
        var generator = SeededGenerator(state: 3)
        for _ in 0..<20_000 {
            var mutated = bytes
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                mutated[Int.random(in: 0..<mutated.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            do throws(JSONError) {
                let document = try JSONDocument(parsing: mutated)
                var writer = JSONWriter()
                RandomJSON(document.root).write(to: &writer)
                // What was accepted must be well-formed UTF-8, which writing does not change.
                #expect(String(validating: mutated, as: UTF8.self) != nil)
            } catch {
                #expect((0...mutated.count).contains(error.offset))
                #expect(!error.description.isEmpty)
            }
        }
    }

    @Test func equivalenceComparesNumbersExactly() throws {
        let equal = [
            ("1", "1.0"), ("1e3", "1000"), ("-0", "0"), ("0e99999999999999999999", "0"), ("120e-1", "12.00"), ("1E+2", "100"),
            ("9007199254740993", "9007199254740993.0"), ("1e99999999999999999999", "1e99999999999999999999"),
            ("{\"a\":1,\"b\":[2]}", " { \"b\" : [ 2.0 ] , \"\\u0061\" : 1 } "), ("\"\\u00e9\"", "\"é\""),
        ]
        for (first, second) in equal {
            #expect(try parse(first).root.isEquivalent(to: parse(second).root), "\(first) \(second)")
        }
        let unequal = [
            ("9007199254740993", "9007199254740992.0"), ("1", "\"1\""), ("0", "false"), ("0", "null"), ("[1,2]", "[2,1]"), ("[1]", "[1,1]"),
            ("{\"a\":1}", "{\"a\":1,\"b\":1}"), ("{\"a\":1}", "{\"b\":1}"), ("1", "-1"), ("0.1", "0.10000000000000000000001"),
            ("\"\\u00e9\"", "\"e\\u0301\""), ("true", "false"), ("{}", "[]"), ("1e400", "1e401"),
        ]
        for (first, second) in unequal {
            #expect(try !parse(first).root.isEquivalent(to: parse(second).root), "\(first) \(second)")
            #expect(try !parse(second).root.isEquivalent(to: parse(first).root), "\(first) \(second)")
        }
    }
}

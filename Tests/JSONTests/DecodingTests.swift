import JSON
import Testing

struct DecodingTests {
    enum Level: String, Codable, CaseIterable { case low, high }
    enum Color: String, Codable { case red }
    enum Shape: Codable, Equatable {
        case circle(radius: Double)
        case empty
    }

    struct Item: Codable, Equatable {
        var name: String
        var count: Int?
        var level: Level?
    }

    struct Page: Codable, Equatable {
        var title: String
        var views: Int
        var ratio: Double = 0
        var isPublic: Bool
        var note: String?
        var items: [Item]
        var tags: [String: Int]
        var level: Level
        var shape: Shape?
        var matrix: [[Int?]]?
    }

    static let page = #"""
        {"title":"T\n\u00e9","views":5.0,"ratio":2,"isPublic":true,"note":null,"items":[{"name":"a"},{"count":3,"name":"b","level":"high"}],
         "tags":{"x":1,"y":2},"level":"low","shape":{"circle":{"radius":1.5}},"matrix":[[1,null],[]]}
        """#

    @Test func nestedTypesAreDecoded() throws {
        let page = try parse(Self.page).decode(Page.self, rejectUnknownFields: true)
        #expect(
            page
                == Page(
                    title: "T\né", views: 5, ratio: 2, isPublic: true, note: nil,
                    items: [Item(name: "a"), Item(name: "b", count: 3, level: .high)], tags: ["x": 1, "y": 2], level: .low,
                    shape: .circle(radius: 1.5), matrix: [[1, nil], []]))
        #expect(try JSONDocument(parsing: JSONEncoding.encode(page)).decode(Page.self) == page)
    }

    func message(_ replaced: String, _ replacement: String, strict: Bool = false) -> JSONError? {
        guard let range = Self.page.firstRange(of: replaced) else { return nil }
        let text = Self.page[..<range.lowerBound] + replacement + Self.page[range.upperBound...]
        return failure { () throws(JSONError) in try parse(String(text)).decode(Page.self, rejectUnknownFields: strict) }
    }

    @Test func failuresNameTheField() {
        let cases: [(String, String, JSONError.Kind, String)] = [
            ("5.0", "\"many\"", .wrongType, "field 'views': expected an integer, found the text \"many\""),
            ("5.0", "null", .wrongType, "field 'views': expected an integer, found null"),
            ("5.0", "5.5", .wrongType, "field 'views': expected an integer, found the number 5.5"),
            (
                "5.0", "1e30", .outOfRange,
                "field 'views': expected an integer from -9223372036854775808 to 9223372036854775807, found the number 1e30"
            ),
            ("\"views\":5.0,", "", .missingField, "field 'views': expected this required field, found none"),
            ("true", "1", .wrongType, "field 'isPublic': expected true or false, found the number 1"),
            ("\"T\\n\\u00e9\"", "{}", .wrongType, "field 'title': expected a string, found an object"),
            ("\"b\"", "7", .wrongType, "field 'items[1].name': expected a string, found the number 7"),
            ("\"name\":\"b\"", "\"nam\":\"b\"", .missingField, "field 'items[1].name': expected this required field, found none"),
            ("\"high\"", "\"hihg\"", .invalidValue, "field 'items[1].level': expected one of \"low\", \"high\", found the text \"hihg\""),
            ("\"low\"", "1", .wrongType, "field 'level': expected a string, found the number 1"),
            ("{\"x\":1,\"y\":2}", "[]", .wrongType, "field 'tags': expected an object, found an array"),
            ("\"y\":2", "\"y\":\"\"", .wrongType, "field 'tags.y': expected an integer, found the text \"\""),
            ("1.5", "false", .wrongType, "field 'shape.circle.radius': expected a number, found false"),
            ("[1,null]", "[1,\"\"]", .wrongType, "field 'matrix[0][1]': expected an integer, found the text \"\""),
        ]
        for (replaced, replacement, kind, description) in cases {
            let error = message(replaced, replacement)
            #expect(error?.kind == kind)
            #expect(error?.description == description)
        }
        #expect(message("5.0", "\"many\"")?.offset == Self.page.utf8.count - Self.page.utf8.drop { $0 != UInt8(ascii: "5") }.count)
        #expect(
            failure { () throws(JSONError) in try parse("[]").decode(Page.self) }?.description
                == "byte 0: expected an object, found an array")
        let color = failure { () throws(JSONError) in try parse(#"{"c":"blue"}"#).decode([String: Color].self) }
        #expect(color?.kind == .invalidValue)
        #expect(color?.path == "c")
    }

    @Test func foundTextIsCutAndEscaped() {
        let long = String(repeating: "x", count: 100)
        let error = message("5.0", "\"\\u0000\\n\(long)\"")
        #expect(error?.reason == "expected an integer, found the text \"\\u{0}\\n\(String(repeating: "x", count: 38))…\"")
    }

    /// Which field nobody asked for is found at any place of a document of any length.
    @Test(arguments: [1, 40, 63, 64, 65, 126, 127, 128, 129, 400]) func unknownFieldAnywhere(count: Int) throws {
        struct Deep: Decodable { var items: [Item] }
        struct Item: Decodable { var a: Int?, b: Int? }
        func text(unknownAt place: Int?) -> String {
            let items = (0..<count).map { $0 == place ? #"{"a":\#($0),"bb":0}"# : $0 % 3 == 0 ? "{}" : #"{"b":\#($0),"a":1}"# }
            return #"{"items":[\#(items.joined(separator: ","))]}"#
        }
        let whole = try parse(text(unknownAt: nil)).decode(Deep.self, rejectUnknownFields: true)
        #expect(whole.items.map(\.b) == (0..<count).map { $0 % 3 == 0 ? nil : $0 })
        for place in Set([0, count / 2, count - 1]) {
            let error = failure { () throws(JSONError) in
                try parse(text(unknownAt: place)).decode(Deep.self, rejectUnknownFields: true)
            }
            #expect(error?.kind == .unknownField(name: "bb", nearest: "b") && error?.path == "items[\(place)].bb")
        }
    }

    @Test func unknownFieldsAreRefusedOnRequest() throws {
        #expect(message("\"note\"", "\"noet\"") == nil)
        let error = message("\"note\"", "\"noet\"", strict: true)
        #expect(error?.kind == .unknownField(name: "noet", nearest: "note"))
        #expect(error?.description == "field 'noet': expected a known field such as 'note', found an unknown one")
        let nested = message("\"level\":\"high\"", "\"zzzzzzz\":\"high\"", strict: true)
        #expect(nested?.kind == .unknownField(name: "zzzzzzz", nearest: nil))
        #expect(nested?.path == "items[1].zzzzzzz")
        #expect(message("\"tags\":{", "\"tags\":{\"other\":3,", strict: true) == nil)
    }

    @Test func standardCollectionsAreDecoded() throws {
        #expect(try parse("[]").decode([Int].self) == [])
        #expect(try parse("[\"a\",null]").decode([String?].self) == ["a", nil])
        #expect(try parse("{\"1\":\"a\"}").decode([Int: String].self) == [1: "a"])
        #expect(try parse("null").decode(Int?.self) == nil)
        #expect(try parse("3").decode(Int?.self) == 3)
        #expect(try parse("[1,2]").decode(Set<UInt8>.self) == [1, 2])
        #expect(try parse("[1.5,2]").decode([Float].self) == [1.5, 2])
        #expect(try parse("\"low\"").decode(Level.self) == .low)
        #expect(try parse("{\"\\u0061b\":{\"a\":true}}").decode([String: [String: Bool]].self) == ["ab": ["a": true]])
        #expect(try parse("{\"empty\":{}}").decode(Shape.self) == .empty)
        #expect(failure { () throws(JSONError) in try parse("[1,[2]]").decode([Int].self) }?.path == "[1]")
    }

    struct Manual: Decodable {
        enum Key: String, CodingKey { case list, nested, inner, value }
        var values: [Int] = []
        var inner = 0
        var elementCount: Int?
        var hasValue = false

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Key.self)
            var list = try container.nestedUnkeyedContainer(forKey: .list)
            elementCount = list.count
            while !list.isAtEnd { values.append(try list.decodeNil() ? -1 : list.decode(Int.self)) }
            let nested = try container.nestedContainer(keyedBy: Key.self, forKey: .nested)
            inner = try nested.decode(Int.self, forKey: .inner)
            hasValue = container.contains(.value)
            guard inner < 100 else {
                throw DecodingError.dataCorruptedError(forKey: .inner, in: nested, debugDescription: "too much")
            }
            if inner == 99 { _ = try list.decode(Int.self) }
            if inner == 98 { throw Refusal.refused }
        }
    }

    enum Refusal: Error { case refused }

    @Test func manualContainersAreDecoded() throws {
        let value = try parse(#"{"nested":{"inner":7},"list":[1,null,3]}"#).decode(Manual.self, rejectUnknownFields: true)
        #expect(value.values == [1, -1, 3])
        #expect(value.elementCount == 3)
        #expect(value.inner == 7)
        #expect(!value.hasValue)
        let corrupted = failure { () throws(JSONError) in try parse(#"[{"list":[],"nested":{"inner":100}}]"#).decode([Manual].self) }
        #expect(corrupted == JSONError(kind: .invalidValue, reason: "too much", path: "[0].nested.inner", offset: 30))
        let end = failure { () throws(JSONError) in try parse(#"{"list":[5],"nested":{"inner":99}}"#).decode(Manual.self) }
        #expect(end?.kind == .missingField)
        #expect(end?.path == "list[1]")
        let other = failure { () throws(JSONError) in try parse(#"{"a":{"list":[],"nested":{"inner":98}}}"#).decode([String: Manual].self) }
        #expect(other == JSONError(kind: .invalidValue, reason: "refused", path: "a", offset: 5))
        let unknown = failure { () throws(JSONError) in
            try parse(#"{"list":[],"nested":{"inner":1,"iner":2}}"#).decode(Manual.self, rejectUnknownFields: true)
        }
        #expect(unknown?.kind == .unknownField(name: "iner", nearest: "inner"))
        #expect(unknown?.path == "nested.iner")
    }

    @Test func valuesAreReadWithoutDecoding() throws {
        let buffer = Array("garbage{\"a\" : [1, 2.50, \"x\\ty\", true, null], \"a\\u0062\": {} }garbage".utf8)
        let document = try JSONDocument(parsing: buffer[7..<buffer.count - 7])
        let root = document.root
        #expect(root.kind == .object)
        #expect(root.members.map(\.key) == ["a", "ab"])
        let elements = Array(try #require(root["a"]).elements)
        #expect(elements.map(\.kind) == [.integer, .real, .string, .bool, .null])
        #expect(elements.map(\.rawText) == ["1", "2.50", "\"x\\ty\"", "true", "null"])
        #expect(elements[0].int == 1)
        #expect(elements[1].double == 2.5)
        #expect(elements[2].string == "x\ty")
        #expect(elements[3].bool == true)
        #expect(elements[4].isNull)
        #expect(elements[0].string == nil && elements[0].bool == nil && elements[2].int == nil && elements[2].double == nil)
        #expect(root["ab"]?.rawText == "{}")
        #expect(root["b"] == nil)
        #expect(elements[0]["a"] == nil)
        #expect(Array(elements[0].members).isEmpty && Array(root.elements).isEmpty)
        #expect(try root["a"]?.elements.first { _ in true }?.decode(Int.self) == 1)
        let error = failure { () throws(JSONError) in try elements[1].decode(String.self) }
        #expect(error?.path == "a[1]")
    }

    /// Names are compared several bytes at a time.
    @Test func namesThatDifferInOneByte() throws {
        for length in 0...20 {
            let name = String("abcdefghijklmnopqrst".prefix(length))
            let document = try parse(#"{"\#(name)":1}"#)
            #expect(document.root[name]?.int == 1)
            #expect(try document.decode([String: Int].self) == [name: 1])
            #expect(document.root[name + "u"] == nil)
            for place in 0..<length {
                var other = Array(name.utf8)
                other[place] ^= 1
                #expect(document.root[String(decoding: other, as: UTF8.self)] == nil, "length \(length), place \(place)")
            }
        }
    }

    @Test func parserReuseKeepsEarlierDocuments() throws {
        var parser = JSONParser()
        let first = try parser.parse(Array("[1,2,3]".utf8))
        let second = try parser.parse(Array("{\"a\":\"b\"}".utf8))
        #expect(failure { () throws(JSONError) in try parser.parse(Array("[[[".utf8)) } != nil)
        let third = try parser.parse(Array("5".utf8))
        #expect(first.root.elements.map(\.int) == [1, 2, 3])
        #expect(second.root["a"]?.string == "b")
        #expect(third.root.int == 5)
    }
}

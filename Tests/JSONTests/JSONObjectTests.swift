import JSON
import Testing

/// Objects that are changed member by member.
struct JSONObjectTests {
    private func object(_ text: String) throws -> JSONObject { try JSONObject(parsing: Array(text.utf8)) }

    private func text(_ object: JSONObject) -> String { String(decoding: object.bytes, as: UTF8.self) }

    @Test func whatIsNotTouchedStaysAsWritten() throws {
        var object = try object(#" { "a" : 1.50e400 , "b\u0063":{ "x" : [ ] } , "é":"\u00e9" } "#)
        #expect(text(object) == #"{"a":1.50e400,"bc":{ "x" : [ ] },"é":"\u00e9"}"#)
        object["a"] = nil
        object["new"] = .string("q\"\n")
        object["bc"] = .int(-5)
        object["bc2"] = .bool(true)
        object["missing"] = nil
        #expect(text(object) == #"{"bc":-5,"é":"\u00e9","new":"q\"\n","bc2":true}"#)
        #expect(object["é"]?.text == #""\u00e9""# && object["e\u{301}"] == nil, "names are compared by their bytes")
    }

    @Test func renamesKeepThePlaceAndNeverOverwrite() throws {
        var object = try object(#"{"a":1,"b":2,"c":null}"#)
        let renames = [("b", "z"), ("a", "c"), ("missing", "c"), ("z", "z")]
        var results: [Bool] = []
        for (old, new) in renames { results.append(object.rename(old, to: new)) }
        #expect(results == [true, false, true, true])
        #expect(text(object) == #"{"a":1,"z":2,"c":null}"#)
        #expect(object["c"] == .null)
    }

    @Test func onlyObjectsAreObjects() throws {
        #expect(text(JSONObject()) == "{}")
        for other in ["[]", "1", "null", #""x""#] { #expect(throws: JSONError.self) { try object(other) } }
        #expect(throws: JSONError.self) { try object(#"{"a":1,"a":2}"#) }
    }
}

import JSON
import Testing

struct NumberTests {
    @Test func integersAreExact() throws {
        let values: [(String, Int)] = [
            ("0", 0), ("-0", 0), ("9223372036854775807", .max), ("-9223372036854775808", .min),
            ("999999999999999999", 999_999_999_999_999_999),
            ("5.0", 5), ("1e3", 1000), ("-12.50e1", -125), ("0.000", 0), ("0e999999999999999999999", 0), ("9223372036854775807.0", .max),
            ("922337203685477580.7e1", .max), ("-9.223372036854775808e18", .min), ("100e-2", 1), ("1E+2", 100),
        ]
        for (text, value) in values {
            #expect(try parse(text).decode(Int.self) == value, "\(text)")
            #expect(try parse(text).root.int == value, "\(text)")
        }
        for text in [
            "9223372036854775808", "-9223372036854775809", "1e19", "-1e400", "99999999999999999999999999", "1e99999999999999999999",
            "9223372036854775808.0",
        ] {
            let error = failure { () throws(JSONError) in try parse(text).decode(Int.self) }
            #expect(error?.kind == .outOfRange, "\(text)")
            #expect(try parse(text).root.int == nil)
        }
        for text in ["0.5", "1e-1", "12345678901234567890.5", "true", "null", "\"1\"", "[]", "{}"] {
            #expect(failure { () throws(JSONError) in try parse(text).decode(Int.self) }?.kind == .wrongType, "\(text)")
        }
    }

    @Test func otherWidths() throws {
        #expect(try parse("18446744073709551615").decode(UInt64.self) == .max)
        #expect(try parse("255").decode(UInt8.self) == 255)
        #expect(try parse("-128").decode(Int8.self) == -128)
        #expect(failure { () throws(JSONError) in try parse("18446744073709551616").decode(UInt64.self) }?.kind == .outOfRange)
        #expect(failure { () throws(JSONError) in try parse("256").decode(UInt8.self) }?.kind == .outOfRange)
        #expect(failure { () throws(JSONError) in try parse("-1").decode(UInt.self) }?.kind == .outOfRange)
        #expect(failure { () throws(JSONError) in try parse("-129").decode(Int8.self) }?.kind == .outOfRange)
        let error = failure { () throws(JSONError) in try parse("300").decode(Int8.self) }
        #expect(error?.description == "byte 0: expected an integer from -128 to 127, found the number 300")
    }

    @Test func doublesAreCorrectlyRounded() throws {
        for text in [
            "0", "-0", "-0.0", "0.1", "0.3", "1e22", "1e23", "123456789012345e22", "123456789012345e-22", "5e-324",
            "2.4703282292062327e-324",
            "1.7976931348623157e308", "2.2250738585072014e-308", "2.2250738585072011e-308", "9007199254740993", "9007199254740992.999",
            "0.000000000000000000000000000001", "1e-400", "123456.789e3", "18446744073709551616", "0.00000000000000000000001234567",
            "179769313486231570000000000000000000000", "1e1", "999999999999999", "9999999999999999", "4.35", "1e+5", "1E-05", "-3.14",
        ] {
            let value = try parse(text).decode(Double.self)
            #expect(value.bitPattern == Double(text)?.bitPattern, "\(text)")
            let float = try? parse(text).decode(Float.self)
            #expect(float?.bitPattern == Float(text).flatMap { $0.isFinite ? $0.bitPattern : nil }, "\(text)")
        }
    }

    @Test func floatsOutOfRangeAreRefused() throws {
        for text in ["1e309", "-1.8e308", "1e99999999999"] {
            #expect(failure { () throws(JSONError) in try parse(text).decode(Double.self) }?.kind == .outOfRange)
            #expect(try parse(text).root.double == nil)
        }
        #expect(failure { () throws(JSONError) in try parse("1e39").decode(Float.self) }?.kind == .outOfRange)
        #expect(failure { () throws(JSONError) in try parse("\"1\"").decode(Double.self) }?.kind == .wrongType)
        #expect(failure { () throws(JSONError) in try parse("null").decode(Float.self) }?.kind == .wrongType)
    }

    @Test func randomDoublesAgreeWithTheStandardLibrary() throws {
        var generator = SeededGenerator(state: 4)
        for _ in 0..<20_000 {
            let digits = String(generator.next() >> UInt64.random(in: 0..<64, using: &generator))
            var text = Bool.random(using: &generator) ? "-" : ""
            text += digits
            if Bool.random(using: &generator) { text += ".\(UInt32.random(in: 0..<1_000_000, using: &generator))" }
            if Bool.random(using: &generator) { text += "e\(Int.random(in: -40...40, using: &generator))" }
            #expect(try parse(text).root.double?.bitPattern == Double(text)?.bitPattern, "\(text)")
        }
    }

    @Test func writtenDoublesAreJSONAndReadBack() throws {
        var generator = SeededGenerator(state: 5)
        let special = [
            0, -0.0, 1, -1, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 1e16, 1e15, 1e21, 1e-5, 123_456_789, .pi,
            .leastNormalMagnitude,
        ]
        for value in special + (0..<5000).map({ _ in RandomJSON.randomDouble(using: &generator) }) {
            var writer = JSONWriter()
            writer.double(value)
            let root = try JSONDocument(parsing: writer.bytes).root
            #expect(root.kind == .real)
            #expect(root.double?.bitPattern == value.bitPattern)
        }
        #expect(try text([1.0, -2.5, 1e20, .nan, .infinity]) == "[1.0,-2.5,1e+20,null,null]")
    }
}

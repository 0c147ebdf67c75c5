import EventLog
import Testing

@testable import Projection

/// Times are kept as digits where they can be, and print as the texts that they are.
struct SQLTimeTests {
    private static let texts = [
        "2017-09-13 07:30:00", "0001-01-01 00:00:00", "9999-12-31 23:59:59", "0000-00-00 00:00:00", "9999-99-99 99:99:99", "",
        "2017-09-13", "2017-09-13 07:30:00.5", "2017-09-13T07:30:00", "2017-09-13 07:30:0:", "2017-09-13 07:30:0/", "２017-09-13 07:30",
        "2017-09-13 07-30:00", "2017:09-13 07:30:00", "201a-09-13 07:30:00", "2017-09-13 07:30:0\u{B0}", "-017-09-13 07:30:00", "now",
    ]

    @Test(arguments: texts) func everyTextIsKept(text: String) throws {
        let time = try #require(SQLTime(sqlValue: .text(text)))
        #expect(time.text == text)
        #expect(time.sqlValue == .text(text))
        var encoder = RowEncoder()
        time.encode(into: &encoder)
        var expected = RowEncoder()
        expected.append(text)
        #expect(encoder.bytes == expected.bytes)
        let bytes = encoder.bytes
        var cells: [RowFormat.Cell] = []
        #expect(RowFormat.locate(1, in: bytes.span.bytes, into: &cells))
        #expect(SQLTime(cells[0], in: bytes.span.bytes) == time)
    }

    /// Every byte in every place.
    @Test func spelledOtherwise() throws {
        let text = Array("2017-09-13 07:30:59".utf8)
        for place in text.indices {
            for byte in UInt8.min...127 {
                var other = text
                other[place] = byte
                let time = try #require(SQLTime(sqlValue: .text(String(decoding: other, as: UTF8.self))))
                #expect(Array(time.text.utf8) == other)
            }
        }
    }

    @Test func orderIsThatOfTexts() throws {
        let times = try Self.texts.map { try #require(SQLTime(sqlValue: .text($0))) }
        #expect(times.sorted().map(\.text) == Self.texts.sorted())
        for one in times { for other in times { #expect((one == other) == (one.text == other.text)) } }
    }

    @Test func ofTimestamps() throws {
        for text in ["2017-09-13 07:30:00", "0001-01-01 00:00:00", "9999-12-31 23:59:59", "1969-12-31 23:59:59", "2024-02-29 12:00:01"] {
            let time = try Timestamp(parsing: text)
            #expect(SQLTime(time).text == text)
            #expect(SQLTime(time) == SQLTime(sqlValue: .text(text)))
            #expect(SQLTime(Timestamp(microseconds: time.microseconds + 999_999)).text == time.sqlText)
        }
        #expect(SQLTime(Timestamp(microseconds: .max)).text == "9999-12-31 23:59:59")
        #expect(SQLTime(Timestamp(microseconds: .min)).text == "0001-01-01 00:00:00")
    }
}

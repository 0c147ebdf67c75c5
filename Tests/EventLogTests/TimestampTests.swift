import Glibc
import JSON
import TestSupport
import Testing

@testable import EventLog

/// Times as text, against the C library's calendar.
struct TimestampTests {
    @Test(
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("1970-01-01", 0), ("1970-01-01 00:00", 0), ("1970-01-01t00:00:01z", 1_000_000),
            ("2017-09-13T07:30:00Z", 1_505_287_800_000_000), ("2017-09-13 07:30:00", 1_505_287_800_000_000),
            ("2017-09-13T08:30:00.5+01:00", 1_505_287_800_500_000), ("2017-09-13T08:30+0100", 1_505_287_800_000_000),
            ("2017-09-13T08:30+01", 1_505_287_800_000_000), ("2017-09-13T01:30:00,25-06:00", 1_505_287_800_250_000),
            ("2017-09-13T07:30:00.123456789Z", 1_505_287_800_123_456), ("2000-02-29", 951_782_400_000_000),
            ("0001-01-01T00:00:00Z", -62_135_596_800_000_000), ("9999-12-31T23:59:59.999999Z", 253_402_300_799_999_999),
            ("1969-12-31T23:59:59.999999Z", -1), ("0", 0), ("1505287800", 1_505_287_800_000_000), ("1505287800.25", 1_505_287_800_250_000),
            ("-1.5", -1_500_000), ("1.5e9", 1_500_000_000_000_000),
        ] as [(String, Int64)])
    func parses(text: String, microseconds: Int64) throws {
        #expect(try Timestamp(parsing: text).microseconds == microseconds)
    }

    @Test(arguments: [
        ("", "expected 4 digits for the year"), ("yesterday", "expected 4 digits for the year"),
        ("17-09-13", "expected 4 digits for the year"),
        ("2017/09/13", "expected '-' at character 5"), ("2017-9-13", "expected 2 digits for the month"),
        ("2017-13-01", "month 13 is not within 1 to 12"), ("2017-02-29", "day 29 is not within 1 to 28"),
        ("1900-02-29", "day 29 is not within 1 to 28"), ("2017-04-31", "day 31 is not within 1 to 30"),
        ("2017-01-00", "day 0 is not within 1 to 31"), ("0000-01-01", "year 0 is not within 1 to 9999"),
        ("2017-01-01X", "expected 'T' or a space after the date"), ("2017-01-01T", "expected 2 digits for the hour"),
        ("2017-01-01T24:00", "hour 24 is not within 0 to 23"), ("2017-01-01T10:60", "minute 60 is not within 0 to 59"),
        ("2017-01-01T10:00:60", "second 60 is not within 0 to 59"), ("2017-01-01T10:00:00.", "expected digits after the decimal point"),
        ("2017-01-01T10:00:00 CET", "expected 'Z' or an offset such as +01:00"),
        ("2017-01-01T10:00:00+24:00", "offset hour 24 is not within 0 to 23"), ("2017-01-01T10:00:00Z!", "unexpected text after the time"),
        ("0001-01-01T00:00:00+00:01", "not within the years 1 to 9999 in UTC"), ("nan", "expected 4 digits for the year"),
        ("1e300", "expected 4 digits for the year"), ("-99999999999", "expected 4 digits for the year"),
    ])
    func refuses(text: String, reason: String) {
        let error = #expect(throws: Timestamp.ParseError.self) { try Timestamp(parsing: text) }
        #expect(error?.reason == reason)
        #expect(error?.description.hasPrefix("'\(text)' is not a time (\(reason)). Use ") == true)
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00Z", "1970-01-01 00:00:00"), (-1, "1969-12-31T23:59:59.999999Z", "1969-12-31 23:59:59"),
            (1_505_287_800_500_000, "2017-09-13T07:30:00.500Z", "2017-09-13 07:30:00"),
            (1_505_287_800_000_100, "2017-09-13T07:30:00.000100Z", "2017-09-13 07:30:00"),
            (-62_135_596_800_000_000, "0001-01-01T00:00:00Z", "0001-01-01 00:00:00"),
            (253_402_300_799_999_999, "9999-12-31T23:59:59.999999Z", "9999-12-31 23:59:59"),
        ] as [(Int64, String, String)])
    func prints(microseconds: Int64, iso: String, sql: String) {
        let time = Timestamp(microseconds: microseconds)
        #expect(time.iso8601 == iso)
        #expect(time.description == iso)
        #expect(time.sqlText == sql)
        #expect(time.day == String(sql.prefix(10)))
    }

    @Test func againstTheCalendarOfTheSystem() throws {
        let seed: UInt64 = 21
        var random = SplitMix64(seed: seed)
        for _ in 0..<5000 {
            let range = Timestamp.range.lowerBound.microseconds...Timestamp.range.upperBound.microseconds
            let time = Timestamp(microseconds: Int64.random(in: range, using: &random))
            #expect(try Timestamp(parsing: time.iso8601) == time, "seed \(seed)")
            var seconds = time_t(time.unixSeconds)
            var parts = tm()
            gmtime_r(&seconds, &parts)
            let fields = [parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec]
            let digits = fields.map { String($0).leftPadded(2) }
            let text = "\(digits[0].leftPadded(4))-\(digits[1])-\(digits[2]) \(digits[3]):\(digits[4]):\(digits[5])"
            #expect(time.sqlText == text, "seed \(seed)")
            #expect(try Timestamp(parsing: text).unixSeconds == Int64(timegm(&parts)), "seed \(seed)")
        }
    }

    /// Garbage is refused or read, and never ends the process.
    @Test func randomTexts() {
        var random = SplitMix64(seed: 22)
        let characters = Array("0123456789-:TZ+. ,eé")
        for _ in 0..<20_000 {
            let text = String((0..<Int.random(in: 0...26, using: &random)).compactMap { _ in characters.randomElement(using: &random) })
            guard let time = try? Timestamp(parsing: text) else { continue }
            #expect(Timestamp.range.contains(time), "\(text)")
        }
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity, 1e18, -1e18, 253_402_300_800, -62_135_596_801])
    func unixSecondsOutOfRange(seconds: Double) { #expect(Timestamp(unixSeconds: seconds) == nil) }

    private struct Posted: Decodable {
        var at: Timestamp?
        var always: Timestamp
    }

    @Test(arguments: [
        (#""2017-09-13T07:30:00Z""#, 1_505_287_800), ("1505287800", 1_505_287_800), ("1505287800.0", 1_505_287_800), ("null", nil),
    ])
    func optionalFields(json: String, seconds: Int64?) throws {
        let posted = try JSONDocument(parsing: Array(#"{"always":0,"at":\#(json)}"#.utf8)).decode(Posted.self, rejectUnknownFields: true)
        #expect(posted.at?.unixSeconds == seconds)
        #expect(posted.always.unixSeconds == 0)
        #expect(try JSONDocument(parsing: Array(#"{"always":0}"#.utf8)).decode(Posted.self).at == nil)
    }

    /// An optional field refuses what a required one does, in the same words.
    @Test(arguments: [#""soon""#, #""2017-13-01""#, "true", "[]", "{}", "1e300"])
    func fieldsThatAreNoTime(json: String) throws {
        func refusal(_ text: String) -> JSONError? {
            do {
                _ = try JSONDocument(parsing: Array(text.utf8)).decode(Posted.self)
                return nil
            } catch {
                return error
            }
        }
        let optional = try #require(refusal(#"{"always":0,"at":\#(json)}"#))
        let required = try #require(refusal(#"{"always":\#(json)}"#))
        #expect(optional.path == "at")
        #expect(required.path == "always")
        #expect(optional.kind == required.kind)
        #expect(optional.reason == required.reason)
    }
}

extension String {
    fileprivate func leftPadded(_ width: Int) -> String { String(repeating: "0", count: max(0, width - count)) + self }
}

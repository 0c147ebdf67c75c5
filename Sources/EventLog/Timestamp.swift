import Glibc
import JSON

/// A moment, in microseconds since 1970-01-01T00:00:00Z.
///
/// Reads ISO 8601 (`2017-09-13T08:30:00.5+01:00`), SQL text (`2017-09-13 07:30:00`, UTC; a date alone is its midnight) and Unix seconds.
///
/// ```swift
/// let time = try Timestamp(parsing: "2017-09-13 07:30:00")
/// time.iso8601  // "2017-09-13T07:30:00Z"
/// ```
public struct Timestamp: Hashable, Comparable, Sendable {
    public let microseconds: Int64

    public init(microseconds: Int64) { self.microseconds = microseconds }

    public static func < (a: Timestamp, b: Timestamp) -> Bool { a.microseconds < b.microseconds }

    /// The system's clock. Events get it when they are recorded; projectors never ask for it.
    public static func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
    }

    /// Whole seconds since 1970, rounded down.
    public var unixSeconds: Int64 { microseconds.dividedRoundingDown(by: 1_000_000) }

    /// A time so many seconds later, or earlier. Both must be within 290,000 years of 1970.
    public func adding(seconds: Int64) -> Timestamp { Timestamp(microseconds: microseconds + seconds * 1_000_000) }

    /// 0001-01-01 to 9999-12-31: what the text forms can say.
    static let range = Timestamp(microseconds: -62_135_596_800_000_000)...Timestamp(microseconds: 253_402_300_799_999_999)
}

// MARK: Text

extension Timestamp: CustomStringConvertible {
    public var description: String { iso8601 }

    /// `2017-09-13T07:30:00Z`, with a fraction where there is one.
    public var iso8601: String { text(separator: 0x54, zone: true, fraction: true) }

    /// `2017-09-13 07:30:00`, UTC, whole seconds: SQLite's `CURRENT_TIMESTAMP`.
    public var sqlText: String { text(separator: 0x20, zone: false, fraction: false) }

    /// `2017-09-13`, UTC.
    public var day: String { String(sqlText.prefix(10)) }

    /// A time beyond the range, which only a record that was made up can have, is shown as the range's end.
    private var shown: Timestamp { min(max(self, Self.range.lowerBound), Self.range.upperBound) }

    /// The calendar's numbers, UTC.
    public struct Parts: Sendable, Hashable {
        public let year, month, day, hour, minute, second: Int64
    }

    /// What its texts say.
    public var parts: Parts {
        let seconds = shown.unixSeconds
        let days = seconds.dividedRoundingDown(by: 86_400)
        let second = seconds - days * 86_400
        let (year, month, day) = Self.civil(fromDays: days)
        return Parts(year: year, month: month, day: day, hour: second / 3600, minute: second / 60 % 60, second: second % 60)
    }

    private func text(separator: UInt8, zone: Bool, fraction: Bool) -> String {
        let shown = shown
        let parts = shown.parts
        let micros = Int(shown.microseconds - shown.unixSeconds * 1_000_000)
        return String(unsafeUninitializedCapacity: 27) { buffer in
            var count = 0
            func put(_ byte: UInt8) {
                buffer[count] = byte
                count += 1
            }
            func put(_ number: Int64, _ digits: Int) {
                var rest = number
                for place in stride(from: count + digits - 1, through: count, by: -1) {
                    buffer[place] = UInt8(0x30 + rest % 10)
                    rest /= 10
                }
                count += digits
            }
            put(parts.year, 4)
            put(0x2D)
            put(parts.month, 2)
            put(0x2D)
            put(parts.day, 2)
            put(separator)
            put(parts.hour, 2)
            put(0x3A)
            put(parts.minute, 2)
            put(0x3A)
            put(parts.second, 2)
            if fraction, micros > 0 {
                put(0x2E)
                if micros % 1000 == 0 { put(Int64(micros / 1000), 3) } else { put(Int64(micros), 6) }
            }
            if zone { put(0x5A) }
            return count
        }
    }

    /// Days since 1970 to the proleptic Gregorian calendar, by 400-year eras that begin in March.
    static func civil(fromDays days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = shifted.dividedRoundingDown(by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    static func days(fromYear year: Int64, month: Int64, day: Int64) -> Int64 {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = shiftedYear.dividedRoundingDown(by: 400)
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}

extension Int64 {
    fileprivate func dividedRoundingDown(by divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}

// MARK: Coding

extension Timestamp: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let text = try? container.decode(String.self) {
            do {
                try self.init(parsing: text)
            } catch {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: error.description)
            }
        } else if let seconds = try? container.decode(Double.self) {
            guard let time = Timestamp(unixSeconds: seconds) else {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: "expected Unix seconds between years 1 and 9999")
            }
            self = time
        } else {
            throw DecodingError.typeMismatch(
                Timestamp.self,
                .init(codingPath: decoder.codingPath, debugDescription: "expected a time: ISO 8601, 'YYYY-MM-DD HH:MM:SS' or Unix seconds"))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(iso8601)
    }
}

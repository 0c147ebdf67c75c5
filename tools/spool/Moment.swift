import EventLog

/// A time or a position on the command line.
enum Moment {
    /// Unix seconds before 1990 are rather a year or a day, and those beyond the year 5138 milliseconds.
    private static let plausibleSeconds: Range<Int64> = 631_152_000..<100_000_000_000

    /// A time alone, of which an option takes no positions.
    static func time(_ option: String, _ text: String) throws -> Timestamp {
        let forms = "Use 2025-03-01, '2025-03-01 07:30:00', 2025-03-01T07:30:00Z, or Unix seconds from 1990 on, such as 1740814200."
        if let seconds = Int64(text), !plausibleSeconds.contains(seconds) {
            let what =
                seconds < plausibleSeconds.lowerBound
                ? "as Unix seconds '\(text)' lies before 1990" : "'\(text)' is too large for Unix seconds, as milliseconds are"
            throw WrongUse("--\(option): \(what). \(forms)")
        }
        do {
            return try Timestamp(parsing: text)
        } catch {
            throw WrongUse("--\(option): \(error)")
        }
    }

    /// Digits are a position. Other numbers could be Unix seconds, of 1970 as a rule, which nobody means.
    static func parse(_ option: String, _ text: String) throws -> AsOf {
        if let moment = try? AsOf(parsing: text) {
            guard case .time = moment, let seconds = Double(text) else { return moment }
            if let seconds = Int64(exactly: seconds.rounded(.down)), plausibleSeconds.contains(seconds) { return moment }
        }
        throw WrongUse(
            "--\(option): expected a position such as 1200, or a time such as 2017-09-13T07:30:00Z or '2017-09-13 07:30:00'; "
                + "found '\(text.prefix(60))'")
    }
}

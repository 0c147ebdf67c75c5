import EventLog

/// The seconds that a text can mean, when times written as ISO 8601 are compared with it as texts.
///
/// Texts within one second are not in the order of time (`…00Z` is above `…00.5Z`), and a text may stop or go astray anywhere: what counts is
/// how far its beginning is an ISO time.
struct TimeBound {
    /// Times below the text are below `end`, times above it are at `start` or later.
    let start: Timestamp
    let end: Timestamp

    /// Nil when not even the date can be read.
    init?(_ text: String) {
        let utf8 = Array(text.utf8)
        if utf8.count >= 19, utf8[10] == 0x54, let time = Self.parse(utf8[..<19], "Z") {
            start = time
            end = time.adding(seconds: 1)
        } else if utf8.count >= 10, let day = Self.parse(utf8[..<10], "T00:00:00Z") {
            start = day
            end = day.adding(seconds: 86_400)
        } else {
            return nil
        }
    }

    private static func parse(_ beginning: ArraySlice<UInt8>, _ rest: String) -> Timestamp? {
        try? Timestamp(parsing: String(decoding: beginning, as: UTF8.self) + rest)
    }
}

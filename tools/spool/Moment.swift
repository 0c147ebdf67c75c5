import EventLog

/// A time or a position on the command line.
enum Moment {
    static func parse(_ option: String, _ text: String) throws -> AsOf {
        do {
            return try AsOf(parsing: text)
        } catch {
            throw WrongUse(
                "--\(option): expected a position such as 1200, or a time such as 2017-09-13T07:30:00Z or '2017-09-13 07:30:00'; "
                    + "found '\(text.prefix(60))'")
        }
    }
}

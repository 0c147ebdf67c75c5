import EventLog

/// A time or a position on the command line.
enum Moment {
    static func parse(_ option: String, _ text: String) throws -> AsOf {
        do {
            return try AsOf(parsing: text)
        } catch {
            throw WrongUse("--\(option): expected a position or a time: \(error)")
        }
    }
}

/// Why a query was not answered, in words that help to write a better one.
///
/// ```swift
/// do { try runner.run("SELECT titel FROM image_library") { … } } catch { print(error) }
/// // there is no column 'titel'. The nearest is title. image_library has id, title, file_path.
/// ```
public struct QueryError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Reason: Sendable, Hashable {
        /// The statement is not one that SQL understands, or names what is not there.
        case invalid
        /// The statement would do more than read.
        case refused
        /// The time limit was reached.
        case timeLimit
        /// The memory limit was reached.
        case memoryLimit
        /// A text or blob grew longer than there can be.
        case tooLong
        /// The store, or SQLite, could not go on.
        case failed
    }

    public let reason: Reason
    public let message: String
    /// Where in the statement, in characters from 0, when that is known.
    public let offset: Int?

    public init(_ reason: Reason, _ message: String, offset: Int? = nil) {
        self.reason = reason
        self.message = message
        self.offset = offset
    }

    /// The time limit was reached.
    public static let timeIsUp = QueryError(.timeLimit, "the query took longer than its time limit. Narrow it down, or add LIMIT.")

    public var description: String { message }
}

/// A record that was to be appended elsewhere than at the end of the log.
public struct PositionError: Error, Sendable, Hashable, CustomStringConvertible {
    public let expected: Position
    public let found: Position

    public init(expected: Position, found: Position) {
        self.expected = expected
        self.found = found
    }

    public var description: String { "the next position in the log is \(expected), and a record for \(found) was to be appended" }
}

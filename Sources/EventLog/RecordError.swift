/// A record that cannot be trusted, and where it is.
public struct RecordError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Reason: Sendable, Hashable {
        case unknownFormat(UInt8)
        case wrongLength(expected: Int, found: Int)
        case wrongChecksum(expected: UInt32, found: UInt32)
        case recordedTooEarly(found: Timestamp, previous: Timestamp)
    }

    public let position: Position
    public let reason: Reason

    public var description: String {
        switch reason {
        case .unknownFormat(let format):
            "record at position \(position): format \(format) is not known to this version of spool, which reads format \(RecordFormat.version)"
        case .wrongLength(let expected, let found):
            "record at position \(position): its header asks for \(expected) bytes, the log holds \(found)"
        case .wrongChecksum(let expected, let found):
            "record at position \(position): checksum \(hexadecimal(found)) where the header says \(hexadecimal(expected)); the bytes were damaged"
        case .recordedTooEarly(let found, let previous):
            "record at position \(position): recorded at \(found), before the one at position \(position - 1), which was recorded at \(previous)"
        }
    }
}

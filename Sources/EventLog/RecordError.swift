/// A record that cannot be trusted, and where it is.
public struct RecordError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Reason: Sendable, Hashable {
        case unknownFormat(UInt8)
        case wrongLength(expected: Int, found: Int)
        case wrongChecksum(expected: UInt32, found: UInt32)
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
        }
    }
}

private func hexadecimal(_ value: UInt32) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
}

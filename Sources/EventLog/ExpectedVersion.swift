/// What the caller knows of a stream when it appends: optimistic concurrency control.
public enum ExpectedVersion: Sendable, Hashable, CustomStringConvertible {
    /// Nothing: append whatever is there.
    case any
    /// The stream has no events.
    case none
    /// The stream's last event has this version; the first has version 1.
    case exact(UInt64)

    public var description: String {
        switch self {
        case .any: "any version"
        case .none: "no events"
        case .exact(let version): "version \(version)"
        }
    }

    func allows(_ version: UInt64) -> Bool {
        switch self {
        case .any: true
        case .none: version == 0
        case .exact(let expected): version == expected
        }
    }
}

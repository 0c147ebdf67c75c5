/// A field of an event that changes something already there: left alone when missing, cleared by `null`, set by a value.
///
/// ```swift
/// public struct PlaybackMoved: Event {
///     public var timelineID: Patch<Int>
/// }
///
/// state.timelineID = event.timelineID.applied(to: state.timelineID)
/// ```
public enum Patch<Value: Codable & Sendable>: Sendable {
    /// The field is missing.
    case unchanged
    /// The field is `null`.
    case cleared
    case set(Value)

    /// What is there afterwards.
    public func applied(to current: Value?) -> Value? {
        switch self {
        case .unchanged: current
        case .cleared: nil
        case .set(let value): value
        }
    }

    /// The value it sets.
    public var value: Value? { applied(to: nil) }
}

extension Patch: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        self = container.decodeNil() ? .cleared : .set(try container.decode(Value.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if case .set(let value) = self { try container.encode(value) } else { try container.encodeNil() }
    }
}

// What the compiler writes for a type's fields calls these for a `Patch`: a missing field is not an error, and stays missing.

extension KeyedDecodingContainer {
    public func decode<Value>(_ type: Patch<Value>.Type, forKey key: Key) throws -> Patch<Value> {
        guard contains(key) else { return .unchanged }
        return try decodeNil(forKey: key) ? .cleared : .set(decode(Value.self, forKey: key))
    }
}

extension KeyedEncodingContainer {
    public mutating func encode<Value>(_ value: Patch<Value>, forKey key: Key) throws {
        switch value {
        case .unchanged: break
        case .cleared: try encodeNil(forKey: key)
        case .set(let value): try encode(value, forKey: key)
        }
    }
}

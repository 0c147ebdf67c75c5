import JSON

/// Which of several events sent together was refused, and why.
public struct EventRefusal: Error, Sendable, CustomStringConvertible {
    /// Its place among the events sent, from 0.
    public let place: Int
    public let event: CloudEvent
    public let reason: any Error

    public var description: String { "event \(place + 1) (\(event.type), id '\(event.id)'): \(reason)" }
}

/// An error that says the sender's fact is at fault, not the store.
public protocol Refusal: Error {}

/// An error that may be the caller's: something was named that is not there, or asked for that makes no sense.
public protocol CallerError: Error {
    /// Whether another argument would help, rather than something being broken or a fact refused.
    var isWrongUse: Bool { get }
}

extension AppendError: Refusal {}
extension JSONError: Refusal {}
extension EventRefusal: Refusal {}

extension Error {
    /// Whether the fact was refused; otherwise the store is in trouble.
    public var isRefusal: Bool { self is any Refusal }
}

import EventLog
import JSON

/// A type of event that no projector handles.
public struct UnknownEventType: Refusal, Hashable, CustomStringConvertible {
    public let type: String
    /// The types whose names are nearest.
    public let nearest: [String]

    init(_ type: String, known: [String]) {
        self.type = type
        let noun = type.prefix { $0 != "." }
        nearest =
            known
            .map { (name: $0, distance: JSONNameDistance.distance(String(type.prefix(64)), $0) - ($0.hasPrefix("\(noun).") ? 3 : 0)) }
            .sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }
            .prefix(3).map(\.name)
    }

    public var description: String {
        "event type '\(type.prefix(60))' is not known. The nearest are \(nearest.joined(separator: ", ")). "
            + "`spool views --types` lists them all."
    }
}

import EventLog
import JSON

/// What a projector does with one type of event: decode it, and map it to changes of rows.
///
/// ```swift
/// On(SearchPerformed.self) { event, views in
///     try views.insert(Search.table, Search(event))
/// }
/// ```
///
/// An event of an older schema version is upcast first.
///
/// The closure sees the event and the views, never a clock, a random number, the network or another domain: a replay must give the same rows.
public final class On: Sendable {
    /// The event's Swift type.
    public let event: any Event.Type
    public let type: String
    public let schemaVersion: Int
    /// The oldest schema version whose code may read events of a version.
    let readableSince: @Sendable (Int) -> Int
    /// `type` as the log has it.
    let typeBytes: [UInt8]
    /// Decodes the data and nothing more.
    let validate: @Sendable ([UInt8]) throws -> Void
    private let decode: @Sendable (JSONValue, Bool) throws -> Prepared
    private let upcast: @Sendable ([UInt8], Int) throws -> [UInt8]

    /// What an event says of itself.
    struct EventLabels {
        let subject: Tag?
        let tags: [Tag]
    }

    /// An event's data, decoded.
    final class Prepared: PreparedData {
        let type: String
        /// Makes the changes.
        let run: @Sendable (EventPlace, ViewWriter) throws -> Void
        let labels: @Sendable () -> EventLabels

        init(
            type: String, run: @escaping @Sendable (EventPlace, ViewWriter) throws -> Void, labels: @escaping @Sendable () -> EventLabels
        ) {
            self.type = type
            self.run = run
            self.labels = labels
        }
    }

    public init<E: Event>(_ type: E.Type, _ apply: @escaping @Sendable (Recorded<E>, ViewWriter) throws -> Void) {
        event = type
        self.type = E.type
        schemaVersion = E.schemaVersion
        readableSince = { E.readableSince($0) }
        guard E.upcasters.map(\.version) == Array(1..<max(1, E.schemaVersion)) else {
            // A slip in a declaration, which the tests of every domain run into; never reached from data.
            preconditionFailure("\(E.type) has schema version \(E.schemaVersion) and needs an upcaster from each version before, in order")
        }
        typeBytes = Array(E.type.utf8)
        validate = { _ = try JSONDocument(parsing: $0).decode(E.self, rejectUnknownFields: true) }
        upcast = { try E.upcast($0, from: $1) }
        decode = { value, isNew in
            let data = try value.decode(E.self, rejectUnknownFields: isNew)
            return Prepared(type: E.type) { place, views in
                try apply(Recorded(data: data, position: place.position, time: place.time, recordedTime: place.recordedTime), views)
            } labels: {
                EventLabels(subject: data.subject, tags: data.tags)
            }
        }
    }

    /// Decodes the data of a new event ahead of its turn; nil when that fails, which its turn will find out again and say why.
    func prepare(_ data: JSONValue, schemaVersion version: Int?) -> Prepared? {
        guard version ?? schemaVersion == schemaVersion else { return nil }
        return try? decode(data, true)
    }

    /// Applies an event at the door: only what is fully understood is taken.
    func apply(_ data: [UInt8], prepared: (any PreparedData)?, _ place: EventPlace, _ views: ViewWriter) throws -> EventLabels {
        var ready = prepared as? Prepared
        if ready?.type != type {
            guard place.schemaVersion <= schemaVersion else { throw tooNew(place) }
            var parser = JSONParser()
            ready = try decode(data, place, isNew: true, &parser)
        }
        guard let ready else { return EventLabels(subject: nil, tags: []) }
        try ready.run(place, views)
        return ready.labels()
    }

    /// Decodes an event of the log: all is taken that its writer said this version can read.
    func decodeForReplay(_ data: [UInt8], _ place: EventPlace, _ parser: inout JSONParser) throws -> Prepared {
        guard place.schemaVersion <= schemaVersion || place.readableSince <= schemaVersion else { throw tooNew(place) }
        return try decode(data, place, isNew: false, &parser)
    }

    private func decode(_ data: [UInt8], _ place: EventPlace, isNew: Bool, _ parser: inout JSONParser) throws -> Prepared {
        let current = place.schemaVersion < schemaVersion ? try upcast(data, place.schemaVersion) : data
        return try decode(parser.parse(current).root, isNew)
    }

    private func tooNew(_ place: EventPlace) -> AppendError {
        .invalid(field: "schemaversion", "expected at most \(schemaVersion) for \(type), found \(place.schemaVersion); update spool")
    }
}

@resultBuilder
public enum ProjectorBuilder {
    public static func buildBlock(_ handlers: On...) -> [On] { handlers }
}

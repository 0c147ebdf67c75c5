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
public struct On: Sendable {
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
    private let run: @Sendable ([UInt8], EventPlace, ViewWriter, Bool) throws -> EventLabels

    /// What an event says of itself.
    struct EventLabels {
        let subject: Tag?
        let tags: [Tag]
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
        run = { data, place, views, isNew in
            let upcast = place.schemaVersion < E.schemaVersion ? try E.upcast(data, from: place.schemaVersion) : data
            let decoded = try JSONDocument(parsing: upcast).decode(E.self, rejectUnknownFields: isNew)
            let event = Recorded(data: decoded, position: place.position, time: place.time, recordedTime: place.recordedTime)
            try apply(event, views)
            return isNew ? EventLabels(subject: decoded.subject, tags: decoded.tags) : EventLabels(subject: nil, tags: [])
        }
    }

    /// - Parameter isNew: the event is at the door: unknown fields are refused, and its labels wanted.
    @discardableResult
    func apply(_ data: [UInt8], _ place: EventPlace, _ views: ViewWriter, isNew: Bool) throws -> EventLabels {
        // At the door only what is fully understood is taken; of what is stored, all that its writer said this version can read.
        guard place.schemaVersion <= schemaVersion || !isNew && place.readableSince <= schemaVersion else {
            throw AppendError.invalid(
                field: "schemaversion", "expected at most \(schemaVersion) for \(type), found \(place.schemaVersion); update spool")
        }
        return try run(data, place, views, isNew)
    }
}

@resultBuilder
public enum ProjectorBuilder {
    public static func buildBlock(_ handlers: On...) -> [On] { handlers }
}

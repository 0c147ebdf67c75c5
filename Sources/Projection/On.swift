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
/// The closure sees the event and the views, never a clock, a random number, the network or another domain: a replay must give the same rows.
public struct On: Sendable {
    /// The event's Swift type.
    public let event: any Event.Type
    public let type: String
    public let schemaVersion: Int
    /// `type` as the log has it.
    let typeBytes: [UInt8]
    /// Decodes the data and nothing more.
    let validate: @Sendable ([UInt8]) throws -> Void
    private let run: @Sendable (JSONDocument, EventPlace, ViewWriter, Bool) throws -> EventLabels

    /// What an event says of itself.
    struct EventLabels {
        let subject: Tag?
        let tags: [Tag]
    }

    public init<E: Event>(_ type: E.Type, _ apply: @escaping @Sendable (Recorded<E>, ViewWriter) throws -> Void) {
        event = type
        self.type = E.type
        schemaVersion = E.schemaVersion
        typeBytes = Array(E.type.utf8)
        validate = { _ = try JSONDocument(parsing: $0).decode(E.self, rejectUnknownFields: true) }
        run = { document, place, views, isNew in
            let data = try document.decode(E.self, rejectUnknownFields: isNew)
            let event = Recorded(data: data, position: place.position, time: place.time, recordedTime: place.recordedTime)
            try apply(event, views)
            return isNew ? EventLabels(subject: data.subject, tags: data.tags) : EventLabels(subject: nil, tags: [])
        }
    }

    /// - Parameter isNew: the event is at the door: unknown fields are refused, and its labels wanted.
    @discardableResult
    func apply(_ data: [UInt8], _ place: EventPlace, _ views: ViewWriter, isNew: Bool) throws -> EventLabels {
        guard place.schemaVersion <= schemaVersion else {
            throw AppendError.invalid(
                field: "schemaversion", "expected at most \(schemaVersion) for \(type), found \(place.schemaVersion); update spool")
        }
        return try run(try JSONDocument(parsing: data), place, views, isNew)
    }
}

@resultBuilder
public enum ProjectorBuilder {
    public static func buildBlock(_ handlers: On...) -> [On] { handlers }
}

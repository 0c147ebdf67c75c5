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
    public var event: any Event.Type { eventType() }
    /// Asked for: to make a value of it at the start of the program takes longer than all the rest of this.
    private let eventType: @Sendable () -> any Event.Type
    public let type: String
    public let schemaVersion: Int
    /// The oldest schema version whose code may read events of a version.
    let readableSince: @Sendable (Int) -> Int
    /// Decodes the data and nothing more.
    let validate: @Sendable ([UInt8]) throws -> Void
    private let decode: @Sendable (RawSpan, Bool, inout PayloadDecoder) throws -> AnyPreparedEvent
    private let upcast: @Sendable ([UInt8], Int) throws -> [UInt8]

    /// - Parameter apply: the changes that an event makes.
    // Inlined into the domains, where the event's type is known: otherwise each start of the program finds out at run time how every type of
    // event is decoded, which takes a quarter of a short one.
    @inlinable
    public convenience init<E: Event>(_ type: E.Type, _ apply: @escaping @Sendable (Recorded<E>, ViewWriter) throws -> Void) {
        self.init(
            { type }, type: E.type, schemaVersion: E.schemaVersion, upcasters: E.upcasters,
            readableSince: { E.readableSince($0) },
            validate: { _ = try JSONDocument(parsing: $0).decode(E.self, rejectUnknownFields: true) },
            upcast: { try E.upcast($0, from: $1) },
            decode: { data, isNew, decoder in
                PreparedEvent(try decoder.decode(E.self, from: data, rejectUnknownFields: isNew), apply)
            })
    }

    @usableFromInline
    init(
        _ event: @escaping @Sendable () -> any Event.Type, type: String, schemaVersion: Int, upcasters: [Upcaster],
        readableSince: @escaping @Sendable (Int) -> Int, validate: @escaping @Sendable ([UInt8]) throws -> Void,
        upcast: @escaping @Sendable ([UInt8], Int) throws -> [UInt8],
        decode: @escaping @Sendable (RawSpan, Bool, inout PayloadDecoder) throws -> AnyPreparedEvent
    ) {
        eventType = event
        self.type = type
        self.schemaVersion = schemaVersion
        self.readableSince = readableSince
        guard upcasters.count == schemaVersion - 1, upcasters.enumerated().allSatisfy({ $1.version == $0 + 1 }) else {
            // A slip in a declaration, which the tests of every domain run into; never reached from data.
            preconditionFailure("\(type) has schema version \(schemaVersion) and needs an upcaster from each version before, in order")
        }
        self.validate = validate
        self.upcast = upcast
        self.decode = decode
    }

    /// Decodes the data of a new event ahead of its turn; nil when that fails, which its turn will find out again and say why.
    func prepare(_ event: CloudEvent, _ decoder: inout PayloadDecoder) -> AnyPreparedEvent? {
        guard event.schemaVersion ?? schemaVersion == schemaVersion else { return nil }
        return try? decode(event.data.span.bytes, true, &decoder)
    }

    /// Applies an event at the door: only what is fully understood is taken.
    func apply(_ data: [UInt8], prepared: (any PreparedData)?, _ place: EventPlace, _ views: ViewWriter) throws -> EventLabels {
        var ready = prepared as? AnyPreparedEvent
        if ready?.type != type {
            guard place.schemaVersion <= schemaVersion else { throw tooNew(place) }
            var decoder = PayloadDecoder()
            ready = try decode(data.span.bytes, place, isNew: true, &decoder)
        }
        guard let ready else { return EventLabels(subject: nil, tags: []) }
        try ready.run(place, views)
        return ready.labels
    }

    /// Decodes an event of the log: all is taken that its writer said this version can read.
    func decodeForReplay(_ data: RawSpan, _ place: EventPlace, _ decoder: inout PayloadDecoder) throws -> AnyPreparedEvent {
        guard place.schemaVersion <= schemaVersion || place.readableSince <= schemaVersion else { throw tooNew(place) }
        return try decode(data, place, isNew: false, &decoder)
    }

    private func decode(_ data: RawSpan, _ place: EventPlace, isNew: Bool, _ decoder: inout PayloadDecoder) throws -> AnyPreparedEvent {
        let current = place.schemaVersion < schemaVersion ? try upcast(data.withUnsafeBytes { Array($0) }, place.schemaVersion) : nil
        do {
            guard let current else { return try decode(data, isNew, &decoder) }
            return try decode(current.span.bytes, isNew, &decoder)
        } catch let error as JSONError where error.kind == .wrongType && error.path.isEmpty {
            throw AppendError.invalid(field: "data", error.reason)
        }
    }

    private func tooNew(_ place: EventPlace) -> AppendError {
        .invalid(field: "schemaversion", "expected at most \(schemaVersion) for \(type), found \(place.schemaVersion); update spool")
    }
}

@resultBuilder
public enum ProjectorBuilder {
    public static func buildBlock(_ handlers: On...) -> [On] { handlers }
}

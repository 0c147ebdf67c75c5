import EventLog

/// The projections of a store: run at every append before it is stored, caught up when behind, rebuilt when asked.
public final class Engine: Sendable {
    public let log: EventLog
    public let projections: [Projection]
    private let handlers: [String: Handler]

    struct Handler: Sendable {
        let projection: Int
        let on: On
    }

    public init(_ log: EventLog, projections: [Projection]) {
        self.log = log
        self.projections = projections
        var handlers: [String: Handler] = [:]
        for (place, projection) in projections.enumerated() {
            for on in projection.projector.handlers {
                // A slip in a catalog, which its tests run into: only one of the two would be asked before an append.
                precondition(handlers[on.type] == nil, "two projectors handle \(on.type)")
                handlers[on.type] = Handler(projection: place, on: on)
            }
        }
        self.handlers = handlers
    }

    /// Where the content of blob columns is.
    public var blobs: (any BlobReader)? { projections.first?.settings.blobs }

    /// Every type of event that some projector handles.
    public var types: [String] { handlers.keys.sorted() }

    func handler(of type: String) -> Handler? { handlers[type] }

    /// A projection by its projector's name.
    ///
    /// - Throws: `ProjectionError.unknownProjection`.
    public func projection(_ name: String) throws -> Projection {
        guard let projection = projections.first(where: { $0.name == name }) else {
            throw ProjectionError.unknownProjection(name, known: projections.map(\.name))
        }
        return projection
    }

    /// Stores requests, each whole or not at all; what breaks a rule is refused and leaves no trace. All are on disk when this returns: a few
    /// under one durable commit, many under several, where one part is staged while the one before is put on disk.
    ///
    /// - Parameters:
    ///   - stopsAtRefusal: requests after a refused one are not tried; the ones before it are stored.
    ///   - namesChanges: receipts name the rows that were changed, which costs a little for each.
    /// - Returns: for each request tried its receipts, or why it was refused.
    /// - Throws: when the store itself fails. Of few requests nothing was stored then; of many the first ones may be, and are recognised by their
    ///   ids when they are sent again.
    public func append(_ requests: [AppendRequest], stopsAtRefusal: Bool = false, namesChanges: Bool = false) throws -> [AppendResult] {
        let session = AppendSession(self, namesChanges: namesChanges)
        if requests.count < 2 * BatchSource.smallestPart {
            return try log.append(requests, joining: session, stopsAtRefusal: stopsAtRefusal)
        }
        let batch = BatchSource(requests) { part in
            var decoder = PayloadDecoder()
            return part.map { self.prepared($0, &decoder) }
        }
        try log.append(from: batch, joining: session, stopsAtRefusal: stopsAtRefusal)
        return batch.results
    }

    /// Stores what a source gives: see `EventLog.append(from:joining:stopsAtRefusal:)`.
    public func append(from source: any AppendSource, namesChanges: Bool = false) throws {
        try log.append(from: source, joining: AppendSession(self, namesChanges: namesChanges))
    }

    /// The request with its first event's data decoded, where that can be done; for any thread.
    public func prepared(_ request: AppendRequest) -> AppendRequest {
        var decoder = PayloadDecoder()
        return prepared(request, &decoder)
    }

    /// The same with a decoder that is used for one request after another.
    public func prepared(_ request: AppendRequest, _ decoder: inout PayloadDecoder) -> AppendRequest {
        guard request.prepared == nil, let event = request.events.first else { return request }
        var request = request
        // Where it cannot be decoded the append will give the reason.
        request.prepared = handlers[event.type]?.on.prepare(event, &decoder)
        return request
    }

    /// Decodes an event's data as an append would, without looking at any rule.
    ///
    /// - Throws: `UnknownEventType`, or `JSONError` naming the field.
    public func validate(type: String, data: [UInt8]) throws {
        guard let handler = handlers[type] else { throw UnknownEventType(type, known: types) }
        try handler.on.validate(data)
    }

    /// An event's data as the current schema version of its type has it.
    ///
    /// - Returns: the data and that version; both as given for a type that nobody handles, and for a newer version.
    /// - Throws: `JSONError` or `UpcastError`.
    public func upcast(type: String, data: [UInt8], from version: Int) throws -> (data: [UInt8], version: Int) {
        guard let on = handlers[type]?.on, version < on.schemaVersion else { return (data, version) }
        return (try on.event.upcast(data, from: version), on.schemaVersion)
    }
}

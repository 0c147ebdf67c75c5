import Dispatch
import EventLog
import JSON
import Synchronization

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

    public func projection(_ name: String) throws -> Projection {
        guard let projection = projections.first(where: { $0.name == name }) else {
            throw ProjectionError.unknownProjection(name, known: projections.map(\.name))
        }
        return projection
    }

    /// Stores requests under one durable commit; what breaks a rule is refused and leaves no trace.
    ///
    /// - Parameters:
    ///   - stopsAtRefusal: requests after a refused one are not tried; the ones before it are stored.
    ///   - namesChanges: receipts name the rows that were changed, which costs a little for each.
    /// - Returns: for each request tried its receipts, or why it was refused.
    /// - Throws: when the store itself fails; nothing was stored then.
    public func append(
        _ requests: [AppendRequest], stopsAtRefusal: Bool = false, namesChanges: Bool = false
    ) throws -> [Result<[Receipt], any Error>] {
        try log.append(prepared(requests), joining: AppendSession(self, namesChanges: namesChanges), stopsAtRefusal: stopsAtRefusal)
    }

    /// The requests of a large batch with their events decoded on all cores: what is done under the write lock is done by one.
    private func prepared(_ requests: [AppendRequest]) -> [AppendRequest] {
        let share = 250
        guard requests.count >= share, requests.contains(where: { $0.prepared == nil }) else { return requests }
        let shares = Mutex<[Int: [AppendRequest]]>([:])
        let count = (requests.count + share - 1) / share
        DispatchQueue.concurrentPerform(iterations: count) { place in
            let part = requests[place * share..<min(requests.count, (place + 1) * share)].map { request in
                guard request.prepared == nil, let event = request.events.first else { return request }
                var request = request
                request.prepared = (try? JSONDocument(parsing: event.data)).flatMap { prepare(event, $0.root) }
                return request
            }
            shares.withLock { $0[place] = part }
        }
        let parts = shares.withLock { $0 }
        return (0..<count).flatMap { parts[$0] ?? [] }
    }

    /// Decodes an event's data ahead of its append, on any thread; the append takes it through `AppendRequest.prepared`.
    ///
    /// - Parameter data: the event's data within the text that it was parsed from.
    /// - Returns: nil where it cannot be decoded, for which the append will give the reason.
    public func prepare(_ event: CloudEvent, _ data: JSONValue) -> (any PreparedData)? {
        handlers[event.type]?.on.prepare(data, schemaVersion: event.schemaVersion)
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

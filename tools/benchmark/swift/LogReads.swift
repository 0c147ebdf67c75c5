import ImageLibrary
import Metrics
import Spool
import Trends

/// Reads of the log from its beginning, on one core.
final class LogReads {
    private let store: Store
    private let clock = ContinuousClock()

    init(_ store: String) throws { self.store = try Store(at: store) }

    /// Header and checksum of each record compared, its payload touched.
    func scan(_ count: Int) throws -> Duration {
        try clock.measure {
            var sum = 0
            try forEach(count) { record in
                sum &+= record.withData { Int($0[$0.count - 1]) &+ $0.count }
            }
            use(sum)
        }
    }

    /// Each event as the Swift value of its type.
    func replay(_ count: Int) throws -> Duration {
        try clock.measure {
            let events = Self.events
            let types = EventTypes(events.map { $0.type })
            var decoder = PayloadDecoder()
            try forEach(count) { record in
                guard let place = types.place(of: record) else { throw UnknownType(type: record.type) }
                try decode(events[place], record.dataBytes, &decoder)
            }
        }
    }

    private func decode<E: Event>(_ event: E.Type, _ data: RawSpan, _ decoder: inout PayloadDecoder) throws {
        use(try decoder.decode(event, from: data))
    }

    struct UnknownType: Error { let type: String }

    private func forEach(_ count: Int, _ body: (borrowing RecordView) throws -> Void) throws {
        try store.log.storage.read { log in
            try log.forEach(1...Position(count)) { record in
                try body(record)
                return true
            }
        }
    }

    private static let events: [any Event.Type] = [
        MetricsRecorded.self, TrendCaptured.self, ImageUsed.self, TrendUsed.self, TrendRescored.self, ImageAdded.self, VideoRegistered.self,
    ]
}

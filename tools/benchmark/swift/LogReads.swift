import ImageLibrary
import JSON
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
            let decoders = Self.decoders
            let types = EventTypes(decoders.map(\.type))
            var parser = JSONParser()
            var data: [UInt8] = []
            try forEach(count) { record in
                guard let place = types.place(of: record) else { throw UnknownType(type: record.type) }
                record.copyData(into: &data)
                try decoders[place].decode(data, &parser)
            }
        }
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

    private final class Decoder: Sendable {
        let type: String
        let decode: @Sendable ([UInt8], inout JSONParser) throws -> Void

        init<E: Event>(_ event: E.Type) {
            type = E.type
            decode = { use(try $1.parse($0).decode(E.self)) }
        }
    }

    private static let decoders = [
        Decoder(MetricsRecorded.self), Decoder(TrendCaptured.self), Decoder(ImageUsed.self), Decoder(TrendUsed.self),
        Decoder(TrendRescored.self), Decoder(ImageAdded.self), Decoder(VideoRegistered.self),
    ]
}

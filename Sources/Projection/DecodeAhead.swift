import Dispatch
import EventLog

/// Reads and decodes a stretch of the log on a thread of its own, ahead of the one that applies it.
final class DecodeAhead: Sendable {
    /// An event that some handler takes, or why it cannot be decoded.
    struct Item: Sendable {
        let place: EventPlace
        let checksum: UInt32
        let type: String
        let prepared: Result<AnyPreparedEvent, any Error>
    }

    struct Chunk: Sendable {
        var items: [Item] = []
        /// How far the log is read after them; events that nobody handles leave no item.
        var reached = Checkpoint.start
    }

    /// Shorter stretches are not worth a thread.
    static let shortest: Position = 2000

    private let chunks = BoundedQueue<Chunk>(limit: 3 << 20)

    init(_ range: ClosedRange<Position>, of log: any LogStorage, _ projector: Projector) {
        DispatchQueue(label: "spool.decode").async { [chunks] in
            do {
                try log.read { try Self.decode(range, of: $0, projector, into: chunks) }
                chunks.finish()
            } catch {
                chunks.finish(throwing: error)
            }
        }
    }

    func next() throws -> Chunk? { try chunks.take() }

    func stop() { chunks.stop() }

    private static func decode(
        _ range: ClosedRange<Position>, of log: any LogReader, _ projector: Projector, into chunks: BoundedQueue<Chunk>
    ) throws {
        var chunk = Chunk()
        var bytes = 0
        var decoder = EventDecoder(projector)
        try log.forEach(range) { record in
            chunk.reached = Checkpoint(position: record.position, checksum: record.checksum)
            if let item = decoder.item(of: record) {
                chunk.items.append(item)
                bytes += record.byteCount
            }
            guard chunk.items.count == 500 || bytes > 1 << 20 || record.position == range.upperBound || record.position % 5000 == 0 else {
                return true
            }
            let isWanted = chunks.put(chunk, weight: bytes + chunk.items.count * 1000)
            chunk.items = []
            chunk.items.reserveCapacity(500)
            bytes = 0
            return isWanted
        }
    }
}

import EventLog

/// Records that wait for their durable commit.
struct RecordBatch {
    private static let fullSize = 32 << 20

    private var buffer: [UInt8] = []
    private var ends: [Int] = []
    /// The position of the last record stored or waiting.
    private(set) var last: Position = 0
    /// Of all records so far.
    private(set) var bytes = 0

    var isFull: Bool { buffer.count >= Self.fullSize }

    mutating func add(_ record: RawSpan, at position: Position) {
        record.withUnsafeBytes { buffer.append(contentsOf: $0) }
        ends.append(buffer.count)
        bytes += record.byteCount
        last = position
    }

    mutating func store(in storage: LMDBStorage) throws {
        guard !ends.isEmpty else { return }
        let waiting = buffer
        let ends = ends
        var position = last - Position(ends.count)
        try storage.write { log in
            var start = 0
            for end in ends {
                position += 1
                try log.append(record: waiting.span.bytes.extracting(start..<end), at: position)
                start = end
            }
            try log.commit()
        }
        buffer.removeAll(keepingCapacity: true)
        self.ends.removeAll(keepingCapacity: true)
    }
}

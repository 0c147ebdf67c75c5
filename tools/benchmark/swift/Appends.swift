import Spool

/// Appends to a store of facts from a file of NDJSON, read and parsed before the clock runs.
///
/// It runs until the index and the views are written, too: what appends leave to be written later would be written while others are measured.
final class Appends {
    private let store: Store
    private let source: NDJSONSource
    private let clock = ContinuousClock()

    init(_ store: String, _ events: String) throws {
        self.store = try Store.create(at: store)
        source = NDJSONSource(try LineReader(events))
    }

    private func events(_ count: Int) throws -> [CloudEvent] {
        try (0..<count).map { _ in
            guard let fact = try source.next() else { throw TooFewEvents() }
            return try fact.event.get()
        }
    }

    struct TooFewEvents: Error {}

    /// One durable commit an event.
    func oneByOne(_ count: Int) throws -> Duration {
        let events = try events(count)
        return try clock.measure {
            for event in events { try store.append(event) }
            store.settle()
        }
    }

    /// Callers that wait for their own event before they send the next.
    func concurrently(callers: Int) -> SpoolBench.Slice {
        { [self] count in
            let events = try events(count)
            let store = store
            let start = clock.now
            try await withThrowingTaskGroup { group in
                for caller in 0..<callers {
                    group.addTask {
                        for place in stride(from: caller, to: count, by: callers) {
                            _ = try await store.append(AppendRequest([events[place]]))
                        }
                    }
                }
                try await group.waitForAll()
            }
            store.settle()
            return clock.now - start
        }
    }

    /// Commits of 1,000, each event by itself refused or stored, as `Ingest` has them.
    func inBatches(_ count: Int) throws -> Duration {
        let batches = try stride(from: 0, to: count, by: 1000).map { start in
            try events(min(1000, count - start)).map { AppendRequest([$0]) }
        }
        return try clock.measure {
            for batch in batches {
                for result in try store.engine.append(batch) { _ = try result.get() }
            }
            store.settle()
        }
    }
}

/// Appends of whole records to a log alone: no index, no views, but every checksum compared.
final class LogAppends {
    private let storage: LMDBStorage
    private let records: [UInt8]
    private var offset = 0
    private var position: Position = 0
    private let clock = ContinuousClock()

    /// - Parameter records: a file of records, each after its length in four bytes.
    init(_ folder: String, _ records: String) throws {
        storage = try LMDBStorage(at: folder)
        self.records = try File.read(records)
    }

    func inBatches(_ count: Int) throws -> Duration {
        let records = records
        return try clock.measure {
            for start in stride(from: 0, to: count, by: 1000) {
                try storage.write { log in
                    let bytes = records.span.bytes
                    for _ in start..<min(start + 1000, count) {
                        let length = Int(bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
                        position += 1
                        try log.append(record: bytes.extracting(offset + 4..<offset + 4 + length), at: position)
                        offset += 4 + length
                    }
                    try log.commit()
                }
            }
        }
    }
}

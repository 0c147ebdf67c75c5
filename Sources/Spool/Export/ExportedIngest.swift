import EventLog

/// Takes an export of a log into a store, every event exactly as it was recorded.
///
/// The store's log is empty or a beginning of the exported one. Interrupt it whenever you like and run it again.
public struct ExportedIngest {
    private let store: Store
    private let batchSize: Int

    /// - Parameter batchSize: events under one durable commit.
    public init(into store: Store, batchSize: Int = 5000) {
        self.store = store
        self.batchSize = max(1, batchSize)
    }

    /// - Parameters:
    ///   - lines: the export.
    ///   - progress: called after each batch.
    /// - Returns: the counts, and the line that was refused, if one was; what comes before it is stored, and nothing after it.
    /// - Throws: when the store or the input fails.
    public func run(
        _ lines: LineReader, progress: (Ingest.Progress) -> Void = { _ in }
    ) throws -> (counts: Ingest.Progress, refused: Ingest.RefusedLine?) {
        var counts = Ingest.Progress()
        counts.size = lines.size
        var batch: [(line: Int, event: ExportedEvent)] = []
        var bytes = 0
        var refused: Ingest.RefusedLine?

        func store() throws {
            let result = try self.store.log.append(exported: batch.map(\.event))
            counts.stored += result.stored
            counts.repeated += result.repeated
            if let refusal = result.refusal {
                refused = .init(number: batch[refusal.place].line, text: "", error: refusal.reason)
            }
            batch.removeAll(keepingCapacity: true)
            bytes = 0
            progress(counts)
        }

        reading: while refused == nil {
            do {
                guard let line = try lines.next() else { break reading }
                if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { continue }
                batch.append((lines.lineNumber, try ExportedEvent(json: Array(line))))
                bytes += line.count
            } catch {
                guard error.isRefusal else { throw error }
                let number = lines.lineNumber
                try store()
                refused = refused ?? .init(number: number, text: "", error: error)
            }
            counts.lines = lines.lineNumber
            counts.bytesRead = lines.bytesRead
            if batch.count >= batchSize || bytes >= 32 << 20 { try store() }
        }
        if refused == nil { try store() }
        if let refused {
            counts.refused = 1
            counts.lines = refused.number
        }
        counts.head = try self.store.log.head()
        return (counts, refused)
    }
}

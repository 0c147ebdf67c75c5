import EventLog
import LMDB
import Projection
import Spool

/// One pass over old databases.
final class ImportRun {
    private static let batchRows = 1_000
    private static let batchBytes = 16 << 20
    /// Rows that wait for another to make room are kept in memory.
    private static let mostDeferred = 100_000

    let importer: Importer
    let store: Store
    var report: ImportReport
    private let rejected: (RejectedRow) throws -> Void
    private let progress: (Importer.Progress) -> Void
    private let total: Int
    private var looked = 0
    private var batch: [Candidate] = []
    private var batchBytes = 0
    private var deferred: [(candidate: Candidate, reason: String)] = []
    private var repeated: [Set<[UInt8]>] = []
    private var seenRepeated: Set<[UInt8]> = []

    private var tables: [OldTable] { importer.tables }
    private var source: String { importer.system.eventSource }
    private var projections: Set<String> { Set(tables.map(\.legacy.projection)) }

    init(
        _ importer: Importer, in store: Store, _ report: ImportReport, _ rejected: @escaping (RejectedRow) throws -> Void,
        _ progress: @escaping (Importer.Progress) -> Void
    ) {
        self.importer = importer
        self.store = store
        self.report = report
        self.rejected = rejected
        self.progress = progress
        total = importer.rowCounts.reduce(0, +)
    }

    func execute() throws -> ImportReport {
        // What is gone makes room for what is new; children go before those they name.
        var blocked: [Int] = []
        for place in tables.indices.reversed() where try !removeGoneRows(of: place, isLast: false) { blocked.append(place) }
        repeated = try tables.map { try $0.repeatedKeys() }
        let rows = try MergedRows(tables)
        while let row = try rows.next() { try take(row) }
        try flush()
        try retryDeferred()
        for place in blocked { _ = try removeGoneRows(of: place, isLast: true) }
        return report
    }

    private func take(_ row: OldRow) throws {
        let table = tables[row.table]
        looked += 1
        do {
            let candidate = try Candidate(row, table)
            if repeated[row.table].contains(candidate.key) {
                let name = Array(table.name.utf8) + [0] + candidate.key
                guard seenRepeated.insert(name).inserted else {
                    throw BadRow(reason: "another row of the table has the same key")
                }
            }
            batch.append(candidate)
            batchBytes += candidate.byteCount
        } catch let error as BadRow {
            try reject(row, error.reason, key: nil)
        }
        if batch.count >= Self.batchRows || batchBytes >= Self.batchBytes { try flush() }
    }

    private func flush() throws {
        let candidates = batch
        batch = []
        batchBytes = 0
        for (candidate, error) in try store(candidates) {
            if isCurable(error), deferred.count < Self.mostDeferred {
                deferred.append((candidate, "\(error)"))
            } else {
                try reject(candidate, "\(error)")
            }
        }
        progress(Importer.Progress(rows: looked, total: total))
    }

    /// Whether the row may fit when others have changed or gone: two rows that exchange a unique value never meet in one order.
    private func isCurable(_ error: any Error) -> Bool {
        guard let violation = error as? RuleViolation else { return false }
        return violation.rule == .unique || violation.rule == .foreignKey && !deferred.isEmpty
    }

    private func retryDeferred() throws {
        while !deferred.isEmpty {
            let waiting = deferred
            deferred = []
            for start in stride(from: 0, to: waiting.count, by: Self.batchRows) {
                let part = waiting[start..<min(waiting.count, start + Self.batchRows)]
                deferred += try store(part.map(\.candidate)).map { ($0, "\($1)") }
            }
            guard deferred.count < waiting.count else { break }
        }
        for (candidate, reason) in deferred { try reject(candidate, reason) }
        deferred = []
    }

    /// Stores a batch, each row whether or not the others are refused.
    ///
    /// - Returns: those that were refused, with the reasons.
    private func store(_ candidates: [Candidate]) throws -> [(Candidate, any Error)] {
        guard !candidates.isEmpty else { return [] }
        var failed: [(Candidate, any Error)] = []
        var requests: [AppendRequest] = []
        var waiting: [(candidate: Candidate, isNew: Bool)] = []
        for (candidate, verdict) in zip(candidates, try verdicts(candidates)) {
            switch verdict {
            case .known: report.tables[candidate.old.table].storedBefore += 1
            case .refused(let reason): failed.append((candidate, BadRow(reason: reason)))
            case .new(let id), .changed(let id):
                let isNew = if case .new = verdict { true } else { false }
                for blob in candidate.blobs { try store.blobs.put(blob) }
                requests.append(AppendRequest([event(of: candidate, id: id, changed: !isNew)]))
                waiting.append((candidate, isNew))
            }
        }
        guard !requests.isEmpty else { return failed }
        for ((candidate, isNew), result) in zip(waiting, try store.engine.append(requests)) {
            switch result {
            case .success(let receipts):
                let place = candidate.old.table
                if receipts.contains(where: \.isRepeat) {
                    report.tables[place].storedBefore += 1
                } else if isNew {
                    report.tables[place].new += 1
                } else {
                    report.tables[place].changed += 1
                }
            case .failure(let error): failed.append((candidate, error))
            }
        }
        return failed
    }

    private func verdicts(_ candidates: [Candidate]) throws -> [ImportHistory.Verdict] {
        let snapshot = try store.engine.snapshot(of: projections)
        defer { snapshot.end() }
        let history = ImportHistory(snapshot: snapshot, source: source)
        let readers = try tables.map { try snapshot.projection($0.legacy.projection).table($0.name) }
        return try candidates.map { try history.verdict(of: $0, in: readers[$0.old.table]) }
    }

    private func event(of candidate: Candidate, id: String, changed: Bool) -> CloudEvent {
        // A row without a time of its own has that of what it belongs to.
        let time = tables[candidate.old.table].time(of: candidate.values, changed: changed) ?? Self.time(candidate.old.time)
        return CloudEvent(id: id, source: source, type: candidate.table.type, time: time, data: candidate.data)
    }

    private static func time(_ microseconds: Int64) -> Timestamp? {
        Timestamp(unixSeconds: Double(microseconds) / 1e6).map { _ in Timestamp(microseconds: microseconds) }
    }

    // MARK: Rows that are gone

    /// Stores that rows are gone. Returns false when some could not go yet.
    private func removeGoneRows(of place: Int, isLast: Bool) throws -> Bool {
        let table = tables[place]
        if case .never = table.legacy.removal { return true }
        var after: [UInt8]? = nil
        var isWhole = true
        while true {
            let (gone, last) = try goneRows(of: table, after: after)
            let results = try gone.isEmpty ? [] : store.engine.append(gone.map { AppendRequest([$0.event]) })
            for ((row, _), result) in zip(gone, results) {
                switch result {
                case .success: report.tables[place].removed += 1
                case .failure(let error):
                    isWhole = false
                    if isLast { try reject(goneRow: row, table, "the row is gone, but cannot be removed: \(error)", place) }
                }
            }
            guard let last else { return isWhole }
            after = last
        }
    }

    /// The next rows of Spool's table that came from an import and that the old table has no more.
    ///
    /// - Returns: them, and the last key that was looked at; nil at the end.
    private func goneRows(
        of table: OldTable, after key: [UInt8]?
    ) throws -> (gone: [(row: [UInt8], event: CloudEvent)], last: [UInt8]?) {
        let snapshot = try store.engine.snapshot(of: [table.legacy.projection])
        defer { snapshot.end() }
        let reader = try snapshot.projection(table.legacy.projection).table(table.name)
        let history = ImportHistory(snapshot: snapshot, source: source)
        let cursor = try reader.transaction.cursor(reader.tree)
        var found = try key.map { try cursor.seek($0) } ?? cursor.move(.first)
        if found, let key, cursor.key.starts(with: key), cursor.key.byteCount == key.count { found = try cursor.move(.next) }
        var gone: [(row: [UInt8], event: CloudEvent)] = []
        while found {
            let row = cursor.value.array
            let values = table.schema.values(of: row)
            if try !table.hasRow(key: table.schema.key.map { values[$0] }), let id = try history.removalID(of: row, in: table.legacy),
                let event = table.legacy.removal(of: values, id: id, source: source)
            {
                gone.append((row, event))
                if gone.count == Self.batchRows { return (gone, cursor.key.array) }
            }
            found = try cursor.move(.next)
        }
        return (gone, nil)
    }

    // MARK: Rows that are not taken

    private func reject(_ candidate: Candidate, _ reason: String) throws {
        try reject(candidate.old, reason, key: candidate)
    }

    private func reject(_ row: OldRow, _ reason: String, key candidate: Candidate?) throws {
        let table = tables[row.table]
        let values = candidate?.values
        if let key = candidate?.key ?? table.key(of: row.cells) { importer.rejectedKeys[table.name, default: []].insert(key) }
        let keyText = values.map { table.schema.keyText(of: table.schema.bytes(of: $0)) } ?? table.keyText(of: row.cells)
        try reject(
            RejectedRow(
                table: table.name, key: keyText, rowID: row.rowID, reason: explained(reason, of: candidate),
                row: zip(table.own.columns, row.cells).map { ($0, $1) }))
    }

    /// A row that names a rejected one says so.
    private func explained(_ reason: String, of candidate: Candidate?) -> String {
        guard let candidate, reason.hasPrefix("FOREIGN KEY") else { return reason }
        for reference in candidate.table.schema.references where reference.column == nil {
            let key = OrderedKey([candidate.values[reference.place]]).bytes
            if importer.rejectedKeys[reference.table]?.contains(key) == true { return "\(reason); that row was rejected" }
        }
        return reason
    }

    private func reject(goneRow row: [UInt8], _ table: OldTable, _ reason: String, _ place: Int) throws {
        let values = table.schema.values(of: row)
        try reject(
            RejectedRow(
                table: table.name, key: table.schema.keyText(of: row), rowID: nil, reason: reason,
                row: zip(table.schema.columns, values).map { ($0.name, $1) }))
    }

    /// - Parameter isRow: the table's rows count it already.
    func reject(_ row: RejectedRow, isRow: Bool = true) throws {
        if let place = report.tables.firstIndex(where: { $0.name == row.table }) {
            report.tables[place].rejected += 1
            if !isRow { report.tables[place].rows += 1 }
        }
        try rejected(row)
    }
}

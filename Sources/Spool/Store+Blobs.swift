import Projection

/// What a check of a store's blobs found.
public struct BlobVerification: Sendable {
    /// How many there are.
    public var count = 0
    /// Blobs that are damaged, and rows whose bytes are not there: at most 100, in words.
    public var problems: [String] = []
    public var problemCount = 0

    mutating func add(_ problem: String) {
        problemCount += 1
        if problems.count < 100 { problems.append(problem) }
    }
}

extension Store {
    /// Reads every blob, and looks for each that a row names.
    ///
    /// - Parameter names: the projections whose rows are looked at; nil: all.
    public func verifyBlobs(of names: Set<String>? = nil) throws -> BlobVerification {
        var result = BlobVerification()
        result.count = blobs.list().count
        for damaged in blobs.check() { result.add(damaged.problem) }
        for projection in engine.projections where names?.contains(projection.name) != false {
            let tables = projection.projector.tables.map(\.schema).filter { $0.columns.contains(where: \.isBlobHash) }
            if tables.isEmpty { continue }
            let reader = try engine.tables(of: projection.name)
            defer { reader.end() }
            for table in tables { try findMissing(of: reader.table(table.name), &result) }
        }
        return result
    }

    private func findMissing(of table: TableReader, _ result: inout BlobVerification) throws {
        let schema = table.schema
        let rows = try table.rows()
        while let row = try rows.next() {
            for place in schema.columns.indices where schema.columns[place].isBlobHash {
                guard let hash = BlobHash(sqlValue: row[place]), !blobs.contains(hash) else { continue }
                let key = schema.key.map { row[$0].plainText }.joined(separator: ", ")
                result.add(
                    "\(schema.name) row \(key): there is no blob \(hash.hex), which is its \(schema.columns[place].name). "
                        + "`spool blob put FILE` puts it back.")
            }
        }
    }
}

import Projection

/// A row as an old table has it.
struct OldRow {
    /// The table's place among those that are read.
    let table: Int
    /// By what it is ordered, in microseconds since 1970.
    let time: Int64
    let rowID: Int64?
    /// All columns of the old table.
    let cells: [SQLValue]
}

/// The rows of several tables by time; of one time, those that others name come first. One row of each table is in memory.
final class MergedRows {
    private let cursors: [OldStatement]
    private let columnCounts: [Int]
    private var waiting: [OldRow?]

    /// - Parameter tables: each after those that its rows name.
    init(_ tables: [OldTable]) throws {
        let byName = Dictionary(uniqueKeysWithValues: tables.map { ($0.name, $0) })
        cursors = try tables.map { table in
            do {
                return try table.cursor(among: byName)
            } catch ImportError.failed(let path, _, let reason) {
                throw ImportError.failed(path: path, table: table.name, reason: reason)
            }
        }
        columnCounts = tables.map(\.own.columns.count)
        waiting = Array(repeating: nil, count: tables.count)
        for place in tables.indices { try advance(place) }
    }

    func next() throws -> OldRow? {
        var first: Int?
        for place in waiting.indices {
            guard let row = waiting[place] else { continue }
            if let best = first, let bestRow = waiting[best], bestRow.time <= row.time { continue }
            first = place
        }
        guard let first else { return nil }
        let row = waiting[first]
        try advance(first)
        return row
    }

    private func advance(_ place: Int) throws {
        let cursor = cursors[place]
        guard try cursor.step() else {
            waiting[place] = nil
            return
        }
        waiting[place] = OldRow(
            table: place, time: cursor.integer(0) ?? .min, rowID: cursor.integer(1),
            cells: (0..<columnCounts[place]).map { cursor.value($0 + 2) })
    }
}

import EventLog
import LMDB
import Projection

/// Goes through the rows of a plan. A row is looked up only when a column of it is asked for.
final class TableCursor: VirtualCursor {
    private enum Walk {
        /// One row, by its primary key.
        case single
        case rows(Cursor)
        /// All rows, along `scan`.
        case all
        case entries(Cursor, IndexSchema)
        /// Primary keys in the order planned, where the tree gives another.
        case sorted([[UInt8]], next: Int)
    }

    private let table: ProjectedTable
    private let reader: TableReader
    private var walk = Walk.single
    private var scan: TreeScan?
    /// The row that `scan` stands at.
    private var scanned: UnsafeRawBufferPointer?
    private var range = KeyRange()
    private var isBackward = false
    private(set) var isAtEnd = true

    /// The primary key of the current row, when the walk is not along the rows themselves.
    private var key: [UInt8]?
    /// The current row in the mapped file, once it was looked up; valid while the snapshot is.
    private var row: UnsafeRawBufferPointer?
    private var cells: [RowFormat.Cell] = []
    private var entry = IndexEntryReader()

    /// Where the content of blob columns is.
    private let blobs: (any BlobReader)?
    private let columnCount: Int
    /// Whether there are columns whose content is kept elsewhere.
    private let hasBlobs: Bool

    init(_ table: ProjectedTable, _ reader: TableReader, blobs: (any BlobReader)?) {
        self.table = table
        self.blobs = blobs
        self.reader = reader
        columnCount = reader.schema.columns.count
        hasBlobs = blobs != nil && reader.schema.columns.contains(where: \.isBlobHash)
        cells.reserveCapacity(columnCount)
    }

    func filter(_ number: Int, _ arguments: ArgumentList) throws {
        isAtEnd = true
        forgetRow()
        guard let plan = table.plan(number) else { throw ProjectionError.notSettled }
        let search = TableSearch(plan, reader.schema, arguments)
        if search.isEmpty { return }
        isBackward = plan.isBackward
        range = search.range
        if search.isWidened, plan.isOrdered {
            walk = .sorted(try sortedKeys(plan), next: 0)
            return try next()
        }
        switch plan.path {
        case .primaryKey:
            if let exact = search.exactKey {
                walk = .single
                key = exact
                isAtEnd = try !findRow()
            } else if range == KeyRange(), !isBackward {
                walk = .all
                scan = try reader.transaction.scan(reader.tree)
                try moveScan()
            } else {
                let cursor = try reader.transaction.cursor(reader.tree)
                walk = .rows(cursor)
                isAtEnd = try !range.moveToFirst(cursor, backward: isBackward)
            }
        case .index(let place):
            if let exact = search.exactKey {
                walk = .single
                key = try reader.transaction.copy(of: exact, in: reader.indexTree(place))
                isAtEnd = key == nil
            } else {
                let cursor = try reader.transaction.cursor(reader.indexTree(place))
                let index = reader.schema.indexes[place]
                walk = .entries(cursor, index)
                entry.prepare(index, reader.schema)
                isAtEnd = try !range.moveToFirst(cursor, backward: isBackward)
            }
        }
    }

    func next() throws {
        forgetRow()
        switch walk {
        case .single: isAtEnd = true
        case .all: try moveScan()
        case .rows(let cursor), .entries(let cursor, _): isAtEnd = try !range.moveToNext(cursor, backward: isBackward)
        case .sorted(let keys, let next):
            isAtEnd = next >= keys.count
            guard !isAtEnd else { return }
            key = keys[next]
            walk = .sorted(keys, next: next + 1)
        }
    }

    /// Hands over a column of a row that was looked up; returns false where that is not so, or more is to be done for it.
    // The way of nearly every column of a long result.
    @inline(__always)
    func setKnown(_ place: Int, to result: ColumnResult) -> Bool {
        guard let row, !hasBlobs, place < cells.count else { return false }
        result.set(cells[place], in: row)
        return true
    }

    func column(_ place: Int, to result: ColumnResult) throws {
        // What stands in the index need not be fetched from the row.
        if row == nil, case .entries(let cursor, _) = walk, entry.set(place, from: cursor, to: result) { return }
        let row = try currentRow()
        guard cells.indices.contains(place) else { return result.setNull() }
        if hasBlobs, reader.schema.columns[place].isBlobHash, let blobs, let hash = BlobHash(row: row.bytes, cells[place]) {
            return result.set(try blobs.read(hash))
        }
        result.set(cells[place], in: row)
    }

    func rowID() throws -> Int64 {
        let row = try currentRow()
        if let place = table.rowIDColumn, cells.indices.contains(place) { return RowFormat.integer(cells[place], in: row.bytes) }
        // Only where a key may contain NULL: SQLite tells rows apart by it when it unites the parts of an OR.
        var key = OrderedKey()
        for place in reader.schema.key { key.append(cells[place], in: row.bytes) }
        return Int64(bitPattern: key.bytes.hash64)
    }

    private func moveScan() throws {
        var place: UnsafeRawBufferPointer?
        isAtEnd = try scan?.next { place = $0.withUnsafeBytes { $0 } } != true
        scanned = place
    }

    // MARK: Rows

    private func forgetRow() {
        row = nil
        entry.forget()
    }

    private func currentRow() throws -> UnsafeRawBufferPointer {
        if let row { return row }
        if case .all = walk, let scanned {
            try take(scanned.bytes)
        } else if case .rows(let cursor) = walk {
            try take(cursor.value)
        } else {
            if case .entries(let cursor, let index) = walk { key = index.primaryKey(inEntry: cursor.key, cursor.value) }
            guard try findRow() else { throw damage }
        }
        guard let row else { throw damage }
        return row
    }

    /// Looks the row up by `key`; returns whether it is there.
    private func findRow() throws -> Bool {
        let transaction = reader.transaction
        guard let key, let value = try transaction.value(of: key, in: reader.tree) else { return false }
        try take(value)
        return true
    }

    private func take(_ value: RawSpan) throws {
        guard RowFormat.locate(columnCount, in: value, into: &cells) else { throw damage }
        row = value.withUnsafeBytes { $0 }
    }

    private var damage: ProjectionError { .damagedRow(table: reader.schema.name) }

    /// The primary keys of the range in the order of what follows the plan's equalities.
    private func sortedKeys(_ plan: TablePlan) throws -> [[UInt8]] {
        var found: [(rest: [UInt8], key: [UInt8])] = []
        let index: IndexSchema? = if case .index(let place) = plan.path { reader.schema.indexes[place] } else { nil }
        let tree = if case .index(let place) = plan.path { reader.indexTree(place) } else { reader.tree }
        let cursor = try reader.transaction.cursor(tree)
        var isThere = try range.moveToFirst(cursor, backward: false)
        while isThere {
            var offset = 0
            for place in plan.equalities.indices {
                let descending = index?.columns[place].descending ?? false
                guard let end = OrderedKey.end(ofComponentAt: offset, in: cursor.key, descending: descending) else { throw damage }
                offset = end
            }
            let rest = cursor.key.extracting(min(offset, cursor.key.byteCount)..<cursor.key.byteCount).array
            guard let key = index.map({ $0.primaryKey(inEntry: cursor.key, cursor.value) }) ?? cursor.key.array else { throw damage }
            found.append((rest, key))
            isThere = try range.moveToNext(cursor, backward: false)
        }
        found.sort { plan.isBackward ? $1.rest.precedes($0.rest) : $0.rest.precedes($1.rest) }
        return found.map(\.key)
    }
}

import EventLog
import LMDB

/// Values of columns to look rows up by.
public typealias ColumnValues = KeyValuePairs<String, any ColumnValue>

/// A table's rows, in a snapshot or as its writer sees them.
protocol RowSource: AnyObject {
    var schema: TableSchema { get }
    /// Visits the row under a primary key; nil when there is none.
    func withRow<T>(_ key: RawSpan, _ body: (RawSpan) throws -> T) throws -> T?
    /// The primary key of the row with this entry in a unique index.
    func primaryKey(ofUniqueEntry entry: RawSpan, inIndex place: Int) throws -> [UInt8]?
    /// Keys of the rows whose entries in an index (nil: the primary key) begin with `prefix`, in index order.
    ///
    /// - Parameter columns: how many columns make up the prefix.
    func keys(inIndex place: Int?, startingWith prefix: [UInt8], columns: Int) throws -> [[UInt8]]
}

extension RowSource {
    /// A copy of the row under a primary key, as `OrderedKey` writes it.
    func row(_ key: [UInt8]) throws -> [UInt8]? { try withRow(key.span.bytes) { $0.array } }

    func uniqueEntry(_ values: SoughtValues) -> (place: Int, entry: [UInt8])? {
        for place in schema.indexes.indices where schema.indexes[place].isUnique && schema.indexes[place].columns.count == values.count {
            let index = schema.indexes[place]
            var entry = OrderedKey()
            let isComplete = index.columns.allSatisfy { column in
                guard let value = values[schema.columns[column.place].name], value != .null else { return false }
                entry.append(value, descending: column.descending)
                return true
            }
            if isComplete { return (place, entry.bytes.asKey) }
        }
        return nil
    }

    func keys(_ values: SoughtValues) throws -> [[UInt8]] {
        guard let (index, prefix) = path(to: values) else {
            throw ProjectionError.noIndex(table: schema.name, columns: values.names)
        }
        // A key that was shortened begins alike for other values too: look at the rows.
        let isExact = prefix.count < OrderedKey.greatestExactLength
        let keys = try keys(
            inIndex: index, startingWith: isExact ? prefix : Array(prefix.prefix(OrderedKey.greatestExactLength)), columns: values.count)
        if isExact { return keys }
        return try keys.filter { key in
            guard let row = try row(key) else { return false }
            let stored = schema.values(of: row)
            return values.allSatisfy { sought in schema.place(of: sought.name).map { stored[$0] == sought.value } ?? false }
        }
    }

    /// The primary key (nil) or the first index that begins with these columns, and how its keys begin.
    func path(to values: SoughtValues) -> (index: Int?, prefix: [UInt8])? {
        if let prefix = prefix(values, ofIndex: nil) { return (nil, prefix) }
        for place in schema.indexes.indices {
            if let prefix = prefix(values, ofIndex: place) { return (place, prefix) }
        }
        return nil
    }

    /// How the keys of rows with these values begin; nil where the primary key (nil) or the index does not begin with their columns.
    func prefix(_ values: SoughtValues, ofIndex index: Int?) -> [UInt8]? {
        if let index, schema.indexes[index].condition != nil { return nil }
        guard index.map({ schema.indexes[$0].columns.count }) ?? schema.key.count >= values.count else { return nil }
        // Column by column, and no list of them: most of the indexes asked for begin with others.
        func column(_ step: Int) -> IndexSchema.IndexColumn {
            index.map { schema.indexes[$0].columns[step] } ?? .init(place: schema.key[step], descending: false)
        }
        for step in 0..<values.count {
            guard values.contains(schema.columns[column(step).place].name) else { return nil }
        }
        var key = OrderedKey(capacity: 32)
        for step in 0..<values.count {
            let column = column(step)
            key.append(values[schema.columns[column.place].name] ?? .null, descending: column.descending)
        }
        return key.bytes
    }

    func columns(ofIndex index: Int?) -> [IndexSchema.IndexColumn] {
        index.map { schema.indexes[$0].columns } ?? schema.key.map { .init(place: $0, descending: false) }
    }
}

extension IndexSchema {
    /// The entries from a cursor that begin with `prefix`, each with its primary key.
    ///
    /// - Parameter index: nil for the table's own tree.
    static func collect(
        _ index: IndexSchema?, _ cursor: Cursor, startingWith prefix: [UInt8], table: String
    ) throws -> [(entry: [UInt8], key: [UInt8])] {
        var found: [(entry: [UInt8], key: [UInt8])] = []
        var isThere = try cursor.seek(prefix)
        while isThere, cursor.key.starts(with: prefix) {
            let entry = cursor.key.array
            if let index {
                guard let key = index.primaryKey(inEntry: cursor.key, cursor.value) else { throw ProjectionError.damagedRow(table: table) }
                found.append((entry, key))
            } else {
                found.append((entry, entry))
            }
            isThere = try cursor.move(.next)
        }
        return found
    }
}

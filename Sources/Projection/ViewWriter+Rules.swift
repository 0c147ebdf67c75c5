import LMDB

extension ViewWriter {
    // MARK: Rules

    /// Holds a row, whose cells are located, against the table's rules; finds its entries in the unique indexes.
    func check<R>(_ table: Table<R>, _ row: R, _ bytes: ByteArena.Slice, _ number: Int, _ buffer: TableBuffer) throws {
        let schema = table.schema
        if enforcesChecks {
            for check in table.checks where !check.holds(row, settings) {
                let found = check.place.map { ", found \(buffer.value($0, of: bytes))" } ?? ""
                throw RuleViolation(
                    .check, table: table.name, row: buffer.keyText(of: bytes), field: check.column,
                    "expected that \(check.column) \(check.rule)\(found)")
            }
        }
        if let (index, other) = try buffer.findUniqueEntries(of: bytes, number: number) {
            let values = index.columns.map { buffer.value($0.place, of: bytes).description }
            let otherRow = try buffer.row(other).map { schema.keyText(of: $0) } ?? "?"
            throw RuleViolation(
                .unique, table: table.name, row: otherRow,
                field: index.columns.map { schema.columns[$0.place].name }.joined(separator: ", "),
                "this row has \(values.joined(separator: ", ")) already")
        }
        for reference in schema.references {
            let value = buffer.value(reference.place, of: bytes)
            guard value != .null else { continue }
            guard try hasRow(value, for: reference) else {
                throw RuleViolation(
                    .foreignKey, table: table.name, row: buffer.keyText(of: bytes), field: schema.columns[reference.place].name,
                    "there is no \(reference.table) row \(value)")
            }
        }
    }

    /// Whether there is the row that a reference names.
    private func hasRow(_ value: SQLValue, for reference: ReferenceSchema) throws -> Bool {
        let parent = try buffer(reference.table)
        let key = OrderedKey([value]).bytes.asKey
        guard let column = reference.column else { return try parent.withRow(key.span.bytes) { _ in true } ?? false }
        let index = parent.schema.indexes.firstIndex { index in
            index.isUnique && index.columns.map { parent.schema.columns[$0.place].name } == [column]
        }
        guard let index else { throw ProjectionError.noIndex(table: reference.table, columns: [column]) }
        return try parent.primaryKey(ofUniqueEntry: key.span.bytes, inIndex: index) != nil
    }

    // MARK: Cascades

    func delete(_ buffer: TableBuffer, _ number: Int, _ row: ByteArena.Slice) throws {
        cascadeDepth += 1
        defer { cascadeDepth -= 1 }
        try set(buffer, number, to: nil)
        for child in buffers {
            for reference in child.schema.references where reference.table == buffer.schema.name {
                try follow(reference, from: child, toDeleted: row, of: buffer)
            }
        }
    }

    private func follow(
        _ reference: ReferenceSchema, from child: TableBuffer, toDeleted row: ByteArena.Slice, of parent: TableBuffer
    ) throws {
        let schema = child.schema
        let named = reference.column.flatMap { parent.schema.place(of: $0) } ?? parent.schema.key[0]
        try parent.locate(row)
        let value = parent.value(named, of: row)
        let index = schema.indexes.firstIndex { $0.columns.first?.place == reference.place && $0.condition == nil }
        let isIndexed = index != nil || schema.key.first == reference.place
        var prefix = OrderedKey()
        if isIndexed { prefix.append(value, descending: index.map { schema.indexes[$0].columns[0].descending } ?? false) }
        let arena = arena
        let keys = try child.keys(
            inIndex: index, startingWith: Array(prefix.bytes.prefix(OrderedKey.greatestExactLength)), columns: isIndexed ? 1 : 0)
        for key in keys {
            let number = try child.number(ofRow: key.span.bytes)
            guard let childRow = child.changes[number].row else { continue }
            try child.locate(childRow)
            guard child.value(reference.place, of: childRow) == value else { continue }
            switch reference.onDelete {
            case .cascade: try delete(child, number, childRow)
            case .restrict:
                throw RuleViolation(
                    .restrict, table: schema.name, row: child.keyText(of: childRow), field: schema.columns[reference.place].name,
                    "\(parent.schema.name) row \(value.plainText) cannot go while this row names it")
            case .setNull:
                var encoder = RowEncoder()
                for place in schema.columns.indices {
                    encoder.append(place == reference.place ? .null : child.value(place, of: childRow))
                }
                try set(child, number, to: encoder.store(in: arena))
            }
        }
    }
}

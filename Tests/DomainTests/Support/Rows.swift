import LMDB
import Projection
import TestSupport

/// The rows of a store's tables, as SQL would show them.
enum Rows {
    /// Every row of a table, by primary key.
    static func all(_ engine: Engine, _ table: String) throws -> [[SQLValue]] {
        guard let projection = engine.projections.first(where: { $0.projector.tables.contains { $0.schema.name == table } }) else {
            throw ProjectionError.unknownTable(table)
        }
        let snapshot = try engine.snapshot(of: [projection.name])
        defer { snapshot.end() }
        let reader = try snapshot.projection(projection.name).table(table)
        let cursor = try reader.transaction.cursor(reader.tree)
        var cells: [RowFormat.Cell] = []
        var rows: [[SQLValue]] = []
        var found = try cursor.move(.first)
        while found {
            let row = cursor.value
            guard RowFormat.locate(reader.schema.columns.count, in: row, into: &cells) else {
                throw ProjectionError.damagedRow(table: table)
            }
            var values: [SQLValue] = []
            for cell in cells { values.append(RowFormat.value(cell, in: row)) }
            rows.append(values)
            found = try cursor.move(.next)
        }
        return rows
    }

    /// Whether two rows are the same to the bit: `==` of strings would take é for é.
    static func areSame(_ one: [SQLValue], _ other: [SQLValue]) -> Bool {
        one.elementsEqual(other) { one, other in
            switch (one, other) {
            case (.text(let one), .text(let other)): one.utf8.elementsEqual(other.utf8)
            case (.real(let one), .real(let other)):
                one.bitPattern == other.bitPattern || SQLiteDatabase.compensatesSums && abs(one - other) <= 1e-12 * max(one, other)
            default: one == other
            }
        }
    }
}

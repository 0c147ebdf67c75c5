import Projection
import TestSupport

/// Makes statements up, with values from the rows and with values of quite other types.
struct RandomQuery {
    private(set) var sql = ""
    private(set) var parameters: [SQLValue] = []
    /// The order is total: rows must come in exactly this order.
    private(set) var isOrdered = false

    /// The statement for SQLite's own tables, which must sort: SQLite 3.40 leaves out a term of ORDER BY when an equality seems to fix it, also
    /// where a text equals a number and '5' and '05' both do.
    var modelSQL: String {
        let parts = sql.split(separator: " ORDER BY ", maxSplits: 1)
        guard parts.count == 2 else { return sql }
        return parts[0] + " ORDER BY " + parts[1].split(separator: ", ").map { "+" + $0 }.joined(separator: ", ")
    }

    private var random: SplitMix64

    private struct Source {
        let schema: TableSchema
        let alias: String
    }

    init(seed: UInt64) {
        random = SplitMix64(seed: seed)
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<5: single()
        case 5..<7: join()
        case 7: aggregate()
        case 8: distinct()
        default: json()
        }
    }

    private mutating func chance(_ one: Int, in all: Int) -> Bool { Int.random(in: 0..<all, using: &random) < one }

    private mutating func pick<T>(_ values: [T]) -> T { values[Int.random(in: values.indices, using: &random)] }

    private static let schemas = [Item.table.schema, Place.table.schema, Link.table.schema]

    // MARK: Statements

    private mutating func single() {
        let source = Source(schema: pick(Self.schemas), alias: "t")
        let columns = chance(1, in: 3) ? "*" : columnList(source)
        sql = "SELECT \(columns) FROM \(source.schema.name) t" + condition([source])
        order([source])
    }

    private mutating func join() {
        let i = Source(schema: Self.schemas[0], alias: "i")
        let p = Source(schema: Self.schemas[1], alias: "p")
        let l = Source(schema: Self.schemas[2], alias: "l")
        let kind = chance(1, in: 4) ? "LEFT JOIN" : "JOIN"
        let (from, sources): (String, [Source]) = pick([
            ("items i \(kind) links l ON l.item = i.id", [i, l]),
            ("links l \(kind) items i ON l.item = i.id", [i, l]),
            ("links l \(kind) places p ON p.code = l.place", [l, p]),
            // A text compared with a number: the text is taken for a number.
            ("items i \(kind) places p ON p.code = i.count", [i, p]),
            ("places p \(kind) items i ON i.kind = p.rank", [i, p]),
            ("items i \(kind) items j ON i.kind = j.kind AND i.count < j.count", [i, Source(schema: i.schema, alias: "j")]),
            ("items i \(kind) places p ON p.title = i.name AND p.rank >= i.count", [i, p]),
            ("items i \(kind) places p ON p.height = i.count", [i, p]),
        ])
        sql = "SELECT \(columnList(sources[0])), \(columnList(sources[1])) FROM \(from)" + condition(sources)
        order(sources)
    }

    private mutating func aggregate() {
        let source = Source(schema: pick(Self.schemas), alias: "t")
        let group = column(source)
        let other = column(source)
        sql = "SELECT \(group), count(*), count(\(other)), min(\(other)), max(\(other)) FROM \(source.schema.name) t" + condition([source])
        sql += chance(2, in: 3) ? " GROUP BY \(group)" : " GROUP BY 1 HAVING count(*) > 1"
        if chance(1, in: 2) {
            sql += " ORDER BY \(group)\(chance(1, in: 2) ? " DESC" : "")"
            isOrdered = true
        }
    }

    private mutating func distinct() {
        let source = Source(schema: pick(Self.schemas), alias: "t")
        let one = column(source)
        let two = column(source)
        sql = "SELECT DISTINCT \(one), \(two) FROM \(source.schema.name) t" + condition([source])
        if chance(1, in: 2) {
            sql += " ORDER BY \(one)\(chance(1, in: 2) ? " DESC" : ""), \(two)"
            isOrdered = true
        }
    }

    private mutating func json() {
        let source = Source(schema: Self.schemas[0], alias: "t")
        if chance(1, in: 2) {
            sql = "SELECT t.id, json_extract(t.doc, '$.n') AS n FROM items t" + condition([source])
            order([source])
        } else {
            sql = "SELECT t.id, e.value FROM items t, json_each(t.doc, '$.tags') e" + condition([source]) + " ORDER BY t.id, e.key"
            isOrdered = true
        }
    }

    // MARK: Clauses

    private mutating func column(_ source: Source) -> String { "\(source.alias).\(pick(source.schema.columns).name)" }

    private mutating func columnList(_ source: Source) -> String {
        (0..<Int.random(in: 1...3, using: &random)).map { _ in column(source) }.joined(separator: ", ")
    }

    private mutating func condition(_ sources: [Source]) -> String {
        let count = Int.random(in: 0...3, using: &random)
        guard count > 0 else { return "" }
        return " WHERE " + (0..<count).map { _ in term(sources, depth: 0) }.joined(separator: " AND ")
    }

    private mutating func term(_ sources: [Source], depth: Int) -> String {
        if depth == 0, chance(1, in: 5) {
            return "(\((0..<Int.random(in: 2...3, using: &random)).map { _ in term(sources, depth: 1) }.joined(separator: " OR ")))"
        }
        let source = pick(sources)
        // The first columns of indexes and keys more often than others.
        let indexed = source.schema.indexes.map { $0.columns[0].place } + source.schema.key
        let place = chance(2, in: 3) ? pick(indexed) : Int.random(in: source.schema.columns.indices, using: &random)
        let column = source.schema.columns[place]
        let name = "\(source.alias).\(column.name)"
        switch Int.random(in: 0..<16, using: &random) {
        case 0..<5: return "\(name) = \(value(column))"
        case 5..<8: return "\(name) \(pick(["<", "<=", ">", ">="])) \(value(column))"
        case 8: return "\(name) BETWEEN \(value(column)) AND \(value(column))"
        case 9: return "\(name) IN (\((0..<Int.random(in: 1...4, using: &random)).map { _ in value(column) }.joined(separator: ", ")))"
        case 10: return "\(name) IS \(chance(1, in: 2) ? "NOT " : "")NULL"
        case 11: return "\(name) IS \(value(column))"
        case 12: return "\(name) LIKE \(literal(.text(pattern(["%", "_"]))))"
        case 13: return "\(name) GLOB \(literal(.text(pattern(["*", "?", "[a-c]"]))))"
        case 14: return "\(name) = CAST(\(value(column)) AS INTEGER)"
        default:
            if source.schema.place(of: "flag") != nil { return "\(source.alias).flag = 0" }
            return "\(name) <> \(value(column))"
        }
    }

    private mutating func pattern(_ wildcards: [String]) -> String {
        String(Rows.text(&random).prefix(Int.random(in: 0...3, using: &random))) + pick(wildcards + [""])
            + (chance(1, in: 3) ? Rows.text(&random) : "")
    }

    /// Mostly one that the column could hold.
    private mutating func value(_ column: Column) -> String {
        let type = chance(3, in: 4) ? column.type : pick([.integer, .real, .text, .blob])
        switch type {
        case .integer: return literal(.integer(Int64(Rows.integer(&random))))
        case .real: return literal(.real(Rows.real(&random)))
        case .text:
            if chance(1, in: 8) {
                return literal(.text(pick(["5", "5.0", " 5", "5x", "1e1", "-1", "9223372036854775808", "0x10", "NULL"])))
            }
            if column.name == "kind" { return literal(.text(pick(Rows.kinds))) }
            return literal(.text(chance(1, in: 8) ? Rows.long(&random) : Rows.text(&random)))
        case .blob: return literal(chance(1, in: 10) ? .null : .blob(pick([[], [0], [0x61], [0xFF], [1, 0], [0xFF, 0xFF, 1]])))
        }
    }

    private mutating func literal(_ value: SQLValue) -> String {
        var hasNUL = false
        if case .text(let text) = value { hasNUL = text.utf8.contains(0) }
        if hasNUL || chance(1, in: 3) {
            parameters.append(value)
            return "?"
        }
        if case .real(let real) = value, real.isInfinite { return real > 0 ? "9e999" : "-9e999" }
        return value.description
    }

    private mutating func order(_ sources: [Source]) {
        guard chance(3, in: 4) else { return }
        var terms: [String] = []
        if sources.count == 1 || chance(1, in: 3), let index = sources[0].schema.indexes.randomElement(using: &random), chance(2, in: 3) {
            // The order that an index has, from either end.
            let backward = chance(1, in: 2)
            let source = sources[0]
            terms = index.columns.map {
                "\(source.alias).\(source.schema.columns[$0.place].name)\($0.descending != backward ? " DESC" : "")"
            }
            terms += source.schema.key.map { "\(source.alias).\(source.schema.columns[$0].name)\(backward ? " DESC" : "")" }
            for source in sources.dropFirst() { terms += source.schema.key.map { "\(source.alias).\(source.schema.columns[$0].name)" } }
            if chance(1, in: 4) { terms.removeFirst() }
            return finish(terms + sources[0].schema.key.map { "\(source.alias).\(source.schema.columns[$0].name)" })
        }
        for _ in 0..<Int.random(in: 0...2, using: &random) {
            let source = pick(sources)
            let indexed = source.schema.indexes.flatMap { $0.columns.map(\.place) }
            terms.append("\(source.alias).\(source.schema.columns[pick(indexed)].name)\(chance(1, in: 2) ? " DESC" : "")")
        }
        let direction = chance(1, in: 3) ? " DESC" : ""
        for source in sources {
            terms += source.schema.key.map { "\(source.alias).\(source.schema.columns[$0].name)\(direction)" }
        }
        finish(terms)
    }

    private mutating func finish(_ terms: [String]) {
        sql += " ORDER BY " + terms.joined(separator: ", ")
        isOrdered = true
        if chance(1, in: 2) { sql += " LIMIT \(Int.random(in: 0...12, using: &random))" }
        if sql.contains(" LIMIT "), chance(1, in: 3) { sql += " OFFSET \(Int.random(in: 0...5, using: &random))" }
    }
}

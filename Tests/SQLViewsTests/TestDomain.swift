import EventLog
import Projection

/// Bytes, so that a table can have a BLOB column.
struct Blob: ColumnValue, Hashable {
    var bytes: [UInt8] = []

    static var columnType: ColumnType { .blob }
    var sqlValue: SQLValue { .blob(bytes) }

    init(_ bytes: [UInt8] = []) { self.bytes = bytes }

    init?(sqlValue: SQLValue) {
        guard case .blob(let bytes) = sqlValue else { return nil }
        self.bytes = bytes
    }
}

struct Item: Row, Equatable {
    var id = 0
    var name: String?
    var kind = ""
    var score: Double?
    var count: Int?
    var flag = 0
    var note: String?
    var payload: Blob?
    var doc: String?

    mutating func columns(_ column: inout ColumnCoder) {
        column("id", &id)
        column("name", &name)
        column("kind", &kind)
        column("score", &score)
        column("count", &count)
        column("flag", &flag)
        column("note", &note)
        column("payload", &payload)
        column("doc", &doc)
    }

    static let table = Table<Item>(
        "items", key: "id",
        elements: [
            .unique("name"),
            .index("idx_items_kind", "kind"),
            .index("idx_items_score", .descending("score")),
            .index("idx_items_kind_count", "kind", .descending("count")),
            .index("idx_items_unflagged", .descending("score"), where: "flag", is: 0),
            .index("idx_items_note", "note"),
            .index("idx_items_payload", .descending("payload")),
            .index("idx_items_doc_desc", .descending("doc"), "count"),
        ])
}

struct Place: Row, Equatable {
    var code = ""
    var title = ""
    var rank: Int?
    var height = 0.0

    mutating func columns(_ column: inout ColumnCoder) {
        column("code", &code)
        column("title", &title)
        column("rank", &rank)
        column("height", &height)
    }

    static let table = Table<Place>(
        "places", key: "code",
        elements: [
            .index("idx_places_title", "title", "rank"),
            .index("idx_places_rank", .descending("rank")),
            .unique("height", "code"),
        ])
}

struct Link: Row, Equatable {
    var item = 0
    var place = ""
    var seq = 0
    var weight: Double?

    mutating func columns(_ column: inout ColumnCoder) {
        column("item", &item)
        column("place", &place)
        column("seq", &seq)
        column("weight", &weight)
    }

    static let table = Table<Link>(
        "links", key: "item", "place", "seq",
        elements: [
            .index("idx_links_place", "place", .descending("weight")),
            .index("idx_links_seq", .descending("seq")),
        ])
}

/// A row of `Fixture` by its number: the rows hold what JSON has no spelling for.
struct RowAdded: Event {
    static let type = "row.added"
    var table: String
    var number: Int

    var subject: Tag? { Tag("row", "\(table)-\(number)") }
    var tags: [Tag] { [Tag("table", table), Tag("tens", number / 10)] }
}

/// Changes nothing.
struct Noted: Event {
    static let type = "noted"
    var text: String
}

/// A row of its own, for tests that append while others read.
struct Counted: Event {
    static let type = "counted"
    var number: Int
}

struct Count: Row {
    var id = 0
    var number = 0
    var parity = ""

    mutating func columns(_ column: inout ColumnCoder) {
        column("id", &id)
        column("number", &number)
        column("parity", &parity)
    }

    static let table = Table<Count>(
        "counts", key: "id", assigned: true,
        elements: [
            .index("idx_counts_parity", "parity"),
            .index("idx_counts_number", "number"),
        ])
}

func testProjector(_ rows: Rows) -> Projector {
    Projector(
        "test", version: 1, tables: [Item.table, Place.table, Link.table],
        views: [
            SQLView("flagged_items", "Items with a flag", sql: "SELECT id, name, score FROM items WHERE flag = 1"),
            SQLView("kind_counts", "Items by kind", sql: "SELECT kind, count(*) AS items FROM items GROUP BY kind"),
        ]
    ) {
        On(RowAdded.self) { event, views in
            switch event.table {
            case "items": try views.insert(Item.table, rows.items[event.number])
            case "places": try views.insert(Place.table, rows.places[event.number])
            default: try views.insert(Link.table, rows.links[event.number])
            }
        }
        On(Noted.self) { _, _ in }
    }
}

let countingProjector = Projector("counting", version: 1, tables: [Count.table]) {
    On(Counted.self) { event, views in
        var row = Count()
        row.number = event.number
        row.parity = event.number % 2 == 0 ? "even" : "odd"
        try views.insert(Count.table, row)
    }
}

import EventLog
import Projection
import SQLViews
import TestSupport
import Testing

/// Keys, ranges and order are pushed down: a query looks at the rows that it returns.
@Suite struct PlanTests {
    /// 1,000 places: code p0000 …, title t0 … t9, rank 0 … 999 (NULL for every tenth), height as the number.
    /// 1,000 items: id 1 …, kind k0 … k99, score, one in fifty not flagged.
    private static let fixture = Result {
        var rows = Rows(seed: 1, items: 0, places: 0, links: 0)
        for number in 0..<1000 {
            var place = Place()
            place.code = "p" + String(10_000 + number).dropFirst()
            place.title = "t\(number % 10)"
            place.rank = number % 10 == 0 ? nil : number
            place.height = Double(number)
            rows.places.append(place)
            var item = Item()
            item.id = number + 1
            item.name = "name \(number)"
            item.kind = "k\(number % 100)"
            item.count = number
            item.score = Double(number * 7 % 1000)
            item.flag = number % 50 == 0 ? 0 : 1
            rows.items.append(item)
        }
        return try Fixture(rows: rows)
    }

    @Test(arguments: [
        ("SELECT kind FROM items WHERE id = 500", "PRIMARY KEY(id=?)", 1, 1),
        ("SELECT kind FROM items WHERE rowid = 500", "PRIMARY KEY(id=?)", 1, 1),
        ("SELECT title FROM places WHERE code = 'p0500'", "PRIMARY KEY(code=?)", 1, 1),
        ("SELECT id FROM items WHERE name = 'name 7'", "unique_items_name(name=?)", 1, 1),
        ("SELECT id, name FROM items WHERE kind = 'k7'", "idx_items_kind", 10, 10),
        ("SELECT name FROM items WHERE kind = 'k7' AND count >= 500", "idx_items_kind_count(kind=? AND count>=?)", 5, 5),
        ("SELECT name FROM items WHERE id > 100 AND id <= 110", "PRIMARY KEY(id>? AND id<=?)", 10, 10),
        ("SELECT name FROM items WHERE id BETWEEN 5.5 AND '7'", "PRIMARY KEY(id>=? AND id<=?)", 2, 2),
        ("SELECT code FROM places WHERE rank > 989", "idx_places_rank(rank>?)", 9, 9),
        ("SELECT code FROM places WHERE rank < 12", "idx_places_rank(rank<?)", 10, 10),
        ("SELECT code FROM places WHERE rank IS NULL", "idx_places_rank(rank IS NULL)", 100, 100),
        ("SELECT rank FROM places WHERE code GLOB 'p012*'", "code GLOB ?)", 10, 10),
        // Between the beginning in capitals and in small letters lies more than what begins so.
        ("SELECT rank FROM places WHERE code LIKE 'P012%'", "PRIMARY KEY(code LIKE ?)", 10, 130),
        ("SELECT rank FROM places WHERE code IN ('p0001', 'p0002', 'nowhere')", "PRIMARY KEY(code=?)", 2, 2),
        ("SELECT id FROM items WHERE id = 7 OR id = 9 OR name = 'name 3'", "MULTI-INDEX OR", 3, 3),
        ("SELECT name FROM items WHERE flag = 0", "idx_items_unflagged()", 20, 20),
        ("SELECT i.name FROM places p JOIN items i ON i.name = 'name ' || p.rank WHERE p.code = 'p0501'", "unique_items_name", 1, 2),
        ("SELECT id FROM items WHERE name = NULL", "unique_items_name(name=?)", 0, 0),
        ("SELECT id FROM items WHERE id = 'x'", "PRIMARY KEY(id=?)", 0, 0),
        ("SELECT id FROM items WHERE id > 9e18", "PRIMARY KEY(id>?)", 0, 0),
        ("SELECT count(*) FROM items", "full scan", 1, 1000),
    ]) func pushesDown(_ sql: String, plan: String, rows: Int, visited: Int) throws {
        let fixture = try Self.fixture.get()
        let explained = try fixture.plan(sql)
        #expect(explained.contains(plan), "\(explained)")
        let found = try fixture.visits(sql)
        #expect(found.rows.count == rows)
        #expect(found.visited <= visited, "visited \(found.visited)")
    }

    @Test(arguments: [
        ("SELECT id FROM items ORDER BY id", [1, 2, 3, 4, 5]),
        ("SELECT id FROM items ORDER BY id DESC", [1000, 999, 998, 997, 996]),
        ("SELECT id FROM items ORDER BY score DESC", [858, 715, 572, 429, 286]),
        ("SELECT id FROM items ORDER BY score", [1, 144, 287, 430, 573]),
        ("SELECT id FROM items ORDER BY score, id DESC", [1, 144, 287, 430, 573]),
        ("SELECT id FROM items WHERE kind = 'k3' ORDER BY count DESC", [904, 804, 704, 604, 504]),
        ("SELECT id FROM items WHERE kind = 'k3' ORDER BY count", [4, 104, 204, 304, 404]),
        ("SELECT id FROM items WHERE kind = 'k3' ORDER BY id DESC", [904, 804, 704, 604, 504]),
        ("SELECT id FROM items WHERE flag = 0 ORDER BY score DESC", [851, 701, 551, 401, 251]),
        ("SELECT id FROM items WHERE id < 900 ORDER BY id DESC", [899, 898, 897, 896, 895]),
        ("SELECT rank FROM places WHERE title = 't4' AND rank > 500 ORDER BY rank DESC", [994, 984, 974, 964, 954]),
        ("SELECT rank FROM places WHERE title = 't4' AND rank < 500 ORDER BY rank", [4, 14, 24, 34, 44]),
    ]) func limitStopsEarly(_ sql: String, expected: [Int]) throws {
        let fixture = try Self.fixture.get()
        let explained = try fixture.plan(sql)
        #expect(!explained.contains("TEMP B-TREE"), "\(explained)")
        let found = try fixture.visits(sql + " LIMIT 5")
        #expect(found.rows == expected.map { [.integer(Int64($0))] })
        #expect(found.visited <= 6, "visited \(found.visited)")
    }

    @Test func otherCollationsAndOtherConditionsAreLeftToSQLite() throws {
        let fixture = try Self.fixture.get()
        #expect(try fixture.visits("SELECT id FROM items WHERE name = 'NAME 7' COLLATE NOCASE").rows.count == 1)
        #expect(try fixture.plan("SELECT id FROM items ORDER BY name COLLATE NOCASE").contains("TEMP B-TREE"))
        #expect(!(try fixture.plan("SELECT name FROM items WHERE flag = 1").contains("unflagged")))
        #expect(!(try fixture.plan("SELECT name FROM items WHERE flag = ?", [.integer(0)]).contains("unflagged")))
        #expect(try fixture.plan("SELECT name FROM items WHERE score = 1 AND flag IS 0").contains("unflagged"))
    }

    /// '5', '05' and '5.0' all equal the number 5 when that comes from a column of numbers, and must still come in order.
    @Test func textsComparedWithNumbersComeInOrder() throws {
        var rows = Rows(seed: 1, items: 0, places: 0, links: 0)
        for (number, title) in ["5", "05", "5.0", "5", "05", "5.0", "6", "five"].enumerated() {
            var place = Place()
            place.code = "c\(number)"
            place.title = title
            place.rank = number * 37 % 8
            place.height = Double(number)
            rows.places.append(place)
        }
        var item = Item()
        item.id = 1
        item.count = 5
        rows.items.append(item)
        let fixture = try Fixture(rows: rows)
        let mirror = try mirror(of: rows)
        for sql in [
            "SELECT p.rank FROM items i JOIN places p ON p.title = i.count WHERE i.id = 1 ORDER BY p.rank",
            "SELECT p.rank FROM items i JOIN places p ON p.title = i.count WHERE i.id = 1 ORDER BY p.rank DESC",
            "SELECT rank FROM places WHERE title = CAST('5' AS INTEGER) ORDER BY rank",
            "SELECT rank FROM places WHERE title = (SELECT count FROM items WHERE id = 1) ORDER BY rank DESC",
            "SELECT rank FROM places WHERE title = 5 ORDER BY rank",
        ] {
            let expected = try mirror.run(sql)
            #expect(expected.count > 1)
            #expect(try fixture.runner.rows(sql) == expected, "\(sql)")
        }
        let inOrder = "SELECT rank FROM places WHERE title = CAST('5' AS INTEGER) ORDER BY rank"
        #expect(!(try fixture.plan(inOrder).contains("TEMP B-TREE")), "the order comes from the index")
    }

    /// A text that goes on with NUL is above its beginning, and in a descending index it is spelled so that its bytes begin alike.
    @Test(arguments: ["doc", "note"]) func textsThatGoOnWithNUL(_ column: String) throws {
        var rows = Rows(seed: 1, items: 0, places: 0, links: 0)
        let texts: [String?] = ["a", "a\u{0}", "a\u{0}b", "a\u{1}", "ab", "", "b"] + Array(repeating: nil, count: 500)
        for (number, text) in texts.enumerated() {
            var item = Item()
            item.id = number + 1
            item.doc = text
            item.note = text
            rows.items.append(item)
        }
        let fixture = try Fixture(rows: rows)
        let mirror = try mirror(of: rows)
        for comparison in ["<", "<=", ">", ">=", "="] {
            for text in ["a", "a\u{0}", "a\u{0}b", "", "b"] {
                let sql = "SELECT id FROM items WHERE \(column) \(comparison) ?"
                #expect(try fixture.plan(sql, [.text(text)]).contains("idx_items_\(column)"))
                let found = Set(try fixture.runner.rows(sql, [.text(text)]))
                #expect(found == Set(try mirror.run(sql, [.text(text)])), "\(sql) \(text.debugDescription)")
            }
        }
    }
}

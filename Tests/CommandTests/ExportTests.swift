import Foundation
import JSON
import Spool
import TestSupport
import Testing

/// Tables as files that other programs read.
struct ExportTests {
    private let folder = TemporaryFolder()
    private let store: Store
    private let spool: Command

    init() throws {
        store = try StoreFacts.makeStore(folder["store"])
        spool = Command.spool(store: folder["store"])
        var chance = SplitMix64(seed: 12)
        try StoreFacts.fill(store, 500, &chance)
        // Keys that were given and whose rows are gone.
        let last = try #require(store.rows("SELECT max(id) FROM trending_topics").first?.first)
        try store.append(CloudEvent(type: "trend.removed", data: #"{"id":\#(last)}"#))
        try store.append(CloudEvent(type: "session.started", data: #"{"id":"s\u0000 ü\"1","scenario":"a, \"b\"\r\nc"}"#))
    }

    @Test func sqlite() throws {
        let result = try spool.run(["export", folder["all.db"], "--format", "sqlite"])
        #expect(result.code == 0, "\(result.errors)")
        #expect(entries(of: folder.path) == ["all.db", "store"])
        let database = try SQLiteDatabase(reading: folder["all.db"])
        #expect(try database.run("PRAGMA integrity_check") == [[.text("ok")]])
        #expect(try database.run("PRAGMA foreign_key_check") == [])
        let tables = try StoreFacts.tables(of: store)
        for table in Catalog.projectors.flatMap(\.tables).map(\.schema) {
            let key = table.key.map { "\"\(table.columns[$0].name)\"" }.joined(separator: ", ")
            #expect(try database.run("SELECT * FROM \(table.name) ORDER BY \(key)") == tables[table.name], "\(table.name)")
            try checkSchema(table, database)
        }
        let thumbnails = tables["asset_thumbnails"]?.count ?? 0
        let filled = "SELECT count(*) FROM asset_thumbnails WHERE CAST(thumbnail_blob AS TEXT) LIKE 'blob %'"
        #expect(try thumbnails > 0 && database.run(filled) == [[.integer(Int64(thumbnails))]])
        for view in Catalog.projectors.flatMap(\.views) {
            #expect(try database.run("SELECT * FROM \(view.name)") == store.rows("SELECT * FROM \(view.name)"), "\(view.name)")
        }
        // The highest key ever given is not given again.
        let highest = try #require(database.run("SELECT seq FROM sqlite_sequence WHERE name = 'trending_topics'").first?.first)
        let there = try #require(database.run("SELECT max(id) FROM trending_topics").first?.first)
        guard case .integer(let high) = highest, case .integer(let max) = there else { throw CancellationError() }
        #expect(high > max)
    }

    private func checkSchema(_ table: TableSchema, _ database: SQLiteDatabase) throws {
        let columns = try database.run("SELECT name, type, \"notnull\", pk FROM pragma_table_info('\(table.name)') ORDER BY cid")
        #expect(columns.map { $0[0] } == table.columns.map { .text($0.name) })
        #expect(columns.map { $0[1] } == table.columns.map { .text($0.type.rawValue) })
        for (place, column) in table.columns.enumerated() {
            let isAssigned = table.assignsKey && table.key == [place]
            #expect(columns[place][2] == .integer(column.isNullable || isAssigned ? 0 : 1), "\(table.name).\(column.name)")
            #expect(columns[place][3] == .integer(Int64((table.key.firstIndex(of: place) ?? -1) + 1)))
        }
        let sql = try #require(database.run("SELECT sql FROM sqlite_schema WHERE name = '\(table.name)'").first?.first).plainText
        #expect(sql.contains("AUTOINCREMENT") == table.assignsKey)
        let foreign = try database.run(
            "SELECT \"from\", \"table\", on_delete FROM pragma_foreign_key_list('\(table.name)') ORDER BY \"from\"")
        #expect(
            foreign
                == table.references.map { [.text(table.columns[$0.place].name), .text($0.table), .text($0.onDelete.rawValue)] }
                .sorted { $0[0].plainText < $1[0].plainText })
        let lists = try database.run("SELECT name, \"unique\", origin, partial FROM pragma_index_list('\(table.name)')")
        func columnsOf(_ index: String) throws -> [String] {
            let sql = "SELECT name || iif(desc, ' DESC', '') FROM pragma_index_xinfo('\(index)') WHERE key = 1 ORDER BY seqno"
            return try database.run(sql).map { $0[0].plainText }
        }
        for index in table.indexes {
            let expected = index.columns.map { table.columns[$0.place].name + ($0.descending ? " DESC" : "") }
            let found = try lists.filter { row in
                try columnsOf(row[0].plainText) == expected && row[1] == .integer(index.isUnique ? 1 : 0)
                    && (index.isUnique || row[0] == .text(index.name))
            }
            #expect(!found.isEmpty, "\(table.name): \(index.name)")
            #expect(found.contains { $0[3] == .integer(index.condition == nil ? 0 : 1) }, "\(index.name)")
            if let condition = index.condition {
                let sql = try #require(database.run("SELECT sql FROM sqlite_schema WHERE name = '\(index.name)'").first?.first).plainText
                #expect(sql.hasSuffix("WHERE \"\(table.columns[condition.place].name)\" = \(condition.value)"))
            }
        }
    }

    @Test func someTablesOnly() throws {
        #expect(try spool.run(["export", "image_usage", "trending_topics", folder["some.db"]]).code == 0)
        let database = try SQLiteDatabase(reading: folder["some.db"])
        let names = try database.run(
            "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite%' ORDER BY name")
        #expect(names == [[.text("image_usage")], [.text("trending_topics")], [.text("unused_recent_topics")]])
        #expect(try database.run("PRAGMA foreign_key_check") == [])
        // An old file in its place is replaced whole, and only when that is asked for.
        let refused = try spool.run(["export", "trending_topics", folder["some.db"]])
        #expect(refused.code == 2 && refused.errors.contains("is there already: give --replace"), "\(refused.errors)")
        #expect(try SQLiteDatabase(reading: folder["some.db"]).run("SELECT count(*) FROM image_usage").count == 1)
        #expect(try spool.run(["export", "trending_topics", folder["some.db"], "--replace"]).code == 0)
        let count = "SELECT count(*) FROM sqlite_schema WHERE name = 'image_usage'"
        #expect(try SQLiteDatabase(reading: folder["some.db"]).run(count) == [[.integer(0)]])
    }

    @Test func csvAndNDJSON() throws {
        for format in ["csv", "ndjson"] {
            #expect(try spool.run(["export", folder[format], "--format", format]).code == 0)
            for table in Catalog.projectors.flatMap(\.tables).map(\.schema) {
                let key = table.key.map { "\"\(table.columns[$0].name)\"" }.joined(separator: ", ")
                let rows = try store.rows("SELECT * FROM \(table.name) ORDER BY \(key)")
                let columns = table.columns.map(\.name)
                let expected =
                    format == "csv"
                    ? RowText.csvHeader(columns) + rows.map { RowText.csv($0) }.joined()
                    : rows.map { String(decoding: RowText.json(columns, $0), as: UTF8.self) + "\n" }.joined()
                let found = try String(contentsOfFile: folder["\(format)/\(table.name).\(format)"], encoding: .utf8)
                #expect(found.utf8.elementsEqual(expected.utf8), "\(table.name).\(format)")
            }
            let query = try spool.run(["query", "SELECT * FROM trending_topics ORDER BY id", "--format", format])
            #expect(try spool.run(["export", "trending_topics", "-", "--format", format]).output == query.output)
            #expect(try spool.run(["export", "trending_topics", folder["t.\(format)"]]).code == 0)
            #expect(try String(contentsOfFile: folder["t.\(format)"], encoding: .utf8) == query.output)
        }
        let lines = try String(contentsOfFile: folder["ndjson/asset_thumbnails.ndjson"], encoding: .utf8)
        let line = try #require(lines.split(separator: "\n").first)
        let blob = try JSONDocument(parsing: Array(line.utf8)).root["thumbnail_blob"]?.string ?? ""
        #expect(String(decoding: Base64.decode(blob) ?? [], as: UTF8.self).hasPrefix("blob "))
    }

    @Test func wrongUse() throws {
        for arguments in [
            ["trending_topic", "x.csv"], ["trending_topics"], ["events", "trending_topics", "x"], ["trending_topics", "events", "x.db"],
            ["x.txt"], ["events", "x", "--format", "csv"], ["-", "--format", "csv"], [folder.path, "--format", "sqlite"],
            ["trending_topics", "image_library", folder.path, "--format", "csv"],
        ] {
            let result = try spool.run(["export"] + arguments)
            #expect(result.code == 2, "\(arguments): \(result.errors)")
        }
        let noFile = try spool.run(["export", "trending_topics", "video_metrics", "--format", "csv"])
        #expect(noFile.code == 2 && noFile.errors.contains("trending_topics video_metrics FILE"), "\(noFile)")
        #expect(try spool.run(["export", "trending_topic", "x.csv"]).errors.contains("trending_topics"))
    }
}

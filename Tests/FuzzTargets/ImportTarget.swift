import EventLog
import Foundation
import Importing
import Projection
import Spool
import TestSupport

/// Old databases and exports of them: SQLite files, CSV. They are read or refused, and what was read of CSV can be written and read again.
struct ImportTarget: FuzzTarget {
    static let name = "import"

    private let folder = TemporaryFolder()

    static func seeds() throws -> [[UInt8]] {
        let csv = [
            "id,topic,source\n1,\"a \"\"b\"\"\nc\",reddit\r\n2,,\"\"\n\\.\n", "\u{FEFF}a\n\"unclosed", "a,b\rc,d\n\"x\"y,z\n", ",\n,,\n\n",
            "a\"b\n\u{0}\n",
        ].map { Array($0.utf8) }
        let folder = TemporaryFolder()
        do {
            let database = try SQLiteDatabase(at: folder["seed.db"])
            try database.execute(
                "PRAGMA page_size = 512; CREATE TABLE trending_topics (id INTEGER PRIMARY KEY, topic TEXT, score REAL, x BLOB)")
            try database.execute("INSERT INTO trending_topics VALUES (1, 'a', 0.5, x'ff00'), (2, NULL, 'text', 9223372036854775807)")
        }
        let file = try Array(Data(contentsOf: URL(fileURLWithPath: folder["seed.db"])))
        return csv + [file, Array(file.prefix(700)), csv[0].map { $0 == 0x61 ? 0xFF : $0 }]
    }

    func run(_ bytes: [UInt8]) throws {
        let path = folder["input"]
        _ = FileManager.default.createFile(atPath: path, contents: Data(bytes))
        if bytes.starts(with: Array("SQLite format 3".utf8)) { try readDatabase(path) }
        try readPostgresCSV(path, lines: bytes.count { $0 == 0x0A || $0 == 0x0D } + 1)
        let reader = CSVReader(try LineReader(path))
        while true {
            do {
                guard let fields = try reader.next() else { break }
                try expect(!fields.isEmpty, "a record without a field")
            } catch let error as BrokenPromise {
                throw error
            } catch {
                try expect(error.isRefusal, "not a refusal: \(error)")
            }
        }
    }

    private func readDatabase(_ path: String) throws {
        do {
            let database = try OldDatabase(reading: path)
            for table in database.tables.values {
                let rows = try database.prepare("SELECT * FROM \"\(table.name.replacing("\"", with: "\"\""))\" LIMIT 1000")
                while try rows.step() { for column in 0..<rows.columnCount { _ = rows.value(column).description } }
            }
        } catch let error as ImportError {
            try expect(!error.description.isEmpty, "an error without a message")
        }
    }

    private func readPostgresCSV(_ path: String, lines: Int) throws {
        let records = try CSVRecords(path)
        var read: [[String?]] = []
        for _ in 0...2 * lines {
            do {
                guard let fields = try records.next() else { break }
                read.append(fields)
            } catch is CSVRecords.Malformed {}
        }
        let left = try? records.next()
        try expect(left == .some(nil), "more records than lines")
        let text =
            read.map { fields in
                fields.map { $0.map { "\"\($0.replacing("\"", with: "\"\""))\"" } ?? "" }.joined(separator: ",")
            }.joined(separator: "\n") + "\n"
        guard !read.isEmpty else { return }
        let copy = folder["copy"]
        _ = FileManager.default.createFile(atPath: copy, contents: Data(text.utf8))
        let again = try CSVRecords(copy)
        for fields in read { try expect(try again.next() == fields, "a record comes back as another: \(fields)") }
    }
}

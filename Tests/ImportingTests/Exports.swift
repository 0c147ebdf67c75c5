import EventLog
import Foundation
import Projection
import TestSupport

/// What `COPY table TO file WITH (FORMAT csv, HEADER)` writes.
enum Exports {
    static func write(_ old: OldSystem, to folder: String) throws {
        try Folder.make(folder)
        for table in old.tables {
            let columns = try old.columns(table)
            var text = columns.joined(separator: ",") + "\n"
            for row in try old.rows(table, columns) { text += row.map(field).joined(separator: ",") + "\n" }
            try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(table).csv"))
        }
    }

    static func append(_ text: String, to path: String) throws {
        var data = try Data(contentsOf: URL(fileURLWithPath: path))
        data.append(contentsOf: Array(text.utf8))
        try data.write(to: URL(fileURLWithPath: path))
    }

    private static func field(_ value: SQLValue) -> String {
        guard case .text(let text) = value else { return value == .null ? "" : value.plainText }
        let isPlain = !text.isEmpty && text != "\\." && !text.utf8.contains { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }
        return isPlain ? text : "\"\(text.replacing("\"", with: "\"\""))\""
    }
}

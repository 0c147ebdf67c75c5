import EventLog
import Projection

/// A folder with a file `TABLE.csv` for each table, as `COPY … TO … WITH (FORMAT csv, HEADER)` writes it.
enum CSVFolder {
    static func gather(_ path: String, for tables: [LegacyTable]) throws -> Gathering {
        let files = Folder.names(in: path).filter { $0.lowercased().hasSuffix(".csv") }
        guard !files.isEmpty else { throw ImportError.notADatabase(path: path) }
        let gathering = try Gathering(name: path, for: tables)
        for file in files {
            let table = String(file.dropLast(4)).lowercased()
            let records = try CSVRecords("\(path)/\(file)")
            guard let header = try header(records, of: "\(path)/\(file)") else { continue }
            try gathering.begin(table, columns: header)
            guard tables.contains(where: { $0.name == table }) else { continue }
            while true {
                do {
                    guard let fields = try records.next() else { break }
                    try gathering.add(fields, number: records.line)
                } catch let error as CSVRecords.Malformed {
                    gathering.reject(records.line, error.reason, error.text)
                }
            }
        }
        try gathering.finish()
        return gathering
    }

    private static func header(_ records: CSVRecords, of path: String) throws -> [String]? {
        do {
            return try records.next()?.map { $0 ?? "" }
        } catch let error as CSVRecords.Malformed {
            throw ImportError.failed(path: path, table: nil, reason: "the line of column names: \(error.reason)")
        }
    }
}

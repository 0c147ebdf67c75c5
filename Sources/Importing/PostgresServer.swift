import CPostgres
import EventLog
import Projection

/// A PostgreSQL server, read in one transaction through `COPY`.
final class PostgresServer {
    private let library: PostgresLibrary
    private let connection: OpaquePointer

    /// Whether a path is a connection string: `postgresql://…` or `host=… dbname=…`.
    static func isConnectionString(_ text: String) -> Bool {
        if text.hasPrefix("postgres://") || text.hasPrefix("postgresql://") { return true }
        return text.contains("=") && !File.exists(text)
    }

    /// - Throws: `ImportError.connection` with the server's words, which have no password in them.
    init(_ connectionString: String) throws {
        library = try PostgresLibrary.loaded.get()
        guard let connection = library.connect(connectionString) else { throw ImportError.connection("no memory") }
        self.connection = connection
        guard library.status(connection) == CONNECTION_OK else {
            let reason = message
            throw ImportError.connection("\(reason). Expected postgresql://USER@HOST/DATABASE or host=… dbname=…")
        }
        try execute("SET client_encoding = 'UTF8'; SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET bytea_output = 'hex'")
        try execute("SET extra_float_digits = 3; BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    }

    deinit { library.finish(connection) }

    var name: String { "PostgreSQL database \(library.database(connection).map { String(cString: $0) } ?? "?")" }

    private var message: String {
        let text = library.errorMessage(connection).map { String(cString: $0) } ?? "unknown error"
        return text.split(whereSeparator: \.isNewline).joined(separator: "; ")
    }

    private func execute(_ sql: String) throws {
        let result = library.execute(connection, sql)
        defer { library.clear(result) }
        guard library.resultStatus(result) == PGRES_COMMAND_OK else { throw ImportError.connection(message) }
    }

    /// The tables on the search path.
    func tableNames() throws -> [String] {
        let sql = "SELECT DISTINCT tablename FROM pg_tables WHERE schemaname = ANY (current_schemas(false)) ORDER BY 1"
        let result = library.execute(connection, sql)
        defer { library.clear(result) }
        guard library.resultStatus(result) == PGRES_TUPLES_OK else { throw ImportError.connection(message) }
        return (0..<library.rowCount(result)).map { String(cString: library.value(result, $0, 0)) }
    }

    func gather(for tables: [LegacyTable]) throws -> Gathering {
        let gathering = try Gathering(name: name, for: tables)
        for name in try tableNames() {
            let isWanted = tables.contains { $0.name == name.lowercased() }
            try copy(name, limit: isWanted ? "" : " LIMIT 0", into: gathering)
        }
        try gathering.finish()
        return gathering
    }

    private func copy(_ table: String, limit: String, into gathering: Gathering) throws {
        let start = library.execute(connection, "COPY (SELECT * FROM \(quoted(table))\(limit)) TO STDOUT WITH (FORMAT csv, HEADER true)")
        let status = library.resultStatus(start)
        library.clear(start)
        guard status == PGRES_COPY_OUT else { throw ImportError.connection("table \(table): \(message)") }
        var number = 0
        while let record = try nextRecord(of: table) {
            do {
                let fields = try CSVRecords.parse(record, from: 0, isAtEnd: true)?.fields ?? []
                if number == 0 {
                    try gathering.begin(table.lowercased(), columns: fields.map { $0 ?? "" })
                } else {
                    try gathering.add(fields, number: number)
                }
            } catch let error as CSVRecords.Malformed {
                gathering.reject(number, error.reason, String(decoding: record, as: UTF8.self))
            }
            number += 1
        }
    }

    /// One record of the running copy; nil after the last.
    private func nextRecord(of table: String) throws -> [UInt8]? {
        var start: UnsafeMutablePointer<CChar>?
        let count = library.copyData(connection, &start, 0)
        if count >= 0, let start {
            defer { library.free(start) }
            return Array(UnsafeRawBufferPointer(start: start, count: Int(count)))
        }
        var reason: String? = count == -1 ? nil : message
        while let result = library.nextResult(connection) {
            if library.resultStatus(result) != PGRES_COMMAND_OK { reason = reason ?? message }
            library.clear(result)
        }
        if let reason { throw ImportError.connection("table \(table): \(reason)") }
        return nil
    }
}

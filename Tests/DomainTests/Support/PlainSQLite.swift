import CSQLite
import Projection

/// SQLite without Spool: what the old systems stored their rows in.
enum PlainSQLite {
    /// The database refused a statement, or found no row to change.
    struct Refused: Error, CustomStringConvertible {
        let description: String
    }

    /// Since 3.43 SUM carries along what a double loses: the last bits are not those of plain additions.
    static let compensatesSums = sqlite3_libversion_number() >= 3_043_000

    final class Database {
        private let handle: OpaquePointer

        /// An empty database in memory with a schema of `Tests/Support/Seeds`.
        init(schema name: String, file: StaticString = #filePath) throws {
            var handle: OpaquePointer?
            guard sqlite3_open(":memory:", &handle) == SQLITE_OK, let handle else { throw Refused(description: "cannot open") }
            self.handle = handle
            let tests = "\(file)".split(separator: "/").dropLast(3).joined(separator: "/")
            try script(SeedFiles.text(at: "/\(tests)/Support/Seeds/\(name)"))
        }

        deinit { sqlite3_close(handle) }

        func script(_ sql: String) throws {
            guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else { throw refusal() }
        }

        private func refusal() -> Refused { Refused(description: String(cString: sqlite3_errmsg(handle))) }

        /// Runs a statement that must change something.
        func change(_ sql: String, _ values: [any ColumnValue] = []) throws {
            _ = try rows(sql, values)
            if sqlite3_changes(handle) == 0 { throw Refused(description: "no row: \(sql)") }
        }

        /// The first value of the first row.
        func value(_ sql: String, _ values: [any ColumnValue] = []) throws -> SQLValue? { try rows(sql, values).first?.first }

        func rows(_ sql: String, _ values: [any ColumnValue] = []) throws -> [[SQLValue]] {
            var statement: OpaquePointer?
            guard sqlite3_prepare_v2(handle, sql, -1, &statement, nil) == SQLITE_OK else { throw refusal() }
            defer { sqlite3_finalize(statement) }
            for (place, value) in values.enumerated() { bind(value.sqlValue, to: statement, at: Int32(place + 1)) }
            var rows: [[SQLValue]] = []
            while true {
                switch sqlite3_step(statement) {
                case SQLITE_ROW: rows.append((0..<sqlite3_column_count(statement)).map { column($0, of: statement) })
                case SQLITE_DONE: return rows
                default: throw refusal()
                }
            }
        }

        private func bind(_ value: SQLValue, to statement: OpaquePointer?, at place: Int32) {
            // SQLITE_TRANSIENT: SQLite copies the bytes.
            let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
            switch value {
            case .null: sqlite3_bind_null(statement, place)
            case .integer(let value): sqlite3_bind_int64(statement, place, value)
            case .real(let value): sqlite3_bind_double(statement, place, value)
            case .text(let text): sqlite3_bind_text(statement, place, text, Int32(text.utf8.count), transient)
            case .blob(let bytes): sqlite3_bind_blob(statement, place, bytes, Int32(bytes.count), transient)
            }
        }

        private func column(_ place: Int32, of statement: OpaquePointer?) -> SQLValue {
            switch sqlite3_column_type(statement, place) {
            case SQLITE_INTEGER: return .integer(sqlite3_column_int64(statement, place))
            case SQLITE_FLOAT: return .real(sqlite3_column_double(statement, place))
            case SQLITE_TEXT: return .text(String(decoding: bytes(place, of: statement), as: UTF8.self))
            case SQLITE_BLOB: return .blob(bytes(place, of: statement))
            default: return .null
            }
        }

        private func bytes(_ place: Int32, of statement: OpaquePointer?) -> [UInt8] {
            let start = sqlite3_column_blob(statement, place)
            let count = Int(sqlite3_column_bytes(statement, place))
            return Array(UnsafeRawBufferPointer(start: start, count: count))
        }
    }
}

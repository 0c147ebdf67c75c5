import CPostgres
import Glibc

/// PostgreSQL's client library, loaded when a server is first asked for: it brings twenty others along, for which every command would wait.
///
/// In a release build, which holds its own C library, it needs the version of that library that the program was built with: after an upgrade of
/// the operating system build it again.
struct PostgresLibrary: Sendable {
    typealias Connection = OpaquePointer
    typealias Answer = OpaquePointer
    typealias Text = UnsafeMutablePointer<CChar>

    let connect: @convention(c) (UnsafePointer<CChar>) -> Connection?
    let finish: @convention(c) (Connection) -> Void
    let status: @convention(c) (Connection) -> ConnStatusType
    let errorMessage: @convention(c) (Connection) -> Text?
    let database: @convention(c) (Connection) -> Text?
    let execute: @convention(c) (Connection, UnsafePointer<CChar>) -> Answer?
    let nextResult: @convention(c) (Connection) -> Answer?
    let resultStatus: @convention(c) (Answer?) -> ExecStatusType
    let rowCount: @convention(c) (Answer?) -> Int32
    let value: @convention(c) (Answer?, Int32, Int32) -> Text
    let clear: @convention(c) (Answer?) -> Void
    let copyData: @convention(c) (Connection, UnsafeMutablePointer<Text?>, Int32) -> Int32
    let free: @convention(c) (UnsafeMutableRawPointer) -> Void

    static let loaded = Result { try PostgresLibrary("libpq.so.5") }

    /// - Throws: `ImportError.connection` where it is not installed.
    private init(_ name: String) throws {
        guard let handle = dlopen(name, RTLD_NOW) else { throw Self.failure(name) }
        func function<Function>(_ symbol: String) throws -> Function {
            guard let address = dlsym(handle, symbol) else { throw Self.failure(name) }
            return unsafeBitCast(address, to: Function.self)
        }
        connect = try function("PQconnectdb")
        finish = try function("PQfinish")
        status = try function("PQstatus")
        errorMessage = try function("PQerrorMessage")
        database = try function("PQdb")
        execute = try function("PQexec")
        nextResult = try function("PQgetResult")
        resultStatus = try function("PQresultStatus")
        rowCount = try function("PQntuples")
        value = try function("PQgetvalue")
        clear = try function("PQclear")
        copyData = try function("PQgetCopyData")
        free = try function("PQfreemem")
    }

    private static func failure(_ name: String) -> ImportError {
        let reason = dlerror().map { String(cString: $0) } ?? "not found"
        return .connection("expected PostgreSQL's client library \(name), found: \(reason). Install it (Debian: libpq5)")
    }
}

import CPostgres
import EventLog
import Glibc

/// PostgreSQL's client library, loaded when a server is first asked for: it brings twenty others along, for which every command would wait.
///
/// A release build holds its own C library. What it loads uses the system's, which has to be of the same version: after an upgrade of the
/// operating system build it again.
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
        try Self.checkSystem()
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

    /// Loading would end the process, or worse, where the system's C library is another than the program's own.
    private static func checkSystem() throws {
        let own = String(cString: gnu_get_libc_version())
        for path in ["/lib/x86_64-linux-gnu/libc.so.6", "/lib/aarch64-linux-gnu/libc.so.6", "/lib64/libc.so.6"] {
            guard let library = try? File.read(path) else { continue }
            if library.contains(Array("release version \(own).".utf8)) { return }
            throw ImportError.connection(
                "this program was built with version \(own) of the C library, and the system has another since; build it again")
        }
    }

    private static func failure(_ name: String) -> ImportError {
        let reason = dlerror().map { String(cString: $0) } ?? "not found"
        return .connection("expected PostgreSQL's client library \(name), found: \(reason). Install it (Debian: libpq5)")
    }
}

import Foundation
import Importing
import Projection
import Spool
import TestSupport
import Testing

/// The lecture system's own database: a PostgreSQL server of this test's, on a socket in a temporary folder.
struct PostgresTests {
    @Test(.enabled(if: PostgresInstance.isInstalled, "needs PostgreSQL's initdb and postgres: apt-get install postgresql"))
    func viewsAreTheServersTables() throws {
        let folder = TemporaryFolder()
        let old = try OldSystem(.lectureHighlights, in: folder, seed: 31, times: .postgres)
        try old.fill(100)
        let server = try PostgresInstance()
        defer { server.stop() }
        try server.load(old, folder)

        let store = try Store.create(at: folder["store"])
        let importer = try Importer(store, .lectureHighlights, [server.connectionString])
        let report = try importer.run { Issue.record("\($0)") }
        #expect(report.rows == report.stored && report.rows > 500)
        #expect(report.extraTables == ["alembic_version"])
        try SystemTests.compare(old, store, "PostgreSQL")
        #expect(try importer.verify().allSatisfy { $0.isEqual && $0.rejected == 0 })
        #expect(try Importer(store, .lectureHighlights, [server.connectionString]).run().stored == 0)

        // What is not committed is not there, and nobody waits for it.
        try server.run("DELETE FROM jobs WHERE id % 4 = 0; UPDATE clips SET title = 'é' WHERE id % 3 = 0")
        for sql in ["DELETE FROM jobs WHERE id % 4 = 0", "UPDATE clips SET title = 'é' WHERE id % 3 = 0"] {
            try old.databases[0].database.execute(sql)
        }
        let grown = try Importer(store, .lectureHighlights, [server.connectionString]).run { Issue.record("\($0)") }
        #expect(grown.removed > 0 && grown.stored > 0 && grown.tables.allSatisfy { $0.new == 0 })
        try SystemTests.compare(old, store, "PostgreSQL, grown")

        #expect(throws: ImportError.self) {
            try Importer(store, .lectureHighlights, [server.connectionString.replacing("dbname=postgres", with: "dbname=none")])
        }
        #expect(throws: ImportError.self) { try Importer(store, .primeTime, [server.connectionString]) }
    }
}

/// A server that listens on a Unix socket alone. Not run as root, which PostgreSQL refuses.
final class PostgresInstance {
    private let folder = TemporaryFolder()
    private let process = Process()

    static let isInstalled = program("initdb") != nil && program("postgres") != nil && program("psql") != nil

    private static func program(_ name: String) -> String? {
        let path = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(name)" }
        let debian = (9...20).reversed().map { "/usr/lib/postgresql/\($0)/bin/\(name)" }
        return (path + debian).first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    init() throws {
        if getuid() == 0, let user = getpwnam("postgres") { chown(folder.path, user.pointee.pw_uid, user.pointee.pw_gid) }
        let data = folder["data"]
        try asUser("initdb", ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"])
        guard let postgres = Self.program("postgres") else { throw TestFailure("no postgres") }
        let user = getuid() == 0 ? "runuser -u postgres -- " : ""
        let server =
            "\(user)\(postgres) -D \(data) -c listen_addresses= -c unix_socket_directories=\(folder.path) -c fsync=off -c timezone=Europe/Paris"
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        // The server stops when it is told to, and when the tests end in another way than they should.
        let watch = "while kill -0 $PPID 2>/dev/null && [ ! -e \(folder["stop"]) ]; do sleep 0.1; done"
        process.arguments = ["-c", "\(server) >\(folder["log"]) 2>&1 & \(watch); kill -QUIT $(head -n 1 \(data)/postmaster.pid)"]
        process.standardInput = FileHandle.nullDevice
        try process.run()
        for _ in 0..<200 {
            if (try? run("SELECT 1")) != nil { return }
            usleep(50_000)
        }
        stop()
        throw TestFailure("the server does not answer: \((try? String(contentsOfFile: folder["log"], encoding: .utf8)) ?? "")")
    }

    func stop() {
        let files = FileManager.default
        _ = files.createFile(atPath: folder["stop"], contents: nil)
        for _ in 0..<200 where files.fileExists(atPath: folder["data/postmaster.pid"]) { usleep(50_000) }
        if files.fileExists(atPath: folder["data/postmaster.pid"]) { Issue.record("the server is still running in \(folder.path)") }
    }

    var connectionString: String { "host=\(folder.path) dbname=postgres user=postgres" }

    private func asUser(_ name: String, _ arguments: [String]) throws {
        guard let program = Self.program(name) else { throw TestFailure("no \(name)") }
        let isRoot = getuid() == 0
        let command = isRoot ? Command("/usr/sbin/runuser") : Command(program)
        let result = try command.run((isRoot ? ["-u", "postgres", "--", program] : []) + arguments)
        guard result.code == 0 else { throw TestFailure("\(name): \(result.output)\(result.errors)") }
    }

    func run(_ sql: String) throws {
        guard let psql = Self.program("psql") else { throw TestFailure("no psql") }
        let result = try Command(psql).run(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", connectionString, "-c", sql])
        guard result.code == 0 else { throw TestFailure("psql: \(result.errors)") }
    }

    /// The lecture system's tables in PostgreSQL's words, with the rows of its SQLite file.
    func load(_ old: OldSystem, _ folder: TemporaryFolder) throws {
        var schema = String(decoding: try TestFiles.read("Tests/Support/Seeds/jobs.sql"), as: UTF8.self)
        schema = schema.split(separator: "\n").filter { !$0.hasPrefix("PRAGMA") && !$0.hasPrefix("--") }.joined(separator: "\n")
        schema = schema.replacing("INTEGER PRIMARY KEY AUTOINCREMENT", with: "serial PRIMARY KEY").replacing(
            " REAL", with: " double precision")
        schema = schema.replacing(/VARCHAR\(\d+\)/, with: "text")
        schema = schema.replacing(/(created|updated|completed)_at( +)TEXT/) { "\($0.1)_at timestamp with time zone" }
        schema = schema.replacing(/(video_metadata|extra_metadata|keywords|concepts|screen_region|camera_region)( +)TEXT/) {
            "\($0.1) json"
        }
        try run(schema + "; CREATE TABLE alembic_version (version_num text)")
        try Exports.write(old, to: folder["load"])
        for table in old.tables { try run("\\copy \(table) FROM '\(folder["load"])/\(table).csv' WITH (FORMAT csv, HEADER)") }
    }
}

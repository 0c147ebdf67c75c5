import Foundation
import TestSupport
import Testing

/// Links, `..`, devices and pipes in the place of files: nothing outside of what was named is read or written.
struct HostilePathTests {
    private let folder = TemporaryFolder()
    private let spool: Command
    /// What must stay as it is.
    private let secret: String

    init() throws {
        spool = Command.spool(store: folder["store"])
        #expect(try spool.run(["init", "--sample"]).code == 0)
        secret = folder["secret"]
        try Data("secret".utf8).write(to: URL(fileURLWithPath: secret))
    }

    private func link(_ path: String, to target: String) throws {
        try? FileManager.default.removeItem(atPath: path)
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: target)
    }

    private func secretIsKept() -> Bool { FileManager.default.contents(atPath: secret) == Data("secret".utf8) }

    private func isPipe(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO
    }

    @Test func targetsThatAreNoFiles() throws {
        let hash = try spool.run(["blob", "put", secret]).output.trimmingCharacters(in: .newlines)
        let pipe = folder["pipe"]
        #expect(mkfifo(pipe, 0o600) == 0)
        // A pipe stands for a device: as root, /dev/null would be replaced by a file.
        for arguments in [
            ["export", "events", pipe], ["export", "settings", "--format", "csv", pipe], ["export", "--format", "sqlite", pipe],
            ["blob", "get", hash, "--to", pipe], ["timeline", "export", "1", pipe], ["backup", pipe],
            ["restore", pipe, "--to", folder["r"]],
            ["replay", "--to", pipe], ["import", "primetime", pipe], ["cache", "save", pipe],
        ] {
            let result = try shell("timeout 20 '\(spool.path)' \(arguments.map { "'\($0)'" }.joined(separator: " "))")
            #expect((1...3).contains(result.code) && !result.errors.isEmpty && isPipe(pipe), "\(arguments): \(result)")
        }
        for arguments in [["blob", "get", hash, "--to"], ["timeline", "export", "1"]] {
            try link(folder["link"], to: secret)
            #expect(try spool.run(arguments + [folder["link"]]).code == 2 && secretIsKept())
            let result = try spool.run(arguments + [folder["link"], "--replace"])
            #expect(result.code == 3 && secretIsKept(), "\(arguments): \(result)")
        }
    }

    @Test func namesOfTheCache() throws {
        let cache = Command(spool.path, environment: spool.environment.merging(["SPOOL_VIDEOS": folder["videos"]]) { $1 })
        try Data("video".utf8).write(to: URL(fileURLWithPath: folder["a.mp4"]))
        #expect(try cache.run(["cache", "save", folder["a.mp4"]]).code == 0)
        for name in ["../\(folder.path)/a.mp4", "\(folder.path)/../x/a.mp4", folder["b\nc.mp4"], folder[".hidden.mp4"], "", ".", "..", "/"]
        {
            if name.hasSuffix("mp4") { try? Data("video".utf8).write(to: URL(fileURLWithPath: name)) }
            let result = try cache.run(["cache", "save", name])
            #expect((1...2).contains(result.code) && !result.errors.isEmpty, "\(name): \(result)")
        }
        // A link in the cache is not followed: neither read from nor written through nor removed with what it names.
        try link(folder["videos/l.mp4"], to: secret)
        try link(folder["videos/d.mp4"], to: folder["store"])
        try Data("video".utf8).write(to: URL(fileURLWithPath: folder["l.mp4"]))
        let save = try cache.run(["cache", "save", folder["l.mp4"]])
        #expect(save.code == 1 && save.errors.contains("is a link") && secretIsKept(), "\(save)")
        _ = try cache.run(["cache", "scan"])
        _ = try cache.run(["cache", "clean", "--older-than", "0"])
        #expect(secretIsKept() && FileManager.default.fileExists(atPath: folder["store/store.json"]))
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder["videos"]).allSatisfy { ["a.mp4", "l.mp4", "d.mp4"].contains($0) })
    }

    @Test func blobs() throws {
        for name in [
            "../../secret", "\(String(repeating: "0", count: 62))..", String(repeating: "A", count: 64), "", "..",
            String(repeating: "a", count: 65),
        ] {
            let result = try spool.run(["blob", "get", name])
            #expect(result.code == 2 && result.errors.contains("SHA-256"), "\(name): \(result)")
        }
        let hash = try spool.run(["blob", "put", secret]).output.trimmingCharacters(in: .newlines)
        let file = "\(folder["store"])/blobs/\(hash.prefix(2))/\(hash.dropFirst(2))"
        // In the place of a blob: a link, a pipe, a folder.
        try link(file, to: secret)
        #expect(try spool.run(["blob", "get", hash]).code == 3)
        #expect(try spool.run(["blob", "check"]).code == 3)
        try FileManager.default.removeItem(atPath: file)
        #expect(mkfifo(file, 0o600) == 0)
        let pipe = try shell("timeout 20 '\(spool.path)' blob get \(hash)")
        #expect(pipe.code == 3, "\(pipe)")
        try FileManager.default.removeItem(atPath: file)
        // The folder of blobs that begin so leads elsewhere.
        let elsewhere = folder["elsewhere"]
        try FileManager.default.createDirectory(atPath: elsewhere, withIntermediateDirectories: true)
        try link(String(file.prefix(file.count - 63)), to: elsewhere)
        let put = try spool.run(["blob", "put", secret])
        #expect(put.code == 3, "\(put)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: elsewhere).isEmpty && secretIsKept())
    }

    @Test func backups() throws {
        func backup() throws -> String {
            try? FileManager.default.removeItem(atPath: folder["backup"])
            #expect(try spool.run(["backup", folder["backup"]]).code == 0)
            return folder["backup"]
        }
        func refused(_ what: String, _ change: (String) throws -> Void) throws {
            let path = try backup()
            try change(path)
            for arguments in [["restore", path, "--to", folder["back"]], ["verify", path]] {
                let result = try shell("timeout 20 '\(spool.path)' \(arguments.map { "'\($0)'" }.joined(separator: " "))")
                #expect((1...3).contains(result.code) && !result.errors.isEmpty, "\(what), \(arguments[0]): \(result)")
                #expect(!FileManager.default.fileExists(atPath: folder["back"]) && secretIsKept(), "\(what)")
            }
        }
        for file in ["records.spool", "store.json", "backup.json", "SHA256SUMS"] {
            try refused("\(file) is a link") { path in
                try FileManager.default.moveItem(atPath: "\(path)/\(file)", toPath: folder["moved-\(file)"])
                try link("\(path)/\(file)", to: folder["moved-\(file)"])
                try Data("x".utf8).write(to: URL(fileURLWithPath: folder["moved-\(file)"]))
            }
            try refused("\(file) is a pipe") { path in
                try FileManager.default.removeItem(atPath: "\(path)/\(file)")
                #expect(mkfifo("\(path)/\(file)", 0o600) == 0)
            }
        }
        for name in [
            "../secret", secret, "blobs/../../secret", "views/../data.mdb", "views/a\nb/data.mdb",
            "blobs/aa/\(String(repeating: "/", count: 62))",
        ] {
            try refused("'\(name)' in the manifest") { path in
                let manifest = try String(contentsOfFile: "\(path)/SHA256SUMS", encoding: .utf8)
                let line = "\(String(repeating: "0", count: 64))  \(name)\n"
                try Data((manifest + line).utf8).write(to: URL(fileURLWithPath: "\(path)/SHA256SUMS"))
            }
        }
        let names = ["with\nnewline", "é \u{7F}", "-n"]
        for name in names {
            #expect(try spool.run(["backup", folder[name]]).code == 0)
            #expect(try spool.run(["restore", folder[name], "--to", folder["\(name) back"]]).code == 0)
        }
        try link(folder["dangling"], to: folder["nowhere/at/all"])
        #expect((1...3).contains(try spool.run(["restore", backup(), "--to", folder["dangling"]]).code))
    }

    /// Somebody swaps a file for a link to a secret again and again, while it is saved in the cache and put as a blob's.
    @Test func races() throws {
        let cache = Command(spool.path, environment: spool.environment.merging(["SPOOL_VIDEOS": folder["videos"]]) { $1 })
        try FileManager.default.createDirectory(atPath: folder["videos"], withIntermediateDirectories: true)
        try Data("video".utf8).write(to: URL(fileURLWithPath: folder["a.mp4"]))
        let place = folder["videos/a.mp4"]
        let swap = """
            import os, sys, time
            secret, place = sys.argv[1:]
            end = time.time() + 1
            while time.time() < end:
                for target in (secret, "/dev/zero", os.path.dirname(secret)):
                    os.symlink(target, place + ".x")
                    os.replace(place + ".x", place)
                    time.sleep(0.0003)
                    os.path.lexists(place) and os.remove(place)
            """
        let swapping = try Command("/usr/bin/python3").start(["-c", swap, secret, place])
        var saves = 0
        while swapping.isRunning {
            let result = try shell("timeout 20 '\(spool.path)' cache save '\(folder["a.mp4"])'", cache.environment)
            #expect((0...3).contains(result.code), "\(result)")
            #expect(secretIsKept())
            saves += 1
        }
        #expect(saves > 3)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder["videos"]).allSatisfy { $0.hasPrefix("a.mp4") })
    }

    private func shell(_ script: String, _ environment: [String: String]? = nil) throws -> Command.Result {
        try Command("/bin/bash", environment: environment ?? spool.environment).run(["-c", script])
    }
}

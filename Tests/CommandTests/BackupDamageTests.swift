import Foundation
import Spool
import TestSupport
import Testing

/// Whatever happens to a backup's files is noticed by verify and by restore, which say where, and nothing is left of the restore.
struct BackupDamageTests {
    private let folder = TemporaryFolder()
    private let base: Backup
    private let backup: Backup

    init() throws {
        let store = try StoreFacts.makeStore(folder["store"])
        var chance = SplitMix64(seed: 7)
        try StoreFacts.fill(store, 80, &chance)
        base = try store.backup(to: folder["b/base"])
        try StoreFacts.fill(store, 80, &chance)
        backup = try store.backup(to: folder["b/next"], since: base, withViews: false)
    }

    /// Copies both backups, lets `change` damage the copy, and expects it to be refused with a message that has `words` in it.
    private func expectRefused(
        _ what: String, naming words: [String], _ change: (String) throws -> Void, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let copy = TemporaryFolder()
        try FileManager.default.copyItem(atPath: folder["b"], toPath: copy["b"])
        try change(copy["b"])
        var messages: [String] = []
        do {
            let result = try BackupChain(Backup(at: copy["b/next"])).verify()
            messages = result.problems.map { "\($0)" }
        } catch {
            messages = ["\(error)"]
        }
        #expect(!messages.isEmpty, "\(what): verify finds nothing", sourceLocation: sourceLocation)
        for word in words {
            #expect(messages.contains { $0.contains(word) }, "\(what): no '\(word)' in \(messages)", sourceLocation: sourceLocation)
        }
        let refusal = #expect(throws: BackupError.self, "\(what): restored", sourceLocation: sourceLocation) {
            try Restore(of: BackupChain(Backup(at: copy["b/next"]))).run(to: copy["restored"])
        }
        if let refusal, let word = words.first {
            #expect("\(refusal)".contains(word), "\(what): no '\(word)' in \(refusal)", sourceLocation: sourceLocation)
        }
        #expect(entries(of: copy.path) == ["b"], "\(what): something is left", sourceLocation: sourceLocation)
    }

    private func edit(_ path: String, _ change: (inout Data) -> Void) throws {
        var data = try Data(contentsOf: URL(fileURLWithPath: path))
        change(&data)
        try data.write(to: URL(fileURLWithPath: path))
    }

    @Test func undamagedIsTaken() throws {
        #expect(try BackupChain(backup).verify().isWhole)
        #expect(try files(in: folder["b/next"]).contains("records.spool"))
    }

    @Test func truncated() throws {
        var chance = SplitMix64(seed: 8)
        for backup in ["base", "next"] {
            for file in ["records.spool", "backup.json", "SHA256SUMS", "store.json"] {
                let size = try Data(contentsOf: URL(fileURLWithPath: folder["b/\(backup)/\(file)"])).count
                var lengths = [0, 1, size - 1]
                for _ in 0..<(file == "records.spool" ? 20 : 4) { lengths.append(Int.random(in: 0..<size, using: &chance)) }
                for length in lengths {
                    try expectRefused("\(backup)/\(file) cut to \(length)", naming: [file]) { path in
                        try edit("\(path)/\(backup)/\(file)") { $0 = $0.prefix(length) }
                    }
                }
            }
        }
    }

    @Test func flippedBits() throws {
        var chance = SplitMix64(seed: 9)
        for backup in ["base", "next"] {
            for file in try files(in: folder["b/\(backup)"]) {
                for _ in 0..<(file.hasPrefix("blobs/") ? 1 : 12) {
                    let bit = UInt8(1) << UInt8.random(in: 0..<8, using: &chance)
                    let number = Int.random(in: 0 ..< .max, using: &chance)
                    try expectRefused("\(backup)/\(file) flipped", naming: file == "SHA256SUMS" ? [] : [file]) { path in
                        try edit("\(path)/\(backup)/\(file)") { data in
                            let place = number % data.count
                            data[place] ^= bit
                        }
                    }
                }
            }
        }
    }

    @Test func aDamagedRecordIsNamedByItsPosition() throws {
        // The first record begins after the header and its length; byte 30 of it is in its header.
        try expectRefused("first record", naming: ["records.spool", "byte 24", "position 1"]) { path in
            try edit("\(path)/base/records.spool") { $0[24 + 4 + 60] ^= 1 }
        }
    }

    @Test func missingAddedAndSwappedFiles() throws {
        let manager = FileManager.default
        for backup in ["base", "next"] {
            for file in try files(in: folder["b/\(backup)"]) {
                try expectRefused("\(backup)/\(file) removed", naming: [file == "SHA256SUMS" ? "SHA256SUMS" : file]) { path in
                    try manager.removeItem(atPath: "\(path)/\(backup)/\(file)")
                }
            }
        }
        try expectRefused("base removed", naming: ["base"]) { try manager.removeItem(atPath: "\($0)/base") }
        try expectRefused("a file more", naming: ["blobs/extra"]) { path in
            try manager.createDirectory(atPath: "\(path)/next/blobs", withIntermediateDirectories: true)
            try Data("x".utf8).write(to: URL(fileURLWithPath: "\(path)/next/blobs/extra"))
        }
        try expectRefused("records swapped", naming: ["records.spool"]) { path in
            try manager.moveItem(atPath: "\(path)/base/records.spool", toPath: "\(path)/other")
            try manager.moveItem(atPath: "\(path)/next/records.spool", toPath: "\(path)/base/records.spool")
            try manager.moveItem(atPath: "\(path)/other", toPath: "\(path)/next/records.spool")
        }
        try expectRefused("blobs swapped", naming: ["blobs/"]) { path in
            let blobs = try files(in: "\(path)/base").filter { $0.hasPrefix("blobs/") }
            try manager.removeItem(atPath: "\(path)/base/\(blobs[0])")
            try manager.copyItem(atPath: "\(path)/base/\(blobs[1])", toPath: "\(path)/base/\(blobs[0])")
        }
    }

    @Test func linksAndPathsOutside() throws {
        let manager = FileManager.default
        let blob = try #require(files(in: folder["b/base"]).first { $0.hasPrefix("blobs/") })
        for file in ["records.spool", "backup.json", "SHA256SUMS", "store.json", blob] {
            try expectRefused("\(file) is a link", naming: [file, "link"]) { path in
                try manager.moveItem(atPath: "\(path)/base/\(file)", toPath: "\(path)/moved")
                try manager.createSymbolicLink(atPath: "\(path)/base/\(file)", withDestinationPath: "\(path)/moved")
            }
        }
        try expectRefused("a linked folder", naming: ["blobs", "link"]) { path in
            try manager.moveItem(atPath: "\(path)/base/blobs", toPath: "\(path)/moved")
            try manager.createSymbolicLink(atPath: "\(path)/base/blobs", withDestinationPath: "\(path)/moved")
        }
        for bad in ["../escaped", "/etc/passwd", "blobs/../store.json", "blobs/aa/..", "views/../data.mdb", "notes"] {
            try expectRefused("a line for \(bad)", naming: ["SHA256SUMS", bad]) { path in
                try edit("\(path)/base/SHA256SUMS") { $0.append(contentsOf: Data((String(repeating: "a", count: 64) + "  \(bad)\n").utf8)) }
            }
        }
    }

    /// Changes `backup.json` and makes `SHA256SUMS` fit it, as somebody would who edits by hand.
    private func rewrite(_ path: String, _ change: (String) -> String) throws {
        let info = try String(contentsOfFile: "\(path)/backup.json", encoding: .utf8)
        try change(info).write(toFile: "\(path)/backup.json", atomically: false, encoding: .utf8)
        let sums = try Command("/usr/bin/sha256sum").run(["\(path)/backup.json"])
        try edit("\(path)/SHA256SUMS") { data in
            let lines = String(decoding: data, as: UTF8.self).split(separator: "\n").map { line in
                line.hasSuffix("  backup.json") ? "\(sums.output.prefix(64))  backup.json" : String(line)
            }
            data = Data((lines.joined(separator: "\n") + "\n").utf8)
        }
    }

    @Test func editedDescriptions() throws {
        try expectRefused("unknown format", naming: ["format 9"]) { path in
            try rewrite("\(path)/next") { $0.replacing(#""format":1"#, with: #""format":9"#) }
        }
        try expectRefused("another store", naming: ["store"]) { path in
            try rewrite("\(path)/next") { $0.replacing(backup.info.store, with: "00000000-0000-7000-8000-000000000000") }
        }
        try expectRefused("a count", naming: ["backup.json"]) { path in
            try rewrite("\(path)/next") { $0.replacing("\"records\":\(backup.info.records)", with: "\"records\":1") }
        }
        try expectRefused("a checksum", naming: ["records.spool"]) { path in
            try rewrite("\(path)/next") { $0.replacing("\"checksum\":\(backup.info.through.checksum)", with: "\"checksum\":1") }
        }
        try expectRefused("the base edited", naming: ["base"]) { path in
            try rewrite("\(path)/base") { $0.replacing("\"records\":", with: "\"records\": ") }
        }
    }

    @Test func numbersThatNoBackupHas() throws {
        let info = base.info
        for (what, number) in [("records", info.records), ("position", info.through.position), ("record_bytes", info.recordBytes)] {
            for wrong in ["18446744073709551615", "9223372036854775807", "\(number + 1)", "-1", "1.5", "null"] {
                try expectRefused("\(what) \(wrong)", naming: ["base"]) { path in
                    try rewrite("\(path)/base") { $0.replacing("\"\(what)\":\(number)", with: "\"\(what)\":\(wrong)") }
                }
            }
        }
        // As of one who changes the child to fit, too.
        try expectRefused("all of them", naming: ["next"]) { path in
            try rewrite("\(path)/next") { text in
                text.replacing("\"position\":\(info.through.position)", with: "\"position\":18446744073709551615")
            }
        }
    }

    /// A backup of its own may say anything of itself: nothing that it says may end the process.
    @Test func numbersOfAFullBackup() throws {
        let info = base.info
        let spool = Command.spool(store: folder["none"])
        for wrong in ["18446744073709551615", "9223372036854775807", "1152921504606846976", "1152921504606846975", "0", "1"] {
            let copy = TemporaryFolder()
            try FileManager.default.copyItem(atPath: folder["b/base"], toPath: copy["base"])
            try rewrite(copy["base"]) { text in
                text.replacing("\"position\":\(info.through.position)", with: "\"position\":\(wrong)")
                    .replacing("\"records\":\(info.records)", with: "\"records\":\(wrong)")
            }
            for arguments in [["verify", copy["base"]], ["restore", copy["base"], "--to", copy["r"]]] {
                let result = try spool.run(arguments)
                #expect(result.code == 3 && result.errors.contains("base"), "\(wrong): \(result.code) \(result.errors)")
            }
            #expect(entries(of: copy.path) == ["base"])
        }
    }

    @Test func damagedViews() throws {
        let folder = TemporaryFolder()
        let store = try StoreFacts.makeStore(folder["store"])
        var chance = SplitMix64(seed: 15)
        try StoreFacts.fill(store, 60, &chance)
        let backup = try store.backup(to: folder["b"], withViews: true)
        let view = try #require(backup.info.views.first { $0.name.hasPrefix("trends@") }).name
        #expect(try files(in: folder["b/views/\(view)"]) == ["data.mdb"])
        try edit(folder["b/views/\(view)/data.mdb"]) { $0[$0.count / 2] ^= 16 }
        #expect(try BackupChain(backup).verify().problems.contains { $0.file == "views/\(view)/data.mdb" })
        let refusal = #expect(throws: BackupError.self) { try Restore(of: BackupChain(backup)).run(to: folder["r"]) }
        #expect("\(try #require(refusal))".contains("views/\(view)/data.mdb"))
        #expect(entries(of: folder.path) == ["b", "store"])
    }

    @Test func swappedIncrementals() throws {
        let folder = TemporaryFolder()
        let store = try StoreFacts.makeStore(folder["store"])
        var chance = SplitMix64(seed: 10)
        var last: Backup?
        for name in ["0", "1", "2", "3"] {
            try StoreFacts.fill(store, 30, &chance)
            last = try store.backup(to: folder["b/\(name)"], since: last)
        }
        let manager = FileManager.default
        try manager.moveItem(atPath: folder["b/1"], toPath: folder["b/x"])
        try manager.moveItem(atPath: folder["b/2"], toPath: folder["b/1"])
        try manager.moveItem(atPath: folder["b/x"], toPath: folder["b/2"])
        for name in ["1", "3"] {
            let refusal = #expect(throws: BackupError.self) { try BackupChain(Backup(at: folder["b/\(name)"])) }
            let message = "\(try #require(refusal))"
            #expect(message.contains("--base") && message.contains("is another one"), "\(message)")
        }
    }

    @Test func theCommandSaysSo() throws {
        let spool = Command.spool(store: folder["none"])
        try edit(folder["b/base/records.spool"]) { $0[200] ^= 4 }
        let verified = try spool.run(["verify", folder["b/next"]])
        #expect(verified.code == 3, "\(verified.output)")
        #expect(verified.errors.contains("base/records.spool") && verified.errors.contains("position 1"), "\(verified.errors)")
        let restored = try spool.run(["restore", folder["b/next"], "--to", folder["r"]])
        #expect(restored.code == 3 && restored.errors.contains("base/records.spool"), "\(restored.errors)")
        #expect(entries(of: folder.path) == ["b", "store"])
        let none = try spool.run(["verify", folder["b"]])
        #expect(none.code == 2 && none.errors.contains("the newest is"), "\(none.errors)")
        let taken = try spool.run(["restore", folder["b/base"], "--to", folder["store"]])
        #expect(taken.code == 2 && taken.errors.contains("not empty"), "\(taken.errors)")
        let asStore = try Command.spool(store: folder["b/base"]).run(["query", "SELECT 1"])
        #expect(asStore.code == 3 && asStore.errors.contains("spool restore"), "\(asStore.errors)")
    }
}

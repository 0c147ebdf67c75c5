import CLinux
import Foundation
import LMDB
import TestSupport
import Testing

/// Commits that go to disk by one flush: what a loss of power leaves of the last one is found out, and nobody sees one that is not on disk.
struct LastCommitTests {
    let folder = TemporaryFolder()

    /// The values, by key.
    private typealias Model = [[UInt8]]

    private func append(_ values: [[UInt8]], to environment: Environment, after count: Int) throws {
        try environment.hold { hold in
            let (transaction, _) = try hold.beginDenseWrite()
            defer { transaction.end() }
            for (place, value) in values.enumerated() {
                try transaction.append(UInt64(count + place + 1), byteCount: value.count, to: environment.trees[0]) {
                    $0.copyBytes(from: value)
                }
            }
            try transaction.commit()
        }
    }

    /// How many values there are, each as the model has it.
    private func count(_ environment: Environment, _ model: Model) throws -> Int {
        let (transaction, tree) = try environment.beginDenseRead()
        defer { transaction.end() }
        try tree.scan(1...max(1, tree.count), backward: false) { key, value in
            try #require(key <= model.count)
            #expect(value.array == model[Int(key) - 1], "entry \(key)")
            return true
        }
        return Int(tree.count)
    }

    private func file(_ path: String) throws -> [UInt8] { try Array(Data(contentsOf: URL(fileURLWithPath: "\(path)/data.mdb"))) }

    /// Another commit in place of the next one, so that what the torn one left would be found if it was taken for it.
    private func goesOn(_ path: String, _ model: Model, seed: UInt64) throws {
        var model = model
        let environment = try CheckedValues.open(path)
        for number in 0..<3 as Range<UInt64> {
            let next = [CheckedValues.make(300 + Int(number) * 900, key: UInt64(model.count + 1), salt: seed &+ number)]
            try append(next, to: environment, after: model.count)
            model += next
        }
        #expect(try count(environment, model) == model.count)
        try environment.checkStructure()
    }

    /// Of each commit's changes to the file some are there, torn at 512 or 4096 bytes: the commit is there whole or not at all.
    @Test(arguments: [1, 2] as [UInt64]) func tornCommits(seed: UInt64) throws {
        var chance = SplitMix64(seed: seed)
        let path = folder["log"]
        let environment = try CheckedValues.open(path)
        var model: Model = []
        var outcomes = [0, 0]
        var held: Transaction?
        for commit in 0..<40 {
            let before = try file(path)
            let longest = commit % 7 == 0 ? 20_000 : 600
            let values = (1...Int.random(in: 1...(commit % 5 == 0 ? 60 : 3), using: &chance)).map { place in
                CheckedValues.make(Int.random(in: 16...longest, using: &chance), key: UInt64(model.count + place), salt: chance.next())
            }
            // A reader keeps pages from being used again: the list of free pages then is long.
            if commit % 20 == 5 { held = try environment.beginRead() }
            if commit % 20 == 15 {
                held?.end()
                held = nil
            }
            try append(values, to: environment, after: model.count)
            let after = try file(path)
            let older = model
            model += values
            for state in 0..<4 {
                let torn = Self.torn(before, after, isWhole: state == 0, using: &chance)
                let copy = folder["torn"]
                defer { TemporaryFolder.remove(copy) }
                try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: true)
                try Data(torn).write(to: URL(fileURLWithPath: "\(copy)/data.mdb"))
                // The page as it was when it was written back last: with an earlier note, or none.
                let note = state % 2 == 0 ? nil : UInt64.random(in: 0...UInt64(commit + 1), using: &chance)
                try leave(note, in: copy)
                let found = try count(CheckedValues.open(copy), model)
                // As if the first to open it had died before it was done.
                try leave(note, in: copy)
                #expect(try count(CheckedValues.open(copy), model) == found)
                try #require(
                    found == model.count || (state > 0 && found == older.count),
                    "seed \(seed), commit \(commit), state \(state): \(found) of \(older.count) or \(model.count)")
                outcomes[found == model.count ? 0 : 1] += 1
                try goesOn(copy, found == model.count ? model : older, seed: seed)
            }
        }
        held?.end()
        #expect(outcomes[0] > 40 && outcomes[1] > 40, "\(outcomes)")
    }

    /// Makes the page of another run of the system.
    private func leave(_ note: UInt64?, in path: String) throws {
        var page = [UInt8](repeating: 0, count: Int(spool_page_size))
        if let note {
            spool_note_make(&page, 7, note)
            try #require(spool_lock_make(&page) == 0)
        }
        try Data(page).write(to: URL(fileURLWithPath: "\(path)/writer.lock"))
    }

    /// A value that rots, in the leaf that the last commit has copied, does not make it one that is taken back.
    @Test func damageOfBeforeIsNotTakenBack() throws {
        let path = folder["log"]
        let model: Model = (1...4).map { CheckedValues.make(300, key: $0, salt: 9) }
        try append(Array(model.prefix(3)), to: CheckedValues.open(path), after: 0)
        var bytes = try file(path)
        let place = try #require(bytes.indices.dropLast(8).last { Array(bytes[$0..<$0 + 8]) == Array(model[0].prefix(8)) })
        bytes[place + 50] ^= 1
        try Data(bytes).write(to: URL(fileURLWithPath: "\(path)/data.mdb"))
        try append(Array(model.suffix(1)), to: CheckedValues.open(path), after: 3)
        try leave(1, in: path)
        let (transaction, tree) = try CheckedValues.open(path).beginDenseRead()
        defer { transaction.end() }
        #expect(tree.count == 4)
    }

    /// Numbers that no file has are damage, and no crash.
    @Test(arguments: [UInt64.max, UInt64(Int64.max)]) func absurdCounts(entries: UInt64) throws {
        let path = folder["log"]
        for key in 1...30 as ClosedRange<UInt64> {
            try append([CheckedValues.make(700, key: key, salt: 1)], to: CheckedValues.open(path), after: Int(key) - 1)
        }
        var bytes = try file(path)
        let meta = (0...1).map { $0 * 4096 }.max { Self.number(bytes, $0 + 144) < Self.number(bytes, $1 + 144) } ?? 0
        withUnsafeBytes(of: entries.littleEndian) { bytes.replaceSubrange(meta + 120..<meta + 128, with: $0) }
        try Data(bytes).write(to: URL(fileURLWithPath: "\(path)/data.mdb"))
        try leave(1, in: path)
        do {
            let (transaction, tree) = try CheckedValues.open(path).beginDenseRead()
            defer { transaction.end() }
            #expect(tree.count == 29)
        } catch let error as LMDBError {
            #expect(error.isDamage)
        }
    }

    private static func torn(_ before: [UInt8], _ after: [UInt8], isWhole: Bool, using chance: inout SplitMix64) -> [UInt8] {
        if isWhole { return after }
        let piece = Bool.random(using: &chance) ? 512 : 4096
        let share = Double.random(in: 0...1, using: &chance)
        var torn = Array(before.prefix(after.count))
        torn += [UInt8](repeating: 0, count: (Bool.random(using: &chance) ? after.count : max(before.count, 8192)) - torn.count)
        for start in stride(from: 0, to: after.count, by: piece) {
            let range = start..<min(start + piece, after.count)
            // The meta page most of the time: without it there is no commit.
            let isMeta = start < 8192
            guard Double.random(in: 0..<1, using: &chance) < (isMeta ? 0.9 : share) else { continue }
            if range.upperBound > torn.count { torn += [UInt8](repeating: 0, count: range.upperBound - torn.count) }
            torn.replaceSubrange(range, with: after[range])
        }
        return torn
    }

    /// `writer.lock` of a folder.
    private func withNote<R>(_ path: String, _ body: (UnsafeMutableRawPointer) throws -> R) throws -> R {
        let descriptor = open("\(path)/writer.lock", O_RDWR)
        defer { close(descriptor) }
        let page = try #require(mmap(nil, Int(spool_page_size), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0))
        try #require(page != MAP_FAILED)
        defer { munmap(page, Int(spool_page_size)) }
        return try body(page)
    }

    /// As it is between a commit and its flush, or where the writer died there: readers see the commit before, and the next writer flushes it.
    @Test func notSeenBeforeItIsOnDisk() throws {
        let path = folder["log"]
        let environment = try CheckedValues.open(path)
        let model: Model = (1...40).map { CheckedValues.make(100 + $0 * 90, key: UInt64($0), salt: 1) }
        for place in 0..<38 { try append([model[place]], to: environment, after: place) }
        let before = try environment.lastCommit()
        try append([model[38]], to: environment, after: 38)
        #expect(try environment.lastCommit() == before + 1)
        try withNote(path) { page in
            #expect(spool_note(page).flushed == before + 1)
            spool_note_flushed(page, before)
        }
        #expect(try environment.lastCommit() == before)
        #expect(try count(environment, model) == 38)
        // Whoever may write sees everything that there is, before it looks.
        try environment.hold { _ throws in #expect(try count(environment, model) == 39) }
        try withNote(path) { spool_note_flushed($0, before) }
        try append([model[39]], to: environment, after: 39)
        #expect(try count(environment, model) == 40)
        try withNote(path) { #expect(spool_note($0).flushed == before + 2) }
    }

    /// After somebody died while writing, both flushes are made for as long as somebody has the file open.
    @Test func carefulUntilEverybodyHasLeft() throws {
        let path = folder["log"]
        let model: Model = (1...4).map { CheckedValues.make(200, key: $0, salt: 1) }
        var environment: Environment? = try CheckedValues.open(path)
        try append([model[0]], to: #require(environment), after: 0)
        try withNote(path) { spool_note_careful($0) }
        try append([model[1]], to: #require(environment), after: 1)
        try withNote(path) { #expect(spool_note($0).is_careful && spool_note($0).flushed == 3) }
        let end = try #require(environment).usedBytes
        // What one who died may have left.
        try withFile(path) { file in
            try file.seek(toOffset: UInt64(end))
            try file.write(contentsOf: Data(repeating: 0xAA, count: 8192))
        }
        environment = nil
        environment = try CheckedValues.open(path)
        #expect(try file(path).count == end)
        try withNote(path) { #expect(!spool_note($0).is_careful) }
        try append([model[2]], to: #require(environment), after: 2)
        #expect(try count(#require(environment), model) == 3)
    }

    private func withFile(_ path: String, _ body: (FileHandle) throws -> Void) throws {
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: "\(path)/data.mdb"))
        try body(file)
        try file.close()
    }

    /// What was on disk is not taken back for damage that came later: where the note says that it was, or there is no note.
    @Test(arguments: ["noted", "noted in another run of the system", "no page"]) func damageIsNotTakenBack(kind: String) throws {
        let path = folder["log"]
        let model: Model = (1...31).map { CheckedValues.make(700, key: $0, salt: 1) }
        try append(model.dropLast(), to: CheckedValues.open(path), after: 0)
        try append(model.suffix(1), to: CheckedValues.open(path), after: 30)
        if kind == "no page" { try FileManager.default.removeItem(atPath: "\(path)/writer.lock") }
        var bytes = try file(path)
        let meta = (0...1).map { $0 * 4096 }.max { Self.number(bytes, $0 + 144) < Self.number(bytes, $1 + 144) } ?? 0
        let root = Int(Self.number(bytes, meta + 128)) * 4096
        bytes[root + 10] = 0x77
        try Data(bytes).write(to: URL(fileURLWithPath: "\(path)/data.mdb"))
        let bootID: UInt64 = kind.hasSuffix("system") ? 2 : 1
        #expect(throws: LMDBError.self) { try count(CheckedValues.open(path, bootID: bootID), model) }
        #expect(try file(path) == bytes)
    }

    private static func number(_ bytes: [UInt8], _ offset: Int) -> UInt64 {
        bytes[offset..<offset + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// A new file, one that an earlier version wrote, and one of another run of the system.
    @Test func whoeverWroteItBefore() throws {
        let path = folder["log"]
        let model: Model = (1...5).map { CheckedValues.make(50, key: $0, salt: 1) }
        #expect(try count(CheckedValues.open(path), []) == 0)
        do {
            let environment = try CheckedValues.open(path)
            try append([model[0]], to: environment, after: 0)
            // As one that knows of no notes makes the page.
            _ = try withNote(path) { memset($0 + Int(spool_page_size) - 184, 0, 184) }
            #expect(try count(environment, model) == 1)
            try append([model[1]], to: environment, after: 1)
            try withNote(path) { #expect(spool_note($0).is_there && spool_note($0).flushed == 3) }
        }
        try append([model[2]], to: CheckedValues.open(path), after: 2)
        try append([model[3]], to: CheckedValues.open(path, bootID: 2), after: 3)
        #expect(try count(CheckedValues.open(path, bootID: 3), model) == 4)
        try append([model[4]], to: CheckedValues.open(path, bootID: 3), after: 4)
        #expect(try count(CheckedValues.open(path, bootID: 3), model) == 5)
    }
}

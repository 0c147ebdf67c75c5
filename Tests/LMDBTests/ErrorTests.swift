import Glibc
import LMDB
import TestSupport
import Testing

/// What goes wrong says what, where and what to do.
struct ErrorTests {
    let folder = TemporaryFolder()

    private func failure(_ body: () throws -> Void) throws -> LMDBError {
        do {
            try body()
        } catch let error as LMDBError {
            return error
        }
        throw Missing()
    }

    private struct Missing: Error, CustomStringConvertible { let description = "no error was thrown" }

    private func write(_ bytes: [UInt8], to path: String) throws {
        let file = try #require(fopen(path, "w"))
        fwrite(bytes, 1, bytes.count, file)
        fclose(file)
    }

    @Test func parentIsMissing() throws {
        let path = folder["no/such/folder"]
        let error = try failure { _ = try Environment(at: path, trees: []) }
        #expect(error.code == ENOENT)
        #expect(error.description == "cannot make the folder \(path): there is no such file or folder.")
        #expect(!error.isDamage && !error.isOutOfSpace)
    }

    @Test func notAnLMDBFile() throws {
        mkdir(folder["a"], 0o755)
        try write([UInt8](repeating: 0x41, count: 10_000), to: folder["a/data.mdb"])
        let error = try failure { _ = try Environment(at: folder["a"], trees: [.init("t")]) }
        #expect(error.description.hasPrefix("cannot open \(folder["a"]): the file is damaged: page 0: expected meta page 0, found"))
        #expect(error.isDamage)
        // The failure left nothing behind that stands in the way.
        unlink(folder["a/data.mdb"])
        let environment = try Environment(at: folder["a"], trees: [.init("t")])
        #expect(try environment.read { try $0.count(environment.trees[0]) } == 0)
    }

    @Test func shorterThanItsPages() throws {
        do {
            let environment = try Environment(at: folder["a"], trees: [.init("t")])
            try environment.write { transaction in
                for key in 0..<255 as Range<UInt8> {
                    try transaction.put([UInt8](repeating: key, count: 900), for: [key + 1], in: environment.trees[0])
                }
            }
        }
        truncate(folder["a/data.mdb"], 40_960)
        let error = try failure { _ = try Environment(at: folder["a"], trees: [.init("t")]) }
        #expect(error.isDamage)
        #expect(error.description.contains("damaged"))
    }

    @Test func permission() throws {
        let error: LMDBError
        if geteuid() == 0 {
            // Nothing is denied to root but what nobody may do.
            error = try failure { _ = try Environment(at: "/proc/self/fdinfo/spool", trees: []) }
            #expect([ENOENT, EPERM, EACCES, EROFS].contains(error.code))
        } else {
            mkdir(folder["closed"], 0o500)
            error = try failure { _ = try Environment(at: folder["closed/a"], trees: []) }
            #expect(error.code == EACCES)
        }
        #expect(error.description.hasPrefix("cannot make the folder "))
        #expect(
            LMDBError(code: EACCES, operation: "open", path: "spool/log").description
                == "cannot open spool/log: permission denied. Check who owns the folder and its files; to read, too, takes the right to write "
                + "lock.mdb and writer.lock there.")
    }

    @Test func fileInPlaceOfTheFolder() throws {
        try write([1, 2, 3], to: folder["a"])
        let error = try failure { _ = try Environment(at: folder["a"], trees: []) }
        #expect(error.code == ENOTDIR)
        #expect(error.description.hasPrefix("cannot open \(folder["a"]): "))
    }

    @Test func treeOfAnotherLayout() throws {
        let environment = try Environment(at: folder["a"], trees: [.init("t", .integerSets)])
        try environment.write { try $0.insert(1, for: [1], in: environment.trees[0]) }
        let error = try failure { _ = try Environment(at: folder["a"], trees: [.init("t", .integers)]) }
        #expect(error.isDamage)
        #expect(error.description.contains("the tree t of"))
        #expect(try environment.read { try $0.count(environment.trees[0]) } == 1)
    }

    @Test func keysOutOfRange() throws {
        let environment = try Environment(at: folder["a"], trees: [.init("t")])
        let tree = environment.trees[0]
        try environment.write { transaction in
            try transaction.put([1], for: [UInt8](repeating: 1, count: 511), in: tree)
            for key in [[], [UInt8](repeating: 1, count: 512)] {
                let error = try failure { try transaction.put([1], for: key, in: tree) }
                #expect(error.description == "cannot write to \(folder["a"]): a key is empty or longer than 511 bytes.")
            }
        }
    }

    @Test(arguments: [ENOSPC, EDQUOT, EFBIG]) func outOfSpace(code: Int32) {
        let error = LMDBError(code: code, operation: "commit to", path: "spool/log")
        #expect(error.isOutOfSpace)
        #expect(error.description.hasPrefix("cannot commit to spool/log: "))
        #expect(error.description.contains("What was being written was taken back."))
    }

    @Test func appendOutOfOrder() throws {
        let environment = try Environment(at: folder["a"], trees: [.init(nil, .integers)])
        let tree = environment.trees[0]
        try environment.write { transaction in
            try transaction.append(5, byteCount: 1, to: tree) { $0[0] = 1 }
            for key in [5, 4, 1] as [UInt64] {
                let error = try failure { try transaction.append(key, byteCount: 1, to: tree) { $0[0] = 2 } }
                #expect(error.description == "cannot append to \(folder["a"]): the key is there already, or comes before the last one.")
            }
            try transaction.append(6, byteCount: 0, to: tree) { #expect($0.isEmpty) }
        }
        try environment.read { transaction throws in
            #expect(try bytes(transaction, 5, tree) == [1])
            #expect(try transaction.count(tree) == 2)
        }
    }
}

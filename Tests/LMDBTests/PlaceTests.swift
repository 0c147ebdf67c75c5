import CLinux
import Glibc
import TestSupport
import Testing

@testable import LMDB

/// What a path means is known without walking it, and known soon when that changes.
struct PlaceTests {
    let folder = TemporaryFolder()

    private func open(_ name: String) throws -> Environment { try Environment(at: folder[name], trees: [.init(nil, .integers)]) }

    /// At the next step of the system's clock.
    private func isInPlace(_ environment: Environment) throws -> Bool {
        usleep(11_000)
        guard let transaction = try environment.beginReadInPlace() else { return false }
        transaction.end()
        return true
    }

    /// Long enough ago for change times to be relied on.
    private func settle(_ environment: Environment) throws {
        usleep(60_000)
        for _ in 0..<3 { #expect(try isInPlace(environment)) }
    }

    @Test func exchanged() throws {
        let one = try open("one")
        let other = try open("other")
        try settle(one)
        for _ in 0..<10 {
            for expected in [false, true] {
                #expect(spool_exchange(folder["one"], folder["other"]) == 0)
                #expect(try isInPlace(one) == expected)
                #expect(try isInPlace(other) == expected)
            }
            try settle(one)
        }
    }

    @Test func movedAndBack() throws {
        let environment = try open("one")
        try settle(environment)
        #expect(rename(folder["one"], folder["two"]) == 0)
        #expect(try !isInPlace(environment))
        #expect(rename(folder["two"], folder["one"]) == 0)
        #expect(try isInPlace(environment))
    }

    @Test func removed() throws {
        let environment = try open("one")
        try settle(environment)
        #expect(unlink(folder["one/data.mdb"]) == 0)
        #expect(try !isInPlace(environment))
        TemporaryFolder.remove(folder["one"])
        #expect(try !isInPlace(environment))
        #expect(try !isInPlace(environment))
    }

    @Test func replacedFile() throws {
        let environment = try open("one")
        _ = try open("two")
        try settle(environment)
        #expect(rename(folder["two/data.mdb"], folder["one/data.mdb"]) == 0)
        #expect(try !isInPlace(environment))
    }

    @Test func folderAbove() throws {
        mkdir(folder["views"], 0o755)
        let environment = try open("views/one")
        try settle(environment)
        #expect(rename(folder["views"], folder["moved"]) == 0)
        usleep(30_000)
        #expect(try !isInPlace(environment))
    }

    /// The number of the last commit is read where LMDB notes it.
    @Test func lastCommit() throws {
        let one = try open("one")
        for key in 1...5 as ClosedRange<UInt64> {
            let number = try one.write { transaction in
                try transaction.append(key, byteCount: 1, to: one.trees[0]) { $0[0] = 1 }
                return try transaction.number
            }
            #expect(try one.lastCommit() == number)
            #expect(try one.read { try $0.number } == number)
        }
        // A writer that gives up changes nothing.
        let before = try one.lastCommit()
        let transaction = try one.beginWrite()
        #expect(try one.lastCommit() == before)
        transaction.end()
        #expect(try one.lastCommit() == before)
    }
}

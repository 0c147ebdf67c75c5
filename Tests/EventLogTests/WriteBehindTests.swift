import CLinux
import Glibc
import LMDB
import Synchronization
import TestSupport
import Testing

@testable import EventLog

/// What appends gather in memory lies on certain tables, and on no others.
struct WriteBehindTests {
    let folder = TemporaryFolder()
    private let log: MemoryStorage
    /// Of the log's two events.
    private let first: Checkpoint
    private let second: Checkpoint

    init() throws {
        let log = MemoryStorage()
        self.log = log
        let events = EventLog(log, index: EventIndex(at: folder["views/index"], of: log))
        try events.append([event("1"), event("2")])
        let checkpoints = try (1...2 as ClosedRange<Position>).map { position in
            try #require(try log.read { try $0.event(at: position) { Checkpoint(position: position, checksum: $0.checksum) } })
        }
        (first, second) = (checkpoints[0], checkpoints[1])
    }

    /// Notes what it looked into, and writes one entry.
    private final class Notes: DerivedChanges {
        var eventCount = 1
        var byteCount: Int { 100 }
        private(set) var looks = 0
        private(set) var writer: pthread_t?

        func look(in transaction: DerivedTransaction, below: Notes?) { looks += 1 }
        func detach() {}
        func write(to transaction: DerivedTransaction) throws {
            writer = pthread_self()
            try transaction.transaction.put([UInt8(truncatingIfNeeded: eventCount)], for: [1], in: transaction.tree(0))
        }
    }

    private func environment(_ name: String) -> DerivedEnvironment {
        DerivedEnvironment(at: folder[name], trees: [.init("notes")], fingerprint: 1, log: log, bootID: 77)
    }

    private func commit(_ checkpoint: Checkpoint, to environment: DerivedEnvironment) throws {
        let transaction = try environment.beginWrite()
        defer { transaction.end() }
        try transaction.commit(checkpoint)
    }

    private func note(in environment: DerivedEnvironment) throws -> [UInt8]? {
        let transaction = try environment.beginRead()
        defer { transaction.end() }
        return try transaction.transaction.copy(of: [1], in: transaction.tree(0))
    }

    /// Tables that another process built anew stand at the same position; what was looked up in the former ones is forgotten.
    @Test(arguments: [false, true]) func exchanged(isBurst: Bool) throws {
        let live = environment("live")
        let other = environment("other")
        try commit(first, to: live)
        try commit(isBurst ? second : first, to: other)
        let behind = WriteBehind(live) { Notes() }
        let before = try behind.begin().changes
        if isBurst {
            behind.commit(second, isBurst: true)
        } else {
            behind.advance(to: second)
            behind.end(isKept: true)
            #expect(try behind.begin().changes === before)
            behind.end(isKept: true)
        }
        #expect(spool_exchange(folder["live"], folder["other"]) == 0)
        usleep(12_000)
        let (after, reached) = try behind.begin()
        #expect(after !== before)
        #expect(reached == (isBurst ? second : first))
        behind.end(isKept: true)
        behind.settle()
        #expect(try note(in: live) == nil)
    }

    /// An append that was refused leaves nothing behind, however many there are.
    @Test func refusedOnly() throws {
        let environment = environment("live")
        try commit(first, to: environment)
        let behind = WriteBehind(environment) { Notes() }
        let before = try behind.begin().changes
        behind.end(isKept: true)
        #expect(try behind.begin().changes !== before)
        behind.end(isKept: true)
    }

    /// What was folded in passing is written when it has become much.
    @Test func foldedAndRefused() throws {
        let environment = environment("live")
        try commit(first, to: environment)
        let behind = WriteBehind(environment) { Notes() }
        let changes = try behind.begin().changes
        behind.advance(to: second)
        changes.eventCount = 20_000
        behind.end(isKept: true)
        behind.settle()
        #expect(try note(in: environment) == [UInt8(truncatingIfNeeded: 20_000)])
    }

    /// Who waits for changes to be written writes them, where no thread is free.
    @Test func withoutFreeThreads() throws {
        let environment = environment("live")
        try commit(first, to: environment)
        let behind = WriteBehind(environment) { Notes() }
        let changes = try behind.begin().changes
        changes.eventCount = 20_000
        let threads = BusyThreads()
        behind.commit(second, isBurst: true)
        behind.settle()
        #expect(threads.end())
        #expect(changes.writer == pthread_self())
        #expect(try note(in: environment) == [UInt8(truncatingIfNeeded: 20_000)])
    }
}

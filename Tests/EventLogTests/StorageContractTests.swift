import EventLog
import TestSupport
import Testing

/// What every storage promises, whatever it is made of.
struct StorageContractTests {
    let folder = TemporaryFolder()

    private func append(_ writer: any LogWriter, _ position: Position, _ bytes: [UInt8]) throws {
        try writer.append(position, byteCount: bytes.count) { $0.copyBytes(from: bytes) }
    }

    private func fill(_ storage: any LogStorage, _ count: Position) throws {
        try storage.write { writer throws in
            let head = try writer.head()
            for position in head + 1...head + count { try append(writer, position, content(position)) }
            try writer.commit()
        }
    }

    /// Of many lengths, some of them longer than a page.
    private func content(_ position: Position) -> [UInt8] {
        [UInt8](repeating: UInt8(truncatingIfNeeded: position), count: Int(position * 37 % 900 + (position % 50 == 0 ? 9000 : 1)))
    }

    @Test(arguments: StorageKind.allCases) func emptyLog(kind: StorageKind) throws {
        let storage = try kind.make(in: folder)
        try storage.read { log throws in
            #expect(try log.head() == 0)
            for position in [0, 1, .max] as [Position] { #expect(try log.record(at: position) { $0.byteCount } == nil) }
            for backward in [false, true] {
                try log.scan(1...(.max), backward: backward) { _, _ in
                    Issue.record("an empty log has no records")
                    return true
                }
            }
        }
    }

    @Test(arguments: StorageKind.allCases) func positionsAreContiguousAndBytesAreKept(kind: StorageKind) throws {
        let storage = try kind.make(in: folder)
        try fill(storage, 60)
        try fill(storage, 61)
        try storage.read { log throws in
            #expect(try log.head() == 121)
            var expected: Position = 1
            try log.scan(1...121, backward: false) { position, bytes in
                #expect(position == expected)
                #expect(bytes.withUnsafeBytes { Array($0) } == content(position))
                expected += 1
                return true
            }
            #expect(expected == 122)
            for position in [1, 2, 50, 120, 121] as [Position] {
                #expect(try log.record(at: position) { $0.withUnsafeBytes { Array($0) } } == content(position))
            }
            for position in [0, 122, .max] as [Position] { #expect(try log.record(at: position) { $0.byteCount } == nil) }
        }
    }

    @Test(arguments: StorageKind.allCases) func scansWithEveryEdge(kind: StorageKind) throws {
        let storage = try kind.make(in: folder)
        try fill(storage, 7)
        let edges = Array(0...9) + [Position.max]
        try storage.read { log throws in
            for lower in edges {
                for upper in edges where upper >= lower {
                    let all = Array(1...7).filter { (lower...upper).contains($0) }
                    for backward in [false, true] {
                        for stop in [1, 3, 100] {
                            var seen: [Position] = []
                            try log.scan(lower...upper, backward: backward) { position, _ in
                                seen.append(position)
                                return seen.count < stop
                            }
                            let expected = Array((backward ? all.reversed() : all).prefix(stop))
                            #expect(seen == expected, "\(lower)...\(upper) backward \(backward) stop \(stop)")
                        }
                    }
                }
            }
        }
    }

    @Test(arguments: StorageKind.allCases) func snapshotsAreIsolated(kind: StorageKind) throws {
        let storage = try kind.make(in: folder)
        try fill(storage, 3)
        let before = try storage.beginRead()
        try storage.write { writer throws in
            try append(writer, 4, [4])
            // The writer sees its own, others do not until it commits.
            #expect(try writer.head() == 4)
            #expect(try writer.record(at: 4) { $0.byteCount } == 1)
            #expect(try storage.read { try $0.head() } == 3)
            try writer.commit()
            #expect(try storage.read { try $0.head() } == 4)
        }
        #expect(try before.head() == 3)
        #expect(try before.record(at: 4) { $0.byteCount } == nil)
        before.end()
        before.end()
        #expect(try storage.read { try $0.head() } == 4)
    }

    @Test(arguments: StorageKind.allCases) func nothingIsStoredWithoutCommit(kind: StorageKind) throws {
        struct Stop: Error {}
        let storage = try kind.make(in: folder)
        try fill(storage, 2)
        try storage.write { try append($0, 3, [1]) }
        #expect(try storage.read { try $0.head() } == 2)
        #expect(throws: Stop.self) {
            try storage.write { writer throws in
                try append(writer, 3, [1])
                throw Stop()
            }
        }
        #expect(try storage.read { try $0.head() } == 2)
        #expect(throws: Stop.self) {
            try storage.write { writer throws in
                try append(writer, 3, [1])
                try writer.commit()
                throw Stop()
            }
        }
        #expect(try storage.read { try $0.head() } == 3)
        try fill(storage, 1)
        #expect(try storage.read { try $0.head() } == 4)
    }

    @Test(arguments: StorageKind.allCases) func wrongPositionsAreRefused(kind: StorageKind) throws {
        let storage = try kind.make(in: folder)
        for wrong in [0, 2, .max] as [Position] {
            #expect(throws: PositionError(expected: 1, found: wrong)) { try storage.write { try append($0, wrong, [1]) } }
        }
        try fill(storage, 3)
        try storage.write { writer throws in
            for wrong in [0, 1, 3, 5, .max] as [Position] {
                #expect(throws: PositionError(expected: 4, found: wrong)) { try append(writer, wrong, [1]) }
            }
            // A refused record is no obstacle to the right one.
            try append(writer, 4, [4])
            #expect(throws: PositionError(expected: 5, found: 4)) { try append(writer, 4, [1]) }
            try append(writer, 5, [])
            try writer.commit()
        }
        try storage.read { log throws in
            #expect(try log.head() == 5)
            #expect(try log.record(at: 4) { $0.withUnsafeBytes { Array($0) } } == [4])
            #expect(try log.record(at: 5) { $0.byteCount } == 0)
        }
        let error = PositionError(expected: 5, found: 7)
        #expect(error.description == "the next position in the log is 5, and a record for 7 was to be appended")
    }

    @Test(arguments: StorageKind.allCases) func writersTakeTurns(kind: StorageKind) async throws {
        let storage = try kind.make(in: folder)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask { for _ in 0..<25 { try fill(storage, 2) } }
            }
            try await group.waitForAll()
        }
        try storage.read { log throws in
            #expect(try log.head() == 200)
            var count = 0
            try log.scan(1...200, backward: true) { position, bytes in
                count += bytes.withUnsafeBytes { Array($0) } == content(position) ? 1 : 0
                return true
            }
            #expect(count == 200)
        }
    }
}

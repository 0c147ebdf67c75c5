import EventLog
import TestSupport
import Testing

/// The packed positions of a type with many events.
struct TypesIndexTests {
    @Test func manyChunksBothWays() throws {
        let folder = TemporaryFolder()
        let log = try StorageKind.lmdb.log(in: folder)
        var random = SplitMix64(seed: 3)
        var positions: [Position] = []
        var next: Position = 1
        while positions.count < 6000 {
            // Runs of the one type, gaps of another that need two bytes a step.
            var events: [CloudEvent] = []
            for _ in 0..<Int.random(in: 1...400, using: &random) {
                positions.append(next)
                events.append(event("\(next)", type: "m.wanted"))
                next += 1
            }
            for _ in 0..<(Int.random(in: 0...9, using: &random) == 0 ? 150 : 1) {
                events.append(event("\(next)", type: ["l", "n", "m.wante", "m.wanted2"].randomElement(using: &random) ?? "l"))
                next += 1
            }
            try log.append(events)
        }
        log.index.settle()
        let reader = try log.index.beginRead()
        defer { reader.end() }
        #expect(try reader.summary(ofType: "m.wanted")?.count == UInt64(positions.count))
        #expect(try reader.summary(ofType: "m.wanted")?.last == positions.last)
        func found(_ range: ClosedRange<Position>, backward: Bool) throws -> [Position] {
            var found: [Position] = []
            try reader.forEachPosition(ofType: "m.wanted", in: range, backward: backward) { position in
                found.append(position)
                return true
            }
            return found
        }
        #expect(try found(0...(.max), backward: false) == positions)
        #expect(try found(0...(.max), backward: true) == positions.reversed())
        var edges: [Position] = [0, 1, 2, next, next + 10, .max]
        for _ in 0..<40 { edges.append(Position.random(in: 1...next, using: &random)) }
        // Where a chunk ends and the next begins: about 960 steps of a byte.
        for place in [943, 944, 945, 946, 1888, 1889, 1890] { edges.append(positions[place]) }
        for lower in edges {
            let upper = max(lower, edges.randomElement(using: &random) ?? lower)
            let expected = positions.filter { (lower...upper).contains($0) }
            #expect(try found(lower...upper, backward: false) == expected, "\(lower)...\(upper)")
            #expect(try found(lower...upper, backward: true) == expected.reversed(), "\(lower)...\(upper)")
        }
        var first: [Position] = []
        try reader.forEachPosition(ofType: "m.wanted", in: 1...(.max), backward: true) { position in
            first.append(position)
            return first.count < 3
        }
        #expect(first == positions.suffix(3).reversed())
        #expect(try log.index.check() == 0)
    }
}

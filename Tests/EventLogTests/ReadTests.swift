import EventLog
import TestSupport
import Testing

/// Reading by tag, type, time and position, against a naive filter over the same events.
struct ReadTests {
    let folder = TemporaryFolder()

    private struct Stored {
        let position: Position
        let id: String
        let type: String
        let source: String
        let tags: Set<String>
        let time: Timestamp
    }

    private static let types = ["a.first", "a.second", "b.happened", "b.happened.again", "z"]
    private static let tags = (0..<12).map { "video:\($0)" } + ["image:1", "image:10", "image:" + String(repeating: "x", count: 900)]

    private func fill(_ log: EventLog, _ count: Int, _ random: inout SplitMix64) throws -> [Stored] {
        var stored: [Stored] = []
        while stored.count < count {
            var group: [AppendRequest] = []
            for _ in 0..<Int.random(in: 1...120, using: &random) {
                let tags = (0..<Int.random(in: 0...2, using: &random)).compactMap { _ in Self.tags.randomElement(using: &random) }
                // The first type comes late, and rarely.
                let type = Self.types.dropFirst(stored.count < 500 ? 1 : 0).randomElement(using: &random) ?? "z"
                let time = Timestamp(microseconds: Int64.random(in: 0...1000, using: &random))
                let source = ["one", "two"].randomElement(using: &random) ?? "one"
                let data = tags.count > 1 ? "\"\(tags[1])\"" : "0"
                let event = event("\(stored.count)", type: type, source: source, subject: tags.first, time: time, data: data)
                stored.append(
                    Stored(
                        position: Position(stored.count + 1), id: event.id, type: type, source: source,
                        tags: Set(tags.isEmpty ? ["type:\(type)"] : tags), time: time))
                group.append(AppendRequest([event]))
            }
            for result in try log.append(group, joining: Tagger()) { _ = try result.get() }
        }
        return stored
    }

    /// Tags an event with the text that its data is.
    private final class Tagger: AppendParticipant {
        func begin(_ log: any LogReader) throws {}
        func apply(_ event: StagedEvent) throws {
            let text = String(decoding: event.event.data, as: UTF8.self)
            if text != "0" { event.add(try Tag(String(text.dropFirst().dropLast()))) }
        }
        func keep() {}
        func undo() throws {}
        func commit(_ checkpoint: Checkpoint, isBurst: Bool) {}
        func end() {}
    }

    private func naive(_ stored: [Stored], _ filter: EventFilter) -> [String] {
        let matching = stored.filter { event in
            filter.positions.contains(event.position) && filter.tags.allSatisfy { event.tags.contains($0) }
                && (filter.types.isEmpty || filter.types.contains(event.type)) && (filter.since.map { event.time >= $0 } ?? true)
                && (filter.until.map { event.time < $0 } ?? true) && (filter.source.map { event.source == $0 } ?? true)
        }
        return (filter.backward ? matching.reversed() : matching).prefix(filter.limit).map(\.id)
    }

    @Test(arguments: StorageKind.allCases) func againstNaiveFilter(kind: StorageKind) throws {
        let seed: UInt64 = kind == .lmdb ? 11 : 12
        var random = SplitMix64(seed: seed)
        let log = try kind.log(in: folder)
        let stored = try fill(log, 3000, &random)
        let count = Position(stored.count)
        #expect(try log.head() == count)
        for round in 0..<250 {
            var filter = EventFilter()
            if Bool.random(using: &random) {
                filter.tags = (0...Int.random(in: 0...1, using: &random)).map { _ in Self.tags.randomElement(using: &random) ?? "" }
            }
            if Bool.random(using: &random) {
                filter.types = (0...Int.random(in: 0...2, using: &random)).map { _ in
                    (Self.types + ["none"]).randomElement(using: &random) ?? ""
                }
            }
            let ends = [
                Position.random(in: 0...count + 5, using: &random), [0, 1, 2, count, .max].randomElement(using: &random) ?? 1,
            ].sorted()
            if Bool.random(using: &random) { filter.positions = ends[0]...ends[1] }
            if round % 4 == 1 { filter.since = Timestamp(microseconds: Int64.random(in: 0...1000, using: &random)) }
            if round % 4 == 2 { filter.until = Timestamp(microseconds: Int64.random(in: 0...1000, using: &random)) }
            if round % 5 == 0 { filter.source = "two" }
            filter.backward = Bool.random(using: &random)
            if Bool.random(using: &random) { filter.limit = Int.random(in: 0...40, using: &random) }
            #expect(try log.ids(filter) == naive(stored, filter), "seed \(seed), round \(round): \(filter)")
        }
        #expect(try log.index.check() == 0)
        try log.read { snapshot throws in
            for (type, last, total) in try snapshot.index.typeSummaries() {
                let events = stored.filter { $0.type == type }
                #expect(events.count == Int(total) && events.last?.position == last)
            }
            #expect(try snapshot.index.typeSummaries().map(\.type) == Self.types)
            for tag in Self.tags { #expect(try snapshot.index.count(ofTag: tag) == stored.count { $0.tags.contains(tag) }) }
        }
    }

    /// The very first entry of the tree is looked for from below.
    @Test(arguments: StorageKind.allCases) func firstTypeAfterOthers(kind: StorageKind) throws {
        let log = try kind.log(in: folder)
        try log.append([event("1", type: "b"), event("2", type: "b"), event("3", type: "a"), event("4", type: "a")])
        #expect(try log.ids(EventFilter(types: ["a"])) == ["3", "4"])
        #expect(try log.ids(EventFilter(types: ["a"], positions: 2...3)) == ["3"])
        #expect(try log.ids(EventFilter(types: ["a"], backward: true)) == ["4", "3"])
        #expect(try log.ids(EventFilter(types: ["b"])) == ["1", "2"])
    }

    @Test(arguments: StorageKind.allCases) func snapshotShowsNothingLater(kind: StorageKind) throws {
        let log = try kind.log(in: folder)
        try log.append([event("a", subject: "s:1")])
        let snapshot = try log.beginRead()
        defer { snapshot.end() }
        try log.append([event("b", subject: "s:1")])
        var seen = 0
        for filter in [EventFilter(), EventFilter(tags: ["s:1"]), EventFilter(types: ["thing.happened"], backward: true)] {
            try snapshot.forEach(filter) { _ in
                seen += 1
                return true
            }
        }
        #expect(seen == 3)
        #expect(snapshot.head == 1)
    }

    @Test func followSeesOldAndNewUntilTold() async throws {
        let log = try StorageKind.lmdb.log(in: folder)
        try log.append((1...5).map { event("\($0)") })
        let appending = Task {
            for number in 6...10 {
                try await Task.sleep(for: .milliseconds(5))
                try log.append([event("\(number)", type: number == 8 ? "other" : "thing.happened")])
            }
        }
        var seen: [String] = []
        try await log.follow(EventFilter(types: ["thing.happened"], positions: 3...(.max)), interval: .milliseconds(2)) { record in
            seen.append(record.id)
            return record.id != "10"
        }
        try await appending.value
        #expect(seen == ["3", "4", "5", "6", "7", "9", "10"])
        // An upper position ends it.
        seen = []
        try await log.follow(EventFilter(positions: 2...4), interval: .milliseconds(2)) { record in
            seen.append(record.id)
            return true
        }
        #expect(seen == ["2", "3", "4"])
    }
}

import EventLog
import TestSupport
import Testing

/// Random appends against a model of the log that is a plain list: every rule is kept and broken many times.
struct LogModelTests {
    let folder = TemporaryFolder()

    private struct Entry: Equatable {
        let id, type, subject, data: String
        let version: UInt64
    }

    /// What the log must hold.
    private struct Model {
        private(set) var entries: [Entry] = []
        /// How often each rule was kept or broken.
        private(set) var seen: [String: Int] = [:]

        func version(_ subject: String) -> UInt64 { UInt64(entries.lazy.filter { $0.subject == subject }.count) }

        /// The positions that an append gives, nil when it must be refused.
        mutating func append(_ events: [CloudEvent], _ expected: ExpectedVersion) -> [Position]? {
            let before = entries
            var positions: [Position] = []
            var stream: String?
            for event in events {
                let data = String(decoding: event.data, as: UTF8.self)
                if let place = entries.firstIndex(where: { $0.id == event.id }) {
                    // Told again, the same thing is the same thing; another thing of the same name is refused.
                    guard entries[place].type == event.type, entries[place].data == data else { return refuse("changed", before) }
                    seen["repeated", default: 0] += 1
                    positions.append(Position(place + 1))
                    continue
                }
                let subject = event.subject ?? ""
                if data == #""refuse""# { return refuse("participant", before) }
                if expected != .any {
                    if let stream, stream != subject { return refuse("two streams", before) }
                    let allowed: [ExpectedVersion] = [.exact(version(subject))] + (version(subject) == 0 ? [.none] : [])
                    if stream == nil, !allowed.contains(expected) { return refuse("wrong version", before) }
                    stream = subject
                }
                entries.append(Entry(id: event.id, type: event.type, subject: subject, data: data, version: version(subject) + 1))
                positions.append(Position(entries.count))
            }
            seen["stored", default: 0] += 1
            return positions
        }

        private mutating func refuse(_ rule: String, _ before: [Entry]) -> [Position]? {
            entries = before
            seen[rule, default: 0] += 1
            return nil
        }
    }

    @Test(arguments: StorageKind.allCases, [UInt64.random(in: 0..<1 << 32), 1]) func againstAList(kind: StorageKind, seed: UInt64) throws {
        var chance = SplitMix64(seed: seed)
        var model = Model()
        var log = try kind.log(in: folder)
        var next = 0
        for round in 0..<400 {
            var requests: [AppendRequest] = []
            for _ in 0..<Int.random(in: 1...3, using: &chance) {
                let subject = "s:\(Int.random(in: 0..<4, using: &chance))"
                let events = (0..<Int.random(in: 1...3, using: &chance)).map { _ in
                    let isOld = Int.random(in: 0..<8, using: &chance) == 0
                    let number = isOld ? Int.random(in: 0...next, using: &chance) : next
                    next += 1
                    // The same number gives the same event, most of the time.
                    let other = Int.random(in: 0..<4, using: &chance) == 0 ? "s:9" : subject
                    let data = Int.random(in: 0..<12, using: &chance) == 0 ? #""refuse""# : "\(Int.random(in: 0..<10, using: &chance) / 9)"
                    return event("e\(number)", type: "t", subject: other, data: data)
                }
                let expected: ExpectedVersion =
                    switch Int.random(in: 0..<4, using: &chance) {
                    case 0: .exact(model.version(subject) + UInt64.random(in: 0...1, using: &chance))
                    case 1 where model.version(subject) == 0: .none
                    default: .any
                    }
                requests.append(AppendRequest(events, expected: expected))
            }
            let results = try log.append(requests, joining: TestParticipant())
            for (request, result) in zip(requests, results) {
                let expected = model.append(request.events, request.expected)
                let found = try? result.get().map(\.position)
                try #require(found == expected, "seed \(seed), round \(round): \(request) gave \(result)")
            }
            if round % 50 == 49 {
                if kind == .lmdb { log = try kind.log(in: folder) }
                #expect(try Self.entries(log) == model.entries, "seed \(seed), round \(round)")
                #expect(try log.index.check() == 0, "seed \(seed), round \(round)")
            }
        }
        for rule in ["stored", "repeated", "changed", "participant", "two streams", "wrong version"] {
            #expect(model.seen[rule, default: 0] > 3, "seed \(seed): \(rule) came \(model.seen[rule, default: 0]) times")
        }
    }

    private static func entries(_ log: EventLog) throws -> [Entry] {
        var entries: [Entry] = []
        try log.forEach(EventFilter()) { record in
            entries.append(
                Entry(
                    id: record.id, type: record.type, subject: record.subject, data: String(decoding: record.data, as: UTF8.self),
                    version: record.streamVersion))
            return true
        }
        return entries
    }
}

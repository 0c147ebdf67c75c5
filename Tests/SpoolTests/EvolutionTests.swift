import EventLog
import JSON
import Projection
import Spool
import TestSupport
import Testing

/// Event schemas and tables change, are rolled out and taken back; stored events stay as they are.
struct EvolutionTests {
    private static let topics =
        "SELECT id, topic, source, timestamp, relevance_score, used_flag, category, metadata, created_at, updated_at FROM trending_topics ORDER BY id"

    private func open(_ store: Store, _ projectors: [Projector]) throws -> Store { try Store(at: store.path, projectors: projectors) }

    private static let two = TrendsV2.catalog(Catalog.projectors)

    @Test func priorityIsRolledOutAndTakenBack() throws {
        let generated = try GeneratedStore(700, seed: 31)
        let one = generated.store
        let before = try one.rows(Self.topics)
        let size = before.count
        #expect(size > 20)
        let stored = try records(one)

        let two = try open(one, Self.two)
        #expect(try two.rows(Self.topics) == before)
        #expect(try two.rows("SELECT DISTINCT priority FROM trending_topics") == [[.integer(0)]])
        let plan = try two.rows("EXPLAIN QUERY PLAN SELECT * FROM trending_topics ORDER BY priority DESC").compactMap { $0.last?.plainText }
        #expect(plan.contains { $0.contains("idx_trending_topics_priority") } && !plan.contains { $0.contains("TEMP B-TREE") }, "\(plan)")
        #expect(Folder.names(in: "\(one.path)/views").filter { $0.hasPrefix("trends@") } == ["trends@1", "trends@2"])

        // New events have version 2; who still sends version 1, and says so, is upcast.
        let urgent = try two.append(CloudEvent(type: "trend.captured", data: #"{"topic":"urgent","source":"x","priority":9}"#))
        let old = try two.append(
            CloudEvent(source: "old", type: "trend.captured", schemaVersion: 1, data: Array(#"{"topic":"plain","source":"x"}"#.utf8)))
        let versions = try two.rows(
            "SELECT schema_version, data FROM events WHERE position >= ? ORDER BY position", [.integer(Int64(urgent.position))])
        #expect(
            versions == [
                [.integer(2), .text(#"{"topic":"urgent","source":"x","priority":9}"#)],
                [.integer(1), .text(#"{"topic":"plain","source":"x"}"#)],
            ])
        #expect(
            try two.rows("SELECT topic, priority FROM trending_topics WHERE topic IN ('urgent', 'plain') ORDER BY id")
                == [[.text("urgent"), .integer(9)], [.text("plain"), .integer(0)]])
        #expect(try two.rows("SELECT topic FROM trending_topics ORDER BY priority DESC LIMIT 1") == [[.text("urgent")]])
        #expect(throws: JSONError.self, "version 2 wants a priority") {
            try two.append(CloudEvent(type: "trend.captured", data: #"{"topic":"t","source":"x"}"#))
        }
        #expect(throws: AppendError.invalid(field: "schemaversion", "expected at most 2 for trend.captured, found 3; update spool")) {
            try two.append(CloudEvent(type: "trend.captured", schemaVersion: 3, data: Array(#"{"title":"t","source":"x"}"#.utf8)))
        }
        let readable = try two.log.storage.read { log in
            try [urgent.position, old.position].map { try log.event(at: $0) { $0.readableSince } }
        }
        #expect(readable == [1, 1])
        #expect(TrendsV3.Captured.readableSince(3) == 3 && TrendsV3.Captured.readableSince(2) == 1)
        #expect(try two.verify().isWhole)

        // Back to version 1: nothing is lost, and the new field passed over.
        let back = try open(one, Catalog.projectors)
        let after = try back.rows(Self.topics)
        #expect(Array(after.prefix(size)) == before)
        #expect(after.map { $0[1] }.suffix(2) == [.text("urgent"), .text("plain")])
        #expect(try back.verify().isWhole)
        #expect(try back.status().isHealthy)
        let receipt = try back.append(CloudEvent(type: "trend.used", data: #"{"topic":"urgent","source":"x"}"#))
        #expect(receipt.position == old.position + 1)
        #expect(try back.rows(Self.topics, asOf: .position(urgent.position - 1)) == before)

        // And forth again; what is stored was never touched.
        let forth = try open(one, Self.two)
        #expect(try forth.rows("SELECT used_flag, priority FROM trending_topics WHERE topic = 'urgent'") == [[.integer(1), .integer(9)]])
        #expect(try forth.verify().isWhole)
        #expect(try Array(records(forth).prefix(stored.count)) == stored)
        let pruned = try forth.engine.prune()
        #expect(pruned.contains { $0.name == "trends@1" && $0.kind == .unknown && $0.bytes > 0 })
        #expect(Folder.names(in: "\(one.path)/views").filter { $0.hasPrefix("trends@") } == ["trends@2"])
    }

    @Test func anUnreadableVersionIsNotedAndComesBack() throws {
        let folder = TemporaryFolder()
        let first = try Store.create(at: folder["store"])
        try first.append(CloudEvent(type: "trend.captured", data: #"{"topic":"first","source":"x"}"#))
        let three = try open(first, [TrendsV3.projector])
        try three.append(CloudEvent(type: "trend.captured", data: #"{"title":"third","source":"x","priority":1}"#))
        try three.append(
            CloudEvent(type: "trend.captured", schemaVersion: 2, data: Array(#"{"topic":"second","source":"x","priority":2}"#.utf8)))
        #expect(
            try three.rows("SELECT topic, priority FROM trending_topics ORDER BY id")
                == [[.text("first"), .integer(0)], [.text("third"), .integer(1)], [.text("second"), .integer(2)]])
        let refusal = #expect(throws: UpcastError.self) {
            try three.append(CloudEvent(type: "trend.captured", schemaVersion: 1, data: Array(#"{"source":"x"}"#.utf8)))
        }
        #expect(refusal?.description.hasPrefix("trend.captured: cannot be brought from schema version 2 to 3") == true)

        let back = try open(first, Catalog.projectors)
        #expect(try back.rows("SELECT topic FROM trending_topics ORDER BY id") == [[.text("first")], [.text("second")]])
        let status = try back.status()
        #expect(!status.isHealthy && status.projections[0].conflicts == 1)
        let report = try back.engine.rebuild("trends", checkOnly: true)
        #expect(report.firstConflicts.count == 1 && report.firstConflicts[0].contains("update spool"), "\(report.firstConflicts)")
        let forth = try open(first, [TrendsV3.projector])
        #expect(try forth.rows("SELECT count(*) FROM trending_topics") == [[.integer(3)]])
        #expect(try forth.verify().isWhole)
    }

    /// `versions/TYPE.VERSION.json`: a sample of every schema version there ever was.
    @Test func samplesOfEveryVersionStillRead() throws {
        let folder = "\(TestFiles.root)/Tests/Support/Golden/versions"
        var samples: [String: [Int: [UInt8]]] = [:]
        for name in Folder.names(in: folder) {
            let parts = name.split(separator: ".")
            try #require(parts.count == 4 && parts[3] == "json", "\(name)")
            let version = try #require(Int(parts[2]))
            samples[parts[0...1].joined(separator: "."), default: [:]][version] = try File.read("\(folder)/\(name)")
        }
        let handlers = Catalog.projectors.flatMap(\.handlers) + TrendsV2.projector.handlers + TrendsV3.projector.handlers
        for handler in handlers where handler.schemaVersion > 1 {
            #expect(samples[handler.type].map { Set($0.keys).isSuperset(of: 1...handler.schemaVersion) } == true, "\(handler.type)")
        }
        for (type, versions) in samples {
            let own = handlers.filter { $0.type == type }
            #expect(!own.isEmpty, "\(type)")
            for handler in own {
                for (version, data) in versions where version <= handler.schemaVersion { try check(handler.event, data, version) }
            }
        }
    }

    private func check<E: Event>(_ type: E.Type, _ data: [UInt8], _ version: Int) throws {
        let upcast = try E.upcast(data, from: version)
        let event = try JSONDocument(parsing: upcast).decode(E.self, rejectUnknownFields: true)
        let written = try JSONDocument(parsing: JSONEncoding.encode(event))
        #expect(written.root.isEquivalent(to: try JSONDocument(parsing: upcast).root), "\(type) from version \(version)")
        #expect(try E.upcast(upcast, from: E.schemaVersion) == upcast)
    }

    private func records(_ store: Store) throws -> [UInt32] {
        var checksums: [UInt32] = []
        try store.log.forEach(EventFilter()) {
            checksums.append($0.checksum)
            return true
        }
        return checksums
    }
}

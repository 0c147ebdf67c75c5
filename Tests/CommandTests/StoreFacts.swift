import Foundation
import Spool
import Synchronization
import TestSupport
import Testing

/// Stores filled with facts of several domains, the same for the same seed, and what is compared of them.
enum StoreFacts {
    /// Counts on by a second and a bit with every question.
    final class Clock: Sendable {
        private let time: Mutex<Int64>

        init(_ start: Int64 = 1_700_000_000_000_000) { time = Mutex(start) }

        func now() -> Timestamp {
            Timestamp(
                microseconds: time.withLock { time in
                    time += 1_300_017
                    return time
                })
        }
    }

    static func makeStore(_ path: String) throws -> Store {
        let clock = Clock()
        return try Store.create(at: path, clock: { clock.now() })
    }

    /// Appends about `count` facts; those that break a rule are refused, as ever.
    static func fill(_ store: Store, _ count: Int, _ chance: inout SplitMix64) throws {
        var left = count
        while left > 0 {
            let group = min(left, Int.random(in: 1...25, using: &chance))
            let requests = try (0..<group).map { _ in AppendRequest([try fact(store, &chance)]) }
            _ = try store.engine.append(requests)
            left -= group
        }
    }

    private static func fact(_ store: Store, _ chance: inout SplitMix64) throws -> CloudEvent {
        let number = Int.random(in: 1...40, using: &chance)
        let id = UInt64.random(in: 0 ... .max, using: &chance)
        let (type, data): (String, String) =
            switch Int.random(in: 0..<14, using: &chance) {
            case 0, 1:
                (
                    "trend.captured",
                    "{\"topic\":\"thème \(id) 日本 \\u00e9\\n\",  \"source\" : \"s\(number)\",\"relevance_score\":0.\(number)}"
                )
            case 2: ("trend.used", #"{"id":\#(number),"video_id":"v\#(number)"}"#)
            case 3: ("trend.removed", #"{"id":\#(number)}"#)
            case 4: ("image.added", #"{"character":"nutsy","file_path":"/\#(id).png","source":"photo","quality_score":0.5}"#)
            case 5, 6: ("image.used", #"{"image_id":\#(number),"video_id":"v\#(number)"}"#)
            case 7: ("image.removed", #"{"image_id":\#(number)}"#)
            case 8: ("video.registered", "{\n  \"video_id\": \"v\(number)\"\n}")
            case 9: ("metrics.recorded", #"{"video_id":"v\#(number)","platform":"p","views":\#(id % 1_000_000)}"#)
            case 10: ("asset.added", #"{"id":"a\#(number)","type":"photo","path":"/p\#(id)","file_size_bytes":\#(number)}"#)
            case 11:
                (
                    "thumbnail.stored",
                    #"{"asset_id":"a\#(number)","size":"small","width":1,"height":2,"blob":"\#(try blob(id, store))"}"#
                )
            case 12:
                (
                    "job.created",
                    #"{"job_id":"j\#(number)","filename":"f","file_size":1,"content_type":"video/mp4","original_s3_key":"k"}"#
                )
            default:
                (
                    "transcript.segment_added",
                    #"{"segment_id":"s\#(id)","job_id":"j\#(number)","start_time":1.5,"end_time":2.25,"text":"\#(id)"}"#
                )
            }
        return CloudEvent(
            id: "e\(id)", source: "test-\(number % 3)", type: type,
            time: number % 4 == 0 ? nil : Timestamp(microseconds: 1_500_000_000_000_000 + Int64(id % 1_000_000_000_000)),
            correlationID: number % 5 == 0 ? "c ü\(number)" : nil, causationID: number % 7 == 0 ? "cause" : nil,
            actor: number % 3 == 0 ? "someone \"quoted\"" : nil, data: Array(data.utf8))
    }

    private static func blob(_ id: UInt64, _ store: Store) throws -> BlobHash { try store.blobs.put(Array("blob \(id % 64)".utf8)) }

    /// Every record's bytes.
    static func records(of store: Store) throws -> [[UInt8]] {
        try store.log.storage.read { log in
            var all: [[UInt8]] = []
            let head = try log.head()
            guard head > 0 else { return [] }
            try log.forEach(1...head) { record in
                var bytes: [UInt8] = []
                record.copyBytes(into: &bytes)
                all.append(bytes)
                return true
            }
            return all
        }
    }

    /// Every table's rows, in the order of the primary key; blobs as their content.
    static func tables(of store: Store) throws -> [String: [[SQLValue]]] {
        var tables: [String: [[SQLValue]]] = [:]
        for table in Catalog.projectors.flatMap(\.tables).map(\.schema) {
            let key = table.key.map { "\"\(table.columns[$0].name)\"" }.joined(separator: ", ")
            tables[table.name] = try store.rows("SELECT * FROM \(table.name) ORDER BY \(key)")
        }
        return tables
    }

    static func expectSame(
        _ one: Store, _ other: Store, _ comment: Comment = "", sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        #expect(try records(of: one) == records(of: other), comment, sourceLocation: sourceLocation)
        let ours = try tables(of: one)
        let theirs = try tables(of: other)
        for (name, rows) in ours { #expect(rows == theirs[name], "\(comment) \(name)", sourceLocation: sourceLocation) }
    }
}

/// Files of a folder, by their paths within it.
func files(in folder: String) throws -> [String] {
    let root = URL(fileURLWithPath: folder).path
    guard let paths = FileManager.default.enumerator(atPath: root) else { return [] }
    return paths.compactMap { $0 as? String }.filter { path in
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: "\(root)/\(path)", isDirectory: &isFolder) && !isFolder.boolValue
    }.sorted()
}

func entries(of folder: String) -> [String] { (try? FileManager.default.contentsOfDirectory(atPath: folder).sorted()) ?? [] }

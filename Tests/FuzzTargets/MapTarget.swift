import EventLog
import Foundation
import JSON
import Spool

/// A replay's map: refused in words, or followed; what it makes of an event is an event.
struct MapTarget: FuzzTarget {
    static let name = "map"

    private static let types = ["trend.captured", "search.performed", "asset.validated"]

    static func seeds() throws -> [[UInt8]] {
        [
            #"{"trend.captured": {"drop": ["metadata"], "set": {"source": "reddit", "n": -1e400}}}"#,
            #"{"search.performed": {"rename": {"results": "result_count", "query": "query"}}, "trend.captured": {"omit": true}}"#,
            #"{"asset.validated": {"type": "asset.rejected", "schemaversion": 65535, "set": {"a": [{}], "é": null}}}"#,
            #"{"trend.captured": {"rename": {"topic": "source"}, "drop": [1]}}"#, "[]", #"{"x": {}}"#, #"{"trend.captured": {"type": ""}}"#,
        ].map { Array($0.utf8) }
    }

    func run(_ bytes: [UInt8]) throws {
        do {
            let map = try ReplayMap(parsing: bytes, types: Self.types)
            for type in Self.types {
                let data = #"{"topic":"a","source":"b","query":1.50,"results":[ 1 ],"metadata":{"é":null}}"#
                guard let event = try map.apply(to: CloudEvent(id: "1", source: "s", type: type, data: Array(data.utf8))) else { continue }
                try expect(try JSONDocument(parsing: event.data).root.kind == .object, "data is no object any more")
                try expect(map.changes[type] != nil || event.data == Array(data.utf8), "an event was changed that the map does not name")
            }
        } catch let error as BrokenPromise {
            throw error
        } catch {
            try expect(error.isRefusal && "\(error)".utf8.count < 4000, "not a refusal, or a long one: \(error)")
        }
    }
}

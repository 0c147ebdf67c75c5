import EventLog
import Glibc
import TestSupport

/// A log whose file, records and their copies are known.
struct Pristine {
    let bytes: [UInt8]
    /// By position, from 1.
    let records: [[UInt8]]
    /// Where each record's copies are: LMDB leaves old pages in the file.
    let copies: [[Int]]

    var head: Int { records.count }

    /// - Parameter events: more of them make a deeper tree.
    init(in folder: String, events: Int, random: inout SplitMix64) throws {
        try Folder.remove(folder)
        try Folder.make(folder)
        var records: [[UInt8]] = []
        do {
            let storage = try LMDBStorage(at: "\(folder)/log")
            let log = EventLog(storage, index: EventIndex(at: "\(folder)/index", of: storage))
            var number = 0
            while number < events {
                var batch: [CloudEvent] = []
                for _ in 0..<Int.random(in: 1...max(1, events / 20), using: &random) where number < events {
                    number += 1
                    batch.append(Self.event(number, &random))
                }
                try log.append(batch)
            }
            try storage.read { log in
                try log.scan(1...(.max), backward: false) { _, record in
                    records.append(record.withUnsafeBytes { Array($0) })
                    return true
                }
            }
        }
        let bytes = try File.read("\(folder)/log/data.mdb")
        self.bytes = bytes
        self.records = records
        copies = Self.places(of: records, in: bytes)
        try Folder.remove(folder)
    }

    static func event(_ number: Int, _ random: inout SplitMix64) -> CloudEvent {
        let length =
            switch Int.random(in: 0..<12, using: &random) {
            case 0: Int.random(in: 1700...2100, using: &random)
            case 1: Int.random(in: 3900...12500, using: &random)
            default: Int.random(in: 0...300, using: &random)
            }
        let text = String(decoding: (0..<length).map { _ in UInt8.random(in: 97...122, using: &random) }, as: UTF8.self)
        return CloudEvent(id: "\(number)", source: "probe", type: "probe.made", data: Array(#"{"text":"\#(text)"}"#.utf8))
    }

    /// By position, from 1; records lie at even places.
    private static func places(of records: [[UInt8]], in bytes: [UInt8]) -> [[Int]] {
        var places: [[Int]] = records.map { _ in [] }
        func checksum(_ bytes: [UInt8], _ place: Int) -> UInt32 {
            bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: place + 4, as: UInt32.self) }
        }
        var byChecksum: [UInt32: [Int]] = [:]
        for (index, record) in records.enumerated() { byChecksum[checksum(record, 0), default: []].append(index) }
        for place in stride(from: 8192, to: bytes.count - 8, by: 2) where bytes[place] == 1 {
            for index in byChecksum[checksum(bytes, place)] ?? [] where bytes[place...].starts(with: records[index]) {
                places[index].append(place)
            }
        }
        return places
    }

    /// Whether a copy of a record is whole in a changed file.
    func isWhole(_ position: Int, in changed: [UInt8]) -> Bool {
        let record = records[position - 1]
        return copies[position - 1].contains { place in
            place + record.count <= changed.count
                && changed.withUnsafeBytes { bytes in
                    guard let start = bytes.baseAddress else { return false }
                    return memcmp(start + place, record, record.count) == 0
                }
        }
    }
}

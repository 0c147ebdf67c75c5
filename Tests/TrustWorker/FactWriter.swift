import EventLog
import Glibc
import Spool
import TestSupport

/// Appends facts of three domains and notes each commit once it was acknowledged: a line `+ID POSITION` an event, `-GROUP` a refused group,
/// `b HASH` a blob, `i` the store.
///
/// An id tells its group and the group's size, `writer.group.place.size`: a group must be in the log whole or not at all.
struct FactWriter {
    private let path: String
    private let name: String
    private let commits: Int
    private let notes: Int32
    private var chance: SplitMix64
    private var group = 0

    init(_ arguments: inout Arguments) throws {
        path = try arguments.next("the store")
        let file = try arguments.next("the file for acknowledgments")
        name = try arguments.next("the writer's name")
        chance = SplitMix64(seed: try arguments.number("a seed"))
        commits = try arguments.number("commits")
        notes = open(file, O_WRONLY | O_CREAT | O_APPEND, 0o644)
        guard notes >= 0 else { throw FileError("write", file) }
    }

    mutating func run() throws {
        let store = try Store.create(at: path)
        note("i")
        for _ in 0..<commits {
            if Int.random(in: 0..<6, using: &chance) == 0 {
                let hash = try store.blobs.put(
                    (0..<Int.random(in: 1...9000, using: &chance)).map { UInt8(truncatingIfNeeded: $0 &* group) })
                note("b \(hash)")
            }
            var requests: [AppendRequest] = []
            for _ in 0..<Int.random(in: 1...3, using: &chance) { requests.append(AppendRequest(makeGroup())) }
            var lines: [String] = []
            for (request, result) in zip(requests, try store.engine.append(requests)) {
                switch result {
                case .success(let receipts): lines += receipts.map { "+\($0.id) \($0.position)" }
                case .failure(let error):
                    guard error.isRefusal else { throw error }
                    lines.append("-\(request.events[0].id)")
                }
            }
            note(lines.joined(separator: "\n"))
            // In a burst of appends the views would seldom be written, and there is much to go wrong with that.
            if Int.random(in: 0..<3, using: &chance) > 0 { store.settle() }
        }
        store.settle()
    }

    private func note(_ text: String) {
        let bytes = Array((text + "\n").utf8)
        write(notes, bytes, bytes.count)
    }

    private mutating func makeGroup() -> [CloudEvent] {
        group += 1
        let size = Int.random(in: 1...5, using: &chance)
        return (0..<size).map { place in
            let (type, data) = fact()
            return CloudEvent(
                id: "\(name).\(group).\(place).\(size)", source: "trust", type: type,
                time: Timestamp(microseconds: 1_700_000_000_000_000 + Int64.random(in: 0..<9_000_000, using: &chance) * 1_000_000),
                data: Array(data.utf8))
        }
    }

    /// Some name a row that is not there, or one that is there already: they are refused, and their group with them.
    private mutating func fact() -> (type: String, data: String) {
        let small = Int.random(in: 1...30, using: &chance)
        let number = Int.random(in: 0..<1_000_000, using: &chance)
        switch Int.random(in: 0..<16, using: &chance) {
        case 0: return ("video.registered", #"{"video_id":"v\#(small)","title":"T\#(number)","topic":"t\#(small)"}"#)
        case 1: return ("video.updated", #"{"video_id":"v\#(small)","title":"U\#(number)"}"#)
        case 2...5:
            return ("metrics.recorded", #"{"video_id":"v\#(small)","platform":"p\#(number % 3)","views":\#(number),"likes":\#(small)}"#)
        case 6, 7: return ("trend.captured", #"{"topic":"t\#(number)","source":"s\#(small % 4)","relevance_score":0.\#(small)}"#)
        case 8: return ("trend.used", #"{"id":\#(small),"video_id":"v\#(small)"}"#)
        case 9: return ("trend.removed", #"{"id":\#(small)}"#)
        case 10, 11:
            return ("image.added", #"{"character":"nutsy","file_path":"/\#(number).png","source":"photo","quality_score":0.\#(small)}"#)
        case 12, 13: return ("image.used", #"{"image_id":\#(small),"video_id":"v\#(number % 50)","scene_number":\#(small)}"#)
        default:
            let text = String(repeating: "q\(number) ", count: small * (number % 60 == 0 ? 200 : 1))
            return ("search.performed", #"{"query":"\#(text)","source":"s\#(small % 4)","result_count":\#(small)}"#)
        }
    }
}

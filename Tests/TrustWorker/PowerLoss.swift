import EventLog
import Glibc
import Spool
import TestSupport

/// Makes the states that a loss of power may leave of a recorded run, and checks each: what was acknowledged before is there.
///
/// It is a process of its own because a state that is wrong may end it. `current` names the state at work.
struct PowerLoss {
    /// What the recorded process had been told by the loss.
    private struct Promised {
        var isMade = false
        var positions: [(id: String, position: Position)] = []
        var refused: [String] = []
        var blobs: [String] = []
    }

    private struct Wrong: Error, CustomStringConvertible { let description: String }

    private let trace: Trace
    private let root: UInt64
    private let scratch: String
    private let seed: UInt64
    private let count: Int
    /// The views too, in the same run of the system or the next; each state is then appended to and verified.
    private let whole: Bool
    private let ignoresSyncs: Bool
    private let ignoresMarks: Bool
    /// To see that the check finds something: the first problem is enough.
    private var isTrial: Bool { ignoresSyncs || ignoresMarks }

    init(_ arguments: inout Arguments) throws {
        trace = try Trace(File.read(arguments.next("the trace")))
        root = try arguments.number("the inode of the recorded folder")
        scratch = try arguments.next("a folder to work in")
        seed = try arguments.number("a seed")
        count = try arguments.number("states")
        let kind = try arguments.next("log, store, no-syncs or no-marks")
        whole = kind == "store" || kind == "no-marks"
        ignoresSyncs = kind == "no-syncs"
        ignoresMarks = kind == "no-marks"
    }

    func run() throws {
        let steps = whole ? trace.steps : Self.withoutViews(trace.steps)
        let current = open("\(scratch)/current", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        defer { close(current) }
        var chance = SplitMix64(seed: seed)
        let cuts = (0...steps.count).shuffled(using: &chance)
        var problems = 0
        for number in 0..<count {
            let cut = cuts[number % cuts.count]
            var chance = SplitMix64(seed: seed &+ UInt64(number))
            let luck = LostState.Luck.allCases[number / cuts.count % 4 == 0 ? 3 : Int.random(in: 0..<4, using: &chance)]
            let name = "state \(number): power lost after step \(cut) of \(steps.count), of what was not synced \(luck)\n"
            pwrite(current, name, name.utf8.count, 0)
            ftruncate(current, off_t(name.utf8.count))
            let path = "\(scratch)/state"
            do {
                defer { TemporaryFolder.remove(path) }
                try LostState(after: steps[..<cut], luck: luck, ignoringSyncs: ignoresSyncs, using: &chance)
                    .write(root, to: path)
                try check("\(path)/spool", promised(by: steps[..<cut]))
            } catch {
                problems += 1
                print("\(name)    \(error)")
                if isTrial { break }
            }
        }
        print("states \(count) points \(min(count, cuts.count)) of \(cuts.count) problems \(problems)")
    }

    /// Steps that do not concern the content of what is below `views`.
    private static func withoutViews(_ steps: [Trace.Step]) -> [Trace.Step] {
        var below: Set<UInt64> = []
        return steps.filter { step in
            switch step {
            case .link(let folder, let name, let node, _):
                guard name == "views" || below.contains(folder) else { return true }
                below.insert(node)
                return false
            case .unlink(let folder, _), .rename(let folder, _, _, _): return !below.contains(folder)
            case .write(let node, _, _), .truncate(let node, _), .sync(let node): return !below.contains(node)
            case .acknowledge: return true
            }
        }
    }

    private func promised(by steps: ArraySlice<Trace.Step>) -> Promised {
        var promised = Promised()
        for case .acknowledge(let lines) in steps {
            for line in lines.split(separator: "\n") {
                let words = line.dropFirst().split(separator: " ")
                switch line.first {
                case "i": promised.isMade = true
                case "+": promised.positions.append((String(words[0]), Position(words[1]) ?? 0))
                case "-": promised.refused.append(String(words[0]))
                default: promised.blobs.append(String(words[0]))
                }
            }
        }
        return promised
    }

    private func check(_ path: String, _ promised: Promised) throws {
        guard Store.exists(at: path) else {
            if promised.isMade { throw Wrong(description: "the store is gone") }
            try Store.create(at: path).append(Self.search("after"))
            return
        }
        try checkLog(path, promised)
        let blobs = BlobStore(at: "\(path)/blobs")
        for text in promised.blobs {
            guard let hash = BlobHash(hex: text) else { throw Wrong(description: "no hash: \(text)") }
            _ = try blobs.read(hash)
        }
        if whole { try checkWhole(path) }
    }

    private func checkLog(_ path: String, _ promised: Promised) throws {
        let storage = try LMDBStorage(at: "\(path)/log")
        let ids = try storage.read { log in
            var ids: [String] = []
            let head = try log.head()
            guard head > 0 else { return ids }
            try log.forEach(1...head) { record in
                ids.append(record.id)
                guard record.position == ids.count else { throw Wrong(description: "position \(ids.count) is missing") }
                return true
            }
            return ids
        }
        for (id, position) in promised.positions {
            guard position <= ids.count else {
                throw Wrong(description: "acknowledged and gone: \(id) at \(position), the log ends at \(ids.count)")
            }
            guard ids[Int(position) - 1] == id else {
                throw Wrong(description: "position \(position): expected \(id), found \(ids[Int(position) - 1])")
            }
        }
        let there = Set(ids)
        for id in promised.refused where there.contains(id) { throw Wrong(description: "refused and there: \(id)") }
        for id in ids {
            let parts = id.split(separator: ".")
            guard parts.count == 4, let size = Int(parts[3]) else { continue }
            for place in 0..<size where !there.contains("\(parts[0]).\(parts[1]).\(place).\(size)") {
                throw Wrong(description: "half a group: \(id) without \(place)")
            }
        }
    }

    /// After the loss it is another run of the system, unless the test takes that knowledge away.
    private func checkWhole(_ path: String) throws {
        if ignoresMarks {
            for name in Folder.names(in: "\(path)/views") { unlink("\(path)/views/\(name)/unsynced") }
        }
        let store = try Store(at: path, bootID: ignoresMarks ? BootID.current : BootID.current &+ 1)
        let receipt = try store.append(Self.search("after"))
        guard receipt.position == (try store.log.head()) else { throw Wrong(description: "the append is not the head") }
        let found = try store.verify()
        guard found.isWhole else {
            throw Wrong(description: "verify: \(found.log.problems) \(found.indexDifferences) \(found.projections.map(\.differences))")
        }
    }

    private static func search(_ text: String) -> CloudEvent {
        CloudEvent(type: "search.performed", data: Array(#"{"query":"\#(text)","source":"s"}"#.utf8))
    }
}

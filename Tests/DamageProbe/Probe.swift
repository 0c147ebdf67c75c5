import EventLog
import LMDB

/// One damaged file: everything that is done to a log, compared with what is known of it.
struct Probe {
    let pristine: Pristine
    let damage: Damage
    let folder: String
    private(set) var failures: [String] = []
    private(set) var isNoticed = false
    private(set) var lost = 0
    private(set) var recovered = 0
    private(set) var wrote = false
    /// Positions that could be read.
    private var readable: Set<Position> = []

    init(_ pristine: Pristine, _ damage: Damage, in folder: String) {
        self.pristine = pristine
        self.damage = damage
        self.folder = folder
    }

    mutating func run() throws {
        try Folder.make("\(folder)/log")
        defer { try? Folder.remove(folder) }
        try File.replace("\(folder)/log/data.mdb", with: damage.bytes)
        if damage.bytes.isEmpty { return try salvage() }
        attempt("read") { probe, storage in try probe.read(storage) }
        try salvage()
        attempt("append") { probe, storage in try probe.append(storage) }
    }

    /// Damage may be the answer to anything, and nothing else.
    private mutating func attempt(_ what: String, _ body: (inout Probe, LMDBStorage) throws -> Void) {
        do {
            try body(&self, LMDBStorage(at: "\(folder)/log"))
        } catch let error as LMDBError {
            isNoticed = true
            if !error.isDamage { failures.append("\(what): \(error)") }
        } catch is RecordError {
            isNoticed = true
        } catch {
            failures.append("\(what): \(error)")
        }
    }

    private mutating func check(_ position: Position, _ record: borrowing RecordView) {
        var bytes: [UInt8] = []
        record.copyBytes(into: &bytes)
        if position > pristine.head || bytes != pristine.records[Int(position) - 1] {
            failures.append("position \(position) was read as another event")
        }
    }

    private mutating func read(_ storage: LMDBStorage) throws {
        let log = try storage.beginRead()
        defer { log.end() }
        readable = []
        for position in 1...Position(pristine.head) {
            do {
                let found: Void? = try log.event(at: position) { check(position, $0) }
                if found == nil { failures.append("position \(position) was read as missing") } else { readable.insert(position) }
            } catch let error where error is RecordError || (error as? LMDBError)?.isDamage == true {
                isNoticed = true
            }
        }
        for backward in [false, true] {
            var seen = 0
            do {
                try log.forEach(1 ... .max, backward: backward) { record in
                    let expected = backward ? pristine.head - seen : seen + 1
                    seen += 1
                    if record.position != Position(expected) { failures.append("a scan came to \(record.position), expected \(expected)") }
                    check(record.position, record)
                    return true
                }
                if seen != pristine.head { failures.append("a scan ended after \(seen) records") }
            } catch let error where error is RecordError || (error as? LMDBError)?.isDamage == true {
                isNoticed = true
            }
        }
        let head = try log.head()
        if head != Position(pristine.head) { failures.append("the head is \(head)") }
    }

    private mutating func salvage() throws {
        let salvage = try LogSalvage(at: "\(folder)/log")
        if isNoticed, salvage.isWhole { failures.append("verify finds nothing wrong") }
        if damage.keepsMetaPages, salvage.head != Position(pristine.head) { failures.append("verify says the head was \(salvage.head)") }
        for position in 1...pristine.head {
            let isLost = salvage.lost.contains(Position(position)) || Position(position) > salvage.head
            let isWhole = pristine.isWhole(position, in: damage.bytes)
            if isLost ? isWhole : !isWhole && !damage.movesPages {
                failures.append("position \(position) is \(isWhole ? "whole" : "lost"), and verify says otherwise")
            }
            if readable.contains(Position(position)), salvage.unreadable.contains(Position(position)) {
                failures.append("position \(position) can be read, and verify says otherwise")
            }
        }
        var next: Position = 1
        try salvage.forEachRecord { position, bytes in
            if position != next { failures.append("salvage came to \(position), expected \(next)") }
            next = position + 1
            if let bytes {
                check(position, try RecordView(bytes, at: position))
            } else if !salvage.lost.contains(position) {
                failures.append("position \(position) was not saved")
            }
        }
        if next != salvage.head + 1 { failures.append("salvage ended after \(next - 1)") }
        lost = Int(salvage.lost.count)
        recovered = Int(salvage.unreadable.count) - lost
    }

    /// A write on a damaged log may be refused; it takes nothing that could be read before.
    private mutating func append(_ storage: LMDBStorage) throws {
        let before = readable
        let log = EventLog(storage, index: EventIndex(at: "\(folder)/index", of: storage))
        defer {
            var after = self
            do { try after.read(storage, only: before) } catch { after.failures.append("after an append: \(error)") }
            failures = after.failures
        }
        for number in 1...3 {
            let data = Array(#"{"text":"\#(String(repeating: "x", count: number * 3000))"}"#.utf8)
            let receipt = try log.append([CloudEvent(id: "new \(number)", source: "probe", type: "probe.made", data: data)])[0]
            wrote = true
            if receipt.position != Position(pristine.head + number) { failures.append("appended at \(receipt.position)") }
        }
    }

    private mutating func read(_ storage: LMDBStorage, only positions: Set<Position>) throws {
        if positions.isEmpty { return }
        let log = try storage.beginRead()
        defer { log.end() }
        for position in positions {
            let found: Void? = try log.event(at: position) { check(position, $0) }
            if found == nil { failures.append("position \(position) was taken by a write") }
        }
    }
}

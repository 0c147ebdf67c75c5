import LMDB

/// What is left of a damaged log: which positions can be read, which only from elsewhere in the file, and which are lost.
///
/// ```swift
/// let salvage = try LogSalvage(at: "spool/log")
/// print(salvage.lost)
/// try salvage.forEachRecord { position, bytes in … }
/// ```
public final class LogSalvage {
    /// The last position that the log had, as far as what is left of it tells.
    public private(set) var head: Position = 0
    /// Records that can be read as ever, and their bytes.
    public private(set) var records: UInt64 = 0
    public private(set) var bytes: UInt64 = 0
    /// What is wrong, at most `LogVerification.maximumProblems`.
    public private(set) var problems: [String] = []
    public private(set) var problemCount = 0
    /// Positions that cannot be read as ever.
    public private(set) var unreadable = PositionRanges()
    /// Those of them that are nowhere in the file.
    public private(set) var lost = PositionRanges()
    /// Those with two whole records, of which the one recorded last was kept: an append that was cut off left the other.
    public private(set) var ambiguous: [Position] = []

    public var isWhole: Bool { problemCount == 0 }

    private let file: DamagedFile
    private var found: [Position: RecordSearch.Extent] = [:]

    /// A page holds at least so many bytes of each record: what tells a damaged number of records.
    private static let shortestRecord = 64

    /// Reads the whole log without opening it, and where it is damaged the whole file.
    ///
    /// - Parameters:
    ///   - path: the log's folder.
    ///   - progress: called with the bytes read and how many there are.
    /// - Throws: `LMDBError` when there is no file that can be read.
    public init(at path: String, progress: (Int, Int) -> Void = { _, _ in }) throws {
        file = try DamagedFile(at: path)
        if let problem = file.problem { note(problem) }
        readTree()
        if problemCount > 0 { search(progress) }
    }

    private func note(_ problem: String) {
        problemCount += 1
        if problems.count < LogVerification.maximumProblems { problems.append(problem) }
    }

    /// Records that the log can have had, before the file may have been cut: what its meta page says may be wrong, of pages too.
    private var possible: Position {
        let pages = UInt64(file.byteCount / file.pageSize) + 1
        return min(max(pages, file.tree?.pageCount ?? 0), pages * 1024) * UInt64(file.pageSize / Self.shortestRecord)
    }

    private func readTree() {
        guard let tree = file.tree else { return }
        head = tree.count <= possible ? tree.count : 0
        if let last = tree.lastKey, last != tree.count {
            note("the log's meta page says \(tree.count) records, its last page ends with \(last)")
            head = last <= possible ? last : 0
        }
        var next: Position = 1
        var lastRecorded = Timestamp(microseconds: .min)
        while next <= head {
            do {
                try tree.scan(next...head, backward: false) { position, bytes in
                    next = position + 1
                    do {
                        let record = try RecordView(bytes, at: position)
                        if record.recordedTime < lastRecorded {
                            note("position \(position): recorded at \(record.recordedTime), before the event at \(position - 1)")
                        }
                        lastRecorded = record.recordedTime
                        records += 1
                        self.bytes += UInt64(bytes.byteCount)
                    } catch {
                        note("\(error)")
                        unreadable.add(position...position)
                    }
                    return true
                }
                next = max(next, min(head, tree.count) + 1)
                if next <= head { unreadable.add(next...head) }
                return
            } catch let error as LMDBError {
                let keys = error.damage?.keys ?? next...head
                let upper = min(max(keys.upperBound, next), head)
                let positions = upper == next ? "position \(next)" : "positions \(next) to \(upper)"
                note("\(error.damage?.description ?? error.description): \(positions) cannot be read")
                unreadable.add(next...upper)
                next = upper + 1
            } catch {
                return note("\(error)")
            }
        }
    }

    private func search(_ progress: (Int, Int) -> Void) {
        let sound = file.hasSoundMetaPages
        let unreadable = unreadable
        // How many there were is not certain, so that what lies beyond may be the log's too.
        let isOpen = !sound || file.tree.map { $0.lastKey != $0.count } ?? true
        // A checksum fits some position at any distance: what the file has no room for is none.
        let limit = isOpen ? max(head, min(possible, sound ? file.tree?.count ?? 0 : possible)) : head
        let known = head
        var search = RecordSearch(file) { unreadable.contains($0) || (isOpen && $0 > known) }
        search.run(upTo: limit, progress: progress)
        found = search.found
        ambiguous = search.ambiguous.sorted()
        let last = max(head, found.keys.max() ?? 0)
        if last > head {
            self.unreadable.add(head + 1...last)
            note("positions \(head + 1) to \(last) are in the file and not in the log's tree")
            head = last
        }
        // By the gaps between what was found: there may be many more positions than records.
        let saved = found.keys.sorted()
        var place = 0
        for range in self.unreadable.ranges {
            var next = range.lowerBound
            while place < saved.count, saved[place] <= range.upperBound {
                let position = saved[place]
                place += 1
                guard position >= range.lowerBound else { continue }
                if next < position { lost.add(next...position - 1) }
                next = position + 1
            }
            if next <= range.upperBound { lost.add(next...range.upperBound) }
        }
    }

    /// Visits every position up to the head in order, each with its record or, where that is lost, nil.
    public func forEachRecord(_ body: (Position, RawSpan?) throws -> Void) throws {
        var next: Position = 1
        func visitReadable(upTo last: Position) throws {
            guard next <= last, let tree = file.tree else { return }
            try tree.scan(next...last, backward: false) { position, bytes in
                try body(position, bytes)
                return true
            }
        }
        for range in unreadable.ranges {
            try visitReadable(upTo: range.lowerBound - 1)
            for position in range {
                let file = file
                if let extent = found[position] {
                    try body(position, file.bytes(at: extent.offset, count: extent.length))
                } else {
                    try body(position, nil)
                }
            }
            next = range.upperBound + 1
        }
        try visitReadable(upTo: head)
    }
}

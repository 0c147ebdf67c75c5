import LMDB

/// The entries of several runs as one: in key order, of each key what the newest run says.
// The runs share one piece of memory, and a place in it is a few numbers: with an object and an array for each run, counting references to them
// took 6 % of a rebuild.
final class IndexMerge {
    private let runs: IndexRuns
    private var cursors: [RunCursor]
    private var memory: ByteBuffer
    private let heap: KeyHeap
    private var key = ByteBuffer()
    private var value = ByteBuffer()

    /// - Parameter places: where the runs are in the file, the newest last.
    init(_ runs: IndexRuns, _ places: [Range<Int>]) throws {
        self.runs = runs
        cursors = places.enumerated().map { RunCursor($1, memoryAt: $0 * RunCursor.memory) }
        memory = ByteBuffer(zeros: places.count * RunCursor.memory)
        heap = KeyHeap(runs: places.count)
        for run in cursors.indices where try cursors[run].advance(runs, &memory, isFirst: true) {
            memory.withBytes(cursors[run].key) { heap.insert(run, at: $0) }
        }
    }

    /// Gives `body` key and value of the next entry that is there in the end; false after the last.
    ///
    /// - Throws: `DeferredIndexes.Conflict` where a run took an entry for free that was not.
    func next(_ body: (RawSpan, RawSpan) throws -> Void) throws -> Bool {
        while let top = heap.top {
            let cursor = cursors[top]
            key.removeAll()
            memory.withBytes(cursor.key) { key.append($0) }
            value.removeAll()
            memory.withBytes(cursor.value) { value.append($0) }
            var hasToBeFree = cursor.wasTakenForFree
            try advance(top)
            while let next = heap.top, heap.topIs(at: key.bytes) {
                // What the run before it says.
                if hasToBeFree, !cursors[next].isRemoved { throw DeferredIndexes.Conflict() }
                hasToBeFree = cursors[next].wasTakenForFree
                try advance(next)
            }
            if cursor.isRemoved { continue }
            try key.withBytes { key in try value.withBytes { try body(key, $0) } }
            return true
        }
        return false
    }

    /// Moves the run at the top on.
    private func advance(_ run: Int) throws {
        if try cursors[run].advance(runs, &memory) {
            memory.withBytes(cursors[run].key) { heap.moveTop(to: $0) }
        } else {
            heap.removeTop()
        }
    }
}

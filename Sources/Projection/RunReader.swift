import LMDB

/// Goes through one run, entry by entry.
final class RunReader {
    private let runs: IndexRuns
    /// Where the file is read next, and where the run ends.
    private var offset: Int
    private let end: Int
    private var chunk: [UInt8] = []
    private var place = 0
    private var keyLength = 0
    /// Whether the run goes on from there being no such entry before it.
    private(set) var wasTakenForFree = false
    /// One more than the value's; 0 where the entry is removed.
    private var valueLength = 0

    private static let chunkSize = 1 << 16
    private static let headerLength = 4

    init(_ runs: IndexRuns, from start: Int, to end: Int) {
        self.runs = runs
        offset = start
        self.end = end
    }

    var isRemoved: Bool { valueLength == 0 }

    /// Visits the entry's key and value, the value empty where the entry is removed.
    func withEntry<R>(_ body: (RawSpan, RawSpan) throws -> R) rethrows -> R {
        let chunk = chunk
        let bytes = chunk.span.bytes
        let key = place + Self.headerLength
        return try body(
            bytes.extracting(key..<key + keyLength), bytes.extracting(key + keyLength..<key + keyLength + max(0, valueLength - 1)))
    }

    /// Moves to the next entry; false after the last.
    func advance() throws -> Bool {
        if !chunk.isEmpty { place += Self.headerLength + keyLength + max(0, valueLength - 1) }
        try need(Self.headerLength)
        guard chunk.count - place >= Self.headerLength else { return false }
        keyLength = Int(chunk[place]) | Int(chunk[place + 1] & 0x7F) << 8
        wasTakenForFree = chunk[place + 1] & 0x80 != 0
        valueLength = Int(chunk[place + 2]) | Int(chunk[place + 3]) << 8
        try need(Self.headerLength + keyLength + max(0, valueLength - 1))
        return true
    }

    /// Makes sure that so many bytes are there, where the run has them.
    private func need(_ count: Int) throws {
        guard chunk.count - place < count, offset < end else { return }
        chunk.removeSubrange(..<place)
        place = 0
        let more = min(max(Self.chunkSize, count), end - offset)
        try runs.read(at: offset, count: more, into: &chunk)
        offset += more
    }
}

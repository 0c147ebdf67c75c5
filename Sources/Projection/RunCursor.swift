import LMDB

/// A place in one run, which is read in chunks into a part of memory that several runs share.
struct RunCursor {
    /// Of the file: what is still to be read.
    private var unread: Range<Int>
    /// Of the shared memory: the run's part, and what is there from the current entry on.
    private let part: Range<Int>
    private var chunk: Range<Int>
    private var keyLength = 0
    /// One more than the value's; 0 where the entry is removed.
    private var valueLength = 0
    /// Whether the run goes on from there being no such entry before it.
    private(set) var wasTakenForFree = false

    /// How much memory a run needs: a key, and so a value, which is one, has at most 511 bytes.
    static let memory = chunkSize + headerLength + 2 * Environment.maximumKeyLength
    private static let chunkSize = 1 << 16
    private static let headerLength = 4

    /// - Parameters:
    ///   - run: where it is in the file.
    ///   - place: where its part of the memory begins.
    init(_ run: Range<Int>, memoryAt place: Int) {
        unread = run
        part = place..<place + Self.memory
        chunk = place..<place
    }

    var isRemoved: Bool { valueLength == 0 }
    /// Where the entry's key is in the memory, and its value, empty where the entry is removed.
    var key: Range<Int> { chunk.lowerBound + Self.headerLength..<chunk.lowerBound + Self.headerLength + keyLength }
    var value: Range<Int> { key.upperBound..<key.upperBound + max(0, valueLength - 1) }

    /// Moves to the first or the next entry; false after the last.
    mutating func advance(_ runs: IndexRuns, _ memory: inout ByteBuffer, isFirst: Bool = false) throws -> Bool {
        if !isFirst { chunk = value.upperBound..<chunk.upperBound }
        try need(Self.headerLength, runs, &memory)
        guard let header = memory.bytes.extracting(chunk).number(at: 0) else { return false }
        keyLength = Int(header & 0x7FFF)
        wasTakenForFree = header & 0x8000 != 0
        valueLength = Int(header >> 16)
        try need(Self.headerLength + keyLength + max(0, valueLength - 1), runs, &memory)
        return true
    }

    /// Makes sure that so many bytes are there, where the run has them.
    private mutating func need(_ count: Int, _ runs: IndexRuns, _ memory: inout ByteBuffer) throws {
        guard chunk.count < count, !unread.isEmpty else { return }
        memory.copy(chunk, to: part.lowerBound)
        let more = min(Self.chunkSize, unread.count)
        let end = part.lowerBound + chunk.count
        precondition(end + more <= part.upperBound, "an entry of \(count) bytes")
        try runs.read(at: unread.lowerBound, into: &memory, end..<end + more)
        chunk = part.lowerBound..<end + more
        unread = unread.lowerBound + more..<unread.upperBound
    }
}

extension RawSpan {
    /// Four bytes, the first the lowest; nil where there are fewer.
    fileprivate func number(at offset: Int) -> UInt32? {
        guard byteCount - offset >= 4 else { return nil }
        return UInt32(littleEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }
}

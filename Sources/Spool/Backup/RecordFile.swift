import EventLog

/// A backup's `records.spool`: the log's records, one after the other, byte for byte as the log has them. Little-endian.
///
/// | offset | size | field |
/// |-------:|-----:|-------|
/// | 0 | 8 | `SPOOLREC` |
/// | 8 | 4 | format, 1 |
/// | 12 | 4 | 0 |
/// | 16 | 8 | position of the first record |
/// | 24 | | for each record its length, 4 bytes, then its bytes (see `RecordFormat`) |
///
/// Each record has a checksum over its position and its bytes: what was cut, swapped or damaged is found at its position.
enum RecordFile {
    static let name = "records.spool"
    static let headerLength = 24
    private static let magic = Array("SPOOLREC".utf8)
    private static let format: UInt32 = 1
    /// Longer ones cannot be: the data has at most 16 MiB, the texts 9 × 64 KiB.
    private static let longestRecord = 32 << 20

    static func header(first: Position) -> [UInt8] {
        var bytes = magic
        bytes.append(littleEndian: format)
        bytes.append(littleEndian: UInt32(0))
        bytes.append(littleEndian: first)
        return bytes
    }

    static func write(_ record: RawSpan, to output: HashedOutput) throws {
        var length: [UInt8] = []
        length.append(littleEndian: UInt32(record.byteCount))
        try output.write(length)
        try record.withUnsafeBytes { try output.write($0) }
    }

    /// Reads the file to its end.
    ///
    /// - Parameters:
    ///   - backup: its folder, for messages.
    ///   - first: the position that the first record must have.
    ///   - body: called with each record's bytes and their offset; false when they are not to be trusted, which ends the reading.
    ///   - problem: called with what is wrong with the file; nothing after it is read as records.
    ///   - progress: called with the bytes read, piece by piece.
    /// - Returns: the SHA-256 of the whole file.
    static func read(
        _ input: HashedInput, of backup: String, first: Position, _ body: (RawSpan, Int) throws -> Bool,
        problem: (BackupProblem) throws -> Void, progress: (Int) -> Void
    ) throws -> BlobHash {
        var buffer: [UInt8] = []
        /// The offset in the file of the buffer's first byte.
        var offset = 0
        var needed = headerLength
        var isHeader = true
        while true {
            while buffer.count < needed {
                let chunk = try input.read(max(1 << 20, needed - buffer.count))
                buffer.append(contentsOf: chunk)
                progress(chunk.count)
                if !chunk.isEmpty { continue }
                if buffer.isEmpty, !isHeader { return try input.finish() }
                try problem(
                    BackupProblem(
                        backup, name, offset: offset,
                        "cut off: expected \(needed) bytes for \(isHeader ? "the header" : "the next record"), found \(buffer.count)"))
                return try input.finish()
            }
            var used = 0
            if isHeader {
                let expected = header(first: first)
                guard buffer.starts(with: expected) else {
                    try problem(
                        BackupProblem(backup, name, offset: 0, "expected the header of records from position \(first), found another"))
                    return try input.drain(progress: progress)
                }
                isHeader = false
                used = headerLength
            }
            // As many whole records as there are in the buffer.
            needed = 4
            while buffer.count - used >= 4 {
                let length = Int(buffer.span.bytes.unsafeLoadUnaligned(fromByteOffset: used, as: UInt32.self).littleEndian)
                guard (1...longestRecord).contains(length) else {
                    try problem(
                        BackupProblem(
                            backup, name, offset: offset + used,
                            "expected the length of a record, at most \(longestRecord), found \(length)"))
                    return try input.drain(progress: progress)
                }
                guard buffer.count - used >= 4 + length else {
                    needed = 4 + length
                    break
                }
                guard try body(buffer.span.bytes.extracting(used + 4..<used + 4 + length), offset + used) else {
                    return try input.drain(progress: progress)
                }
                used += 4 + length
            }
            buffer.removeSubrange(..<used)
            offset += used
        }
    }
}

extension [UInt8] {
    fileprivate mutating func append(littleEndian value: some FixedWidthInteger & BitwiseCopyable) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }
}

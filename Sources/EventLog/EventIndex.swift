import LMDB

/// Finds events by tag, by type and by id, and knows the version of every stream.
///
/// It is derived from the log: its own environment, committed after the log and never in the log's transaction. Deleting it is safe.
public final class EventIndex: Sendable {
    let environment: DerivedEnvironment
    let log: any LogStorage
    let bootID: UInt64

    /// Version of the layout of its trees. Raise it when they change; it is part of the folder's name, so that two programs of different
    /// versions do not replace each other's index.
    public static let version = 1
    /// What its folder is called among a store's views.
    public static let folderName = "index@\(version)"
    private static let layout: UInt64 = 0x5350_4F4F_4C49_0000 | UInt64(version)

    /// - Parameter path: the index's folder, made when missing.
    public init(at path: String, of log: any LogStorage, bootID: UInt64 = BootID.current) {
        self.log = log
        self.bootID = bootID
        environment = DerivedEnvironment(
            at: path,
            trees: [
                .init("ids"), .init("streams"), .init("types"), .init("tags", .integerSets),
            ],
            fingerprint: Self.layout, log: log, bootID: bootID)
    }

    public func beginRead() throws -> IndexReader { IndexReader(try environment.beginRead()) }

    func beginWrite() throws -> IndexWriter { IndexWriter(try environment.beginWrite()) }

    /// Reads the log from the checkpoint to its head, where the index is behind.
    public func catchUp(with log: any LogReader) throws {
        let reader = try beginRead()
        let behind = try reader.checkpoint().position < log.head()
        reader.end()
        guard behind else { return }
        try fold(log) { _ in }
    }

    /// Adds what the log has beyond the checkpoint; commits now and then, so that memory stays bounded and a crash loses little.
    private func fold(_ log: any LogReader, through last: Position = .max, progress: (Position) -> Void) throws {
        var finished = false
        while !finished {
            let writer = try beginWrite()
            defer { writer.end() }
            finished = try writer.fold(log, through: last, limit: 100_000)
            let reached = try writer.checkpoint()
            try writer.commit(reached)
            progress(reached.position)
        }
    }

    /// Builds the index anew beside this one and puts it in its place.
    public func rebuild(progress: (Position) -> Void = { _ in }) throws {
        let build = try BuildFolder(in: Folder.parent(of: environment.path), for: "index")
        defer { build.remove() }
        let fresh = EventIndex(at: build.content, of: log, bootID: bootID)
        try log.read { try fresh.fold($0, progress: progress) }
        try environment.replace(with: fresh.environment) { try log.read { try fresh.fold($0, progress: progress) } }
    }

    /// Builds the index anew and counts the entries in which this one differs; changes nothing.
    public func check(progress: (Position) -> Void = { _ in }) throws -> Int {
        let build = try BuildFolder(in: Folder.parent(of: environment.path), for: "index")
        defer { build.remove() }
        let fresh = EventIndex(at: build.content, of: log, bootID: bootID)
        try log.read { try catchUp(with: $0) }
        let mine = try beginRead()
        defer { mine.end() }
        let last = try mine.checkpoint().position
        // Opened after the index, the log has all that the index has; what it has beyond, others appended meanwhile.
        return try log.read { log in
            try fresh.fold(log, through: last, progress: progress)
            let theirs = try fresh.beginRead()
            defer { theirs.end() }
            var differences = 0
            for (tree, other) in zip(mine.transaction.trees, theirs.transaction.trees) {
                try mine.transaction.transaction.compare(tree, with: theirs.transaction.transaction, other) { _ in differences += 1 }
            }
            return differences
        }
    }

    /// Puts it on disk, so that it survives a crash of the operating system.
    public func close() throws { try environment.close() }

    public func usedBytes() throws -> Int { try environment.usedBytes() }

    /// Copies it into a new folder while others read and write; returns how far into the log it has come, nil when it was never built.
    public func copy(to folder: String) throws -> Position? { try environment.copy(to: folder)?.position }
}

/// Keys of the index's trees.
enum IndexKey {
    /// By id, then source: ids that were made one after the other (UUIDv7) lie side by side. A canonical UUID takes 16 bytes instead of 36.
    static func id(_ id: String, source: String) -> [UInt8] {
        var key = idBytes(id)
        key.append(contentsOf: source.utf8)
        return key.asKey
    }

    /// The beginning of the keys of an id with any source; a shortened key keeps so many bytes.
    static func idPrefix(_ id: String) -> [UInt8] { Array(idBytes(id).prefix(495)) }

    private static func idBytes(_ id: String) -> [UInt8] {
        var key: [UInt8] = []
        key.reserveCapacity(64)
        if let packed = packedUUID(id) {
            key.append(0x01)
            key.append(contentsOf: packed)
        } else {
            key.append(0x02)
            key.append(contentsOf: id.utf8)
            key.append(0x00)
        }
        return key
    }

    private static func packedUUID(_ text: String) -> [UInt8]? {
        guard text.utf8.count == 36 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(16)
        var high: UInt8?
        for (place, byte) in text.utf8.enumerated() {
            if place == 8 || place == 13 || place == 18 || place == 23 {
                guard byte == 0x2D else { return nil }
                continue
            }
            let digit: UInt8
            switch byte {
            case 0x30...0x39: digit = byte - 0x30
            case 0x61...0x66: digit = byte - 0x61 + 10
            default: return nil
            }
            if let first = high {
                bytes.append(first << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        return bytes.count == 16 ? bytes : nil
    }

    static func text(_ text: String) -> [UInt8] { Array(text.utf8).asKey }

    /// A chunk of positions: by type, then by the chunk's first position.
    static func chunk(_ type: String, first: Position) -> [UInt8] {
        var key = Array(type.utf8)
        key.append(0x00)
        key.appendBigEndian(first)
        return key
    }
}

/// Positions of one type, packed: a little-endian head, then the steps from one position to the next as LEB128.
struct TypeChunk {
    /// A chunk is closed at this size, so that four fit a page.
    static let limit = 960

    private(set) var bytes: [UInt8]
    private(set) var last: Position

    /// Events of the type up to and with this chunk.
    private(set) var total: UInt64

    init(first: Position, totalBefore: UInt64) {
        last = first
        total = totalBefore + 1
        bytes = []
        bytes.appendLittleEndian(last)
        bytes.appendLittleEndian(total)
    }

    init?(_ span: RawSpan) {
        guard span.byteCount >= 16 else { return nil }
        bytes = span.array
        last = span.loadLittleEndian(0)
        total = span.loadLittleEndian(8)
    }

    var isFull: Bool { bytes.count >= Self.limit }

    mutating func add(_ position: Position) {
        bytes.appendVariableLength(position - last)
        last = position
        total += 1
    }

    /// The bytes to store, with the head brought up to date.
    var stored: [UInt8] {
        var stored: [UInt8] = []
        stored.reserveCapacity(bytes.count)
        stored.appendLittleEndian(last)
        stored.appendLittleEndian(total)
        stored.append(contentsOf: bytes[16...])
        return stored
    }

    static func positions(in span: RawSpan, first: Position) -> [Position] {
        var positions = [first]
        var position = first
        var step: UInt64 = 0
        var shift: UInt64 = 0
        var offset = 16
        while offset < span.byteCount {
            let byte = span.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
            offset += 1
            step |= UInt64(byte & 0x7F) << shift
            shift += 7
            if byte & 0x80 == 0 || shift > 63 {
                position &+= step
                positions.append(position)
                step = 0
                shift = 0
            }
        }
        return positions
    }
}

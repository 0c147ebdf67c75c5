import LMDB

/// Finds records in a file whose pages cannot be trusted, by the records themselves: a checksum over position and bytes proves one.
///
/// A record is kept behind its position in a page of many, or alone in a run of pages that a page of many names. Old pages stay in the file
/// until they are written over; since the log never changes a record, a copy in one of them is as good.
struct RecordSearch {
    /// Where a record's bytes are.
    struct Extent: Hashable {
        let offset: Int
        let length: Int
    }

    /// What was found of the positions wanted.
    private(set) var found: [Position: Extent] = [:]
    /// Positions with copies that differ: an append that was cut off left one behind. The one recorded last is kept.
    private(set) var ambiguous: [Position] = []

    private let file: DamagedFile
    private let isWanted: (Position) -> Bool
    /// Records whose position nothing beside them proves.
    private var unplaced: Set<Extent> = []
    private var placed: Set<Extent> = []

    private static let longest = 32 << 20

    init(_ file: DamagedFile, isWanted: @escaping (Position) -> Bool) {
        self.file = file
        self.isWanted = isWanted
    }

    /// - Parameters:
    ///   - last: no position is beyond.
    ///   - progress: called with the bytes looked at and how many there are.
    mutating func run(upTo last: Position, progress: (Int, Int) -> Void) {
        let file = file
        let pages = (file.byteCount + file.pageSize - 1) / file.pageSize
        for number in 0..<pages {
            search(number, last)
            if number % 4096 == 0 { progress(number * file.pageSize, file.byteCount) }
        }
        for extent in unplaced.subtracting(placed) {
            if let position = position(of: extent, upTo: last) { keep(extent, at: position) }
        }
    }

    private mutating func search(_ number: Int, _ last: Position) {
        let file = file
        guard let page = file.page(number), page.byteCount >= 16 + RecordFormat.headerLength else { return }
        let start = number * file.pageSize
        for offset in stride(from: 16, through: page.byteCount - 8, by: 2) {
            let mark: UInt32 = page.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self)
            if mark & 0xFFFF == UInt32(RecordFormat.version), let length = length(at: start + offset, isAlone: offset == 16) {
                let extent = Extent(offset: start + offset, length: length)
                let position: Position = page.unsafeLoadUnaligned(fromByteOffset: offset - 8, as: Position.self)
                place(extent, at: position, upTo: last)
            }
            // A node whose value lies in a run of pages: flags 1, a key of eight bytes.
            if mark == 0x0008_0001, offset + 20 <= page.byteCount {
                let position: Position = page.unsafeLoadUnaligned(fromByteOffset: offset + 4, as: Position.self)
                let run = page.unsafeLoadUnaligned(fromByteOffset: offset + 12, as: UInt64.self)
                if let offset = file.offset(ofRun: run), let length = length(at: offset, isAlone: true) {
                    place(Extent(offset: offset, length: length), at: position, upTo: last)
                }
            }
        }
    }

    private mutating func place(_ extent: Extent, at position: Position, upTo last: Position) {
        guard position >= 1, position <= last, isRecord(extent, position) else {
            unplaced.insert(extent)
            return
        }
        placed.insert(extent)
        keep(extent, at: position)
    }

    private mutating func keep(_ extent: Extent, at position: Position) {
        guard isWanted(position) else { return }
        guard let other = found[position] else {
            found[position] = extent
            return
        }
        let file = file
        guard let one = file.bytes(at: other.offset, count: other.length), let two = file.bytes(at: extent.offset, count: extent.length)
        else { return }
        if two.elementsEqual(one.array) { return }
        if ambiguous.last != position { ambiguous.append(position) }
        if (two.loadLittleEndian(16) as Int64) > (one.loadLittleEndian(16) as Int64) { found[position] = extent }
    }

    /// The length that a record's header asks for, where that may be a record.
    private func length(at offset: Int, isAlone: Bool) -> Int? {
        let file = file
        guard let header = file.bytes(at: offset, count: RecordFormat.headerLength), header.loadLittleEndian(0, as: UInt16.self) == 1
        else { return nil }
        var length = RecordFormat.headerLength + Int(header.loadLittleEndian(RecordFormat.dataLengthOffset) as UInt32)
        for field in RecordFormat.Field.allCases {
            let count = Int(header.loadLittleEndian(RecordFormat.lengthsOffset + 2 * field.rawValue) as UInt16)
            // No event is without a type, an id and a source.
            if count == 0, field.rawValue <= RecordFormat.Field.source.rawValue { return nil }
            length += count
        }
        let room = isAlone ? Self.longest : file.pageSize - offset % file.pageSize
        return length <= room && file.bytes(at: offset, count: length) != nil ? length : nil
    }

    private func isRecord(_ extent: Extent, _ position: Position) -> Bool {
        let file = file
        guard let bytes = file.bytes(at: extent.offset, count: extent.length) else { return false }
        return bytes.withUnsafeBytes { RecordFormat.checksum(of: $0, at: position) } == bytes.loadLittleEndian(RecordFormat.checksumOffset)
    }

    /// The one position with which a record has its checksum.
    ///
    /// A CRC is linear: each bit of the position changes the same bits of it, whatever the others are.
    private func position(of extent: Extent, upTo last: Position) -> Position? {
        let file = file
        guard let bytes = file.bytes(at: extent.offset, count: extent.length) else { return nil }
        let stored: UInt32 = bytes.loadLittleEndian(RecordFormat.checksumOffset)
        func checksum(_ position: Position) -> UInt32 { bytes.withUnsafeBytes { RecordFormat.checksum(of: $0, at: position) } }
        let zero = checksum(0)
        // For each leading bit a change of the checksum that begins with it, and the position that makes it.
        var basis: [(change: UInt32, position: Position)] = []
        for bit in 0..<min(32, 64 - last.leadingZeroBitCount) {
            var (change, position) = (checksum(1 << bit) ^ zero, Position(1) << bit)
            for known in basis where change ^ known.change < change {
                (change, position) = (change ^ known.change, position ^ known.position)
            }
            if change != 0 { basis.append((change, position)) }
            basis.sort { $0.change > $1.change }
        }
        var (left, position) = (stored ^ zero, Position(0))
        for known in basis where left ^ known.change < left { (left, position) = (left ^ known.change, position ^ known.position) }
        return left == 0 && position >= 1 && position <= last && isWanted(position) ? position : nil
    }
}

/// A page of LMDB's file, of which nothing is trusted: whatever it says, no access leaves it.
///
/// | offset | size | field |
/// |-------:|-----:|-------|
/// | 0 | 8 | its own number |
/// | 8 | 2 | key size, in pages of packed keys |
/// | 10 | 2 | kind |
/// | 12 | 2 | end of the node offsets; with the next field: pages of an overflow run |
/// | 14 | 2 | begin of the nodes |
/// | 16 | | node offsets, 2 bytes each, room, nodes |
struct Page {
    static let headerLength = 16

    enum Kind: UInt16 {
        case branch = 1
        case leaf = 2
        case overflow = 4
        case meta = 8
        /// Values of one key, of one size, without nodes.
        case packedLeaf = 0x22
    }

    let start: UnsafeRawPointer
    let size: Int

    var number: UInt64 { load(0) }
    var keySize: Int { Int(load(8) as UInt16) }
    var kind: UInt16 { load(10) }
    var lower: Int { Int(load(12) as UInt16) }
    var upper: Int { Int(load(14) as UInt16) }
    var runLength: UInt64 { UInt64(load(12) as UInt32) }
    /// Of nodes, once `problem` found nothing.
    var count: Int { (lower - Self.headerLength) / 2 }

    /// At an offset that the caller has checked.
    @inline(__always)
    func load<I: FixedWidthInteger & BitwiseCopyable>(_ offset: Int) -> I { start.loadUnaligned(fromByteOffset: offset, as: I.self) }

    /// What is wrong with the header of a page that should have this number and kind.
    func problem(_ number: UInt64, _ kind: Kind) -> String? {
        guard self.number == number else { return "it says that it is page \(self.number)" }
        guard self.kind == kind.rawValue else { return "expected a \(kind) page, found kind \(self.kind)" }
        if kind == .overflow { return nil }
        guard lower >= Self.headerLength, lower <= upper, upper <= size, lower & 1 == 0, upper & 1 == 0 || kind == .packedLeaf else {
            return "expected room between \(Self.headerLength) and \(size), found it from \(lower) to \(upper)"
        }
        return nil
    }

    /// What is wrong with the nodes of a page that LMDB will change: it moves what lies between them and the room.
    func nodeProblem(isLeaf: Bool) -> String? {
        // By the place where a node begins the one where it ends, both in pairs of bytes: sorting them would take longer.
        var ends = [UInt16](repeating: 0, count: size / 2)
        for index in 0..<count {
            guard let node = node(index), !isLeaf || node.hasValueInside else { return "node \(index) does not lie within the page" }
            let end = isLeaf ? node.valueOffset + node.inlineLength : node.valueOffset
            guard ends[node.offset / 2] == 0 else { return "two nodes begin at byte \(node.offset)" }
            ends[node.offset / 2] = UInt16((end + 1) / 2)
        }
        var end = upper
        for _ in 0..<count {
            guard end < size, ends[end / 2] != 0 else { return "expected a node at byte \(end), found none" }
            end = Int(ends[end / 2]) * 2
        }
        return end == size ? nil : "its nodes end at byte \(end)"
    }

    /// A node's place in the page; nil when it does not lie within the page's nodes.
    @inline(__always)
    func node(_ index: Int) -> Node? {
        let offset = Int(load(Self.headerLength + 2 * index) as UInt16)
        guard offset >= upper, offset & 1 == 0, offset + Node.headerLength <= size else { return nil }
        let node = Node(page: self, offset: offset)
        return offset + Node.headerLength + node.keyLength <= size ? node : nil
    }
}

/// An entry of a page: a key with its value, or with the page below it.
struct Node {
    static let headerLength = 8
    static let isRun: UInt16 = 1
    static let isTree: UInt16 = 2
    static let isSet: UInt16 = 4

    let page: Page
    let offset: Int

    var keyLength: Int { Int(page.load(offset + 6) as UInt16) }
    var flags: UInt16 { page.load(offset + 4) }
    var valueLength: Int { Int(page.load(offset) as UInt32) }
    /// In a branch page.
    var child: UInt64 { UInt64(page.load(offset) as UInt32) | UInt64(flags) << 32 }
    var valueOffset: Int { offset + Self.headerLength + keyLength }
    /// Bytes that the value takes in the page itself.
    var inlineLength: Int { flags & Self.isRun != 0 ? 8 : valueLength }
    /// Whether its value lies within the page.
    @inline(__always)
    var hasValueInside: Bool { valueOffset + inlineLength <= page.size }

    /// A key of eight bytes; nil when it has another length.
    @inline(__always)
    var integerKey: UInt64? { keyLength == 8 ? page.load(offset + Self.headerLength) : nil }
    /// The first page of a value kept in a run of pages; the value lies inside.
    var run: UInt64 { page.load(valueOffset) }

    /// Whether another has the same value, or the same run of pages. Both values lie inside.
    func isSame(as other: Node) -> Bool {
        guard flags == other.flags, valueLength == other.valueLength else { return false }
        let (mine, others) = (page.start + valueOffset, other.page.start + other.valueOffset)
        return UnsafeRawBufferPointer(start: mine, count: inlineLength)
            .elementsEqual(UnsafeRawBufferPointer(start: others, count: inlineLength))
    }
}

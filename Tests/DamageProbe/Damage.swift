import TestSupport

/// Something that happened to a file.
struct Damage {
    let bytes: [UInt8]
    let description: String
    /// Whether the meta pages are as they were: only then is it known how many records there were.
    let keepsMetaPages: Bool
    /// Whether pages were put in each other's place: records then are where they were not before.
    let movesPages: Bool

    private static let pageSize = 4096

    init(to pristine: Pristine, _ random: inout SplitMix64) {
        var bytes = pristine.bytes
        let pages = Self.pagesByKind(bytes)
        let kinds = pages.keys.sorted()
        let kind = kinds[Int.random(in: 0..<kinds.count, using: &random)]
        let page = pages[kind]?.randomElement(using: &random) ?? 0
        var moves = false
        let what: String
        switch Int.random(in: 0..<20, using: &random) {
        case 0:
            let length =
                [0, 1, 100, 4096, 8192, 8193, page * Self.pageSize, Int.random(in: 0...bytes.count, using: &random)]
                .filter { $0 <= bytes.count }.randomElement(using: &random) ?? 0
            bytes.removeLast(bytes.count - length)
            what = "cut to \(length) bytes"
        case 1:
            let other = pages.values.joined().sorted().randomElement(using: &random) ?? 0
            for offset in 0..<Self.pageSize { bytes.swapAt(page * Self.pageSize + offset, other * Self.pageSize + offset) }
            moves = true
            what = "page \(page) and \(other) exchanged"
        case 2...6:
            let offset = Self.place(in: page, of: bytes, &random)
            let length = min([4, 16, 64, 512, 4096, 10_000].randomElement(using: &random) ?? 4, bytes.count - offset)
            let fill = Int.random(in: 0..<3, using: &random)
            for place in offset..<offset + length {
                bytes[place] = fill == 0 ? 0 : fill == 1 ? 0xFF : UInt8.random(in: 0...255, using: &random)
            }
            what = "\(length) bytes at \(offset) overwritten"
        default:
            var places: [Int] = []
            for _ in 0..<([1, 1, 1, 2, 8].randomElement(using: &random) ?? 1) {
                let place = Self.place(in: page, of: bytes, &random)
                bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                places.append(place)
            }
            what = "bits flipped at \(places)"
        }
        self.bytes = bytes
        movesPages = moves
        keepsMetaPages = bytes.count >= 8192 && bytes[..<8192] == pristine.bytes[..<8192]
        description = "\(kind) page \(page): \(what)"
    }

    /// Each region of a page as often: header, node offsets, nodes, anything.
    private static func place(in page: Int, of bytes: [UInt8], _ random: inout SplitMix64) -> Int {
        let start = page * pageSize
        func field(_ offset: Int) -> Int { Int(bytes[start + offset]) | Int(bytes[start + offset + 1]) << 8 }
        switch Int.random(in: 0..<4, using: &random) {
        case 0: return start + Int.random(in: 0..<16, using: &random)
        case 1: return start + Int.random(in: 16..<min(pageSize, max(17, page < 2 ? 152 : field(12))), using: &random)
        case 2 where page >= 2 && (18...pageSize).contains(field(12)):
            let node = field(16 + 2 * Int.random(in: 0..<(field(12) - 16) / 2, using: &random))
            return start + min(pageSize - 1, node + Int.random(in: 0..<24, using: &random))
        default: return start + Int.random(in: 0..<pageSize, using: &random)
        }
    }

    /// As the file says it itself.
    private static func pagesByKind(_ bytes: [UInt8]) -> [String: [Int]] {
        func number(_ offset: Int) -> Int {
            (0..<8).reduce(0) { $0 | Int(truncatingIfNeeded: UInt64(bytes[offset + $1]) << (8 * UInt64($1))) }
        }
        let freeRoots = [0, 1].map { number($0 * pageSize + 16 + 24 + 40) }
        var pages: [String: [Int]] = ["meta": [0, 1]]
        for page in 2..<bytes.count / pageSize {
            let isOwn = number(page * pageSize) == page
            let kind =
                freeRoots.contains(page)
                ? "free list" : isOwn ? ["", "branch", "leaf", "", "overflow"][min(4, Int(bytes[page * pageSize + 10]))] : "within a run"
            pages[kind, default: []].append(page)
        }
        return pages
    }
}

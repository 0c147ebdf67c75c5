/// What one of the file's first two pages says: where the trees of a transaction begin. LMDB writes them in turn.
struct MetaPage: Equatable {
    /// A tree's record: 48 bytes.
    struct Root: Equatable {
        static let length = 48
        static let none = UInt64.max

        let packedKeySize: UInt32
        let flags: UInt16
        let depth: UInt16
        let entries: UInt64
        let page: UInt64

        init(_ page: Page, _ offset: Int) {
            packedKeySize = page.load(offset)
            flags = page.load(offset + 4)
            depth = page.load(offset + 6)
            entries = page.load(offset + 32)
            self.page = page.load(offset + 40)
        }

        var isEmpty: Bool { page == Self.none }

        /// What cannot be in a file with these pages.
        func problem(lastPage: UInt64) -> String? {
            if isEmpty { return depth == 0 && entries == 0 ? nil : "a tree without a root has \(entries) entries in \(depth) levels" }
            guard page >= 2, page <= lastPage else { return "a tree begins at page \(page), the last one is \(lastPage)" }
            guard depth >= 1, depth <= 32 else { return "a tree has \(depth) levels" }
            guard entries >= 1 else { return "a tree has a root and no entries" }
            guard entries <= UInt64(Int64.max) else { return "a tree has \(entries) entries" }
            return nil
        }
    }

    static let byteCount = Page.headerLength + 136
    private static let magic: UInt32 = 0xBEEF_C0DE
    private static let version: UInt32 = 1

    let header: UInt64
    let kind: UInt16
    let magic: UInt32
    let version: UInt32
    /// Of this tree the first fields say the page size and the environment's flags.
    let free: Root
    let main: Root
    let lastPage: UInt64
    let transaction: UInt64

    init(_ page: Page) {
        header = page.number
        kind = page.kind
        magic = page.load(16)
        version = page.load(20)
        free = Root(page, 40)
        main = Root(page, 88)
        lastPage = page.load(136)
        transaction = page.load(144)
    }

    var pageSize: Int { Int(free.packedKeySize) }

    /// Gives a copy of a meta page another place and number.
    static func setNumbers(slot: UInt64, transaction: UInt64, in bytes: inout [UInt8]) {
        withUnsafeBytes(of: slot.littleEndian) { bytes.replaceSubrange(0..<8, with: $0) }
        withUnsafeBytes(of: transaction.littleEndian) { bytes.replaceSubrange(144..<152, with: $0) }
    }

    static func isPageSize(_ size: Int) -> Bool { size >= 512 && size <= 32768 && size & (size - 1) == 0 }

    /// What is wrong with the one in this place of a file so long.
    func problem(slot: UInt64, byteCount: Int) -> String? {
        if let problem = problem(slot: slot) { return problem }
        let pages = byteCount / pageSize
        return lastPage < UInt64(pages) ? nil : "its last page is \(lastPage), and the file ends after \(pages) pages"
    }

    /// What is wrong with the page itself.
    func problem(slot: UInt64) -> String? {
        guard header == slot, kind == Page.Kind.meta.rawValue else {
            return "expected meta page \(slot), found page \(header) of kind \(kind)"
        }
        guard magic == Self.magic else { return "expected LMDB's mark, found 0x\(String(magic, radix: 16))" }
        guard version == Self.version else { return "expected LMDB's format \(Self.version), found \(version)" }
        guard Self.isPageSize(pageSize) else { return "found a page size of \(pageSize) bytes" }
        // MDB_INTEGERKEY; LMDB adds that of how the file was made (MDB_NOSUBDIR).
        guard free.flags & ~0x4000 == 8, main.flags & ~8 == 0 else { return "found flags \(free.flags) and \(main.flags)" }
        guard transaction & 1 == slot || transaction == 0 else { return "transaction \(transaction) belongs on the other meta page" }
        guard lastPage >= 1, lastPage < UInt64(Int64.max) / UInt64(pageSize) else { return "its last page is \(lastPage)" }
        return free.problem(lastPage: lastPage) ?? main.problem(lastPage: lastPage)
    }
}

import CLMDB
import CLinux

/// Goes through the entries of a tree in a snapshot, from the first to the last, without LMDB's cursor.
///
/// Every page is checked before it is believed, as `DenseTree` does, and the next one is fetched ahead of time: a scan of rows that lie all over
/// the file takes a third of what it takes with a cursor, which waits for memory at each page.
///
/// ```swift
/// var scan = try transaction.scan(tree)
/// while try scan.next() { use(scan.key, scan.value) }
/// ```
public struct TreeScan {
    /// A branch page, and which of its children comes next.
    private struct Level {
        let page: Page
        var next = 0
    }

    private let view: FileView
    private let lastPage: UInt64
    private let depth: Int
    /// Kept so that the pages stay as they are.
    private let transaction: Transaction
    /// From the root down to the branch page above `leaf`.
    private var branches: [Level] = []
    private var leaf: Page
    private var nextNode = 0
    private var nodeCount = 0
    /// More than the file has would be visited only where pages lead in a circle.
    private var pagesLeft: UInt64
    /// Where the current entry is.
    private var keyStart: UnsafeRawPointer
    private var keyLength = 0
    private var valueStart: UnsafeRawPointer
    private var valueLength = 0

    init(_ root: MetaPage.Root, _ view: FileView, lastPage: UInt64, _ transaction: Transaction) throws(LMDBError) {
        self.view = view
        self.lastPage = lastPage
        self.transaction = transaction
        depth = Int(root.depth)
        pagesLeft = lastPage
        leaf = Page(start: view.start, size: view.pageSize)
        keyStart = view.start
        valueStart = view.start
        if root.isEmpty { return }
        if let problem = root.problem(lastPage: lastPage) { throw damage(0, problem) }
        try descend(to: root.page)
    }

    /// The key of the current entry, in place.
    public var key: RawSpan {
        @_lifetime(borrow self) get { _overrideLifetime(RawSpan(_unsafeStart: keyStart, byteCount: keyLength), borrowing: self) }
    }

    /// The value of the current entry, in place.
    public var value: RawSpan {
        @_lifetime(borrow self) get { _overrideLifetime(RawSpan(_unsafeStart: valueStart, byteCount: valueLength), borrowing: self) }
    }

    /// Moves to the next entry, at first to the first; false after the last.
    ///
    /// - Throws: `LMDBError` with the damage.
    public mutating func next() throws(LMDBError) -> Bool {
        guard transaction.isOpen else { throw LMDBError(code: MDB_BAD_TXN, operation: "read", path: transaction.environment.path) }
        if nextNode == nodeCount, try !moveToNextLeaf() { return false }
        let index = nextNode
        nextNode += 1
        guard let node = leaf.node(index), node.keyLength > 0, node.hasValueInside, node.flags & ~Node.isRun == 0 else {
            throw damage(leaf.number, "node \(index) does not lie within the page, or has the wrong flags")
        }
        keyStart = leaf.start + node.offset + Node.headerLength
        keyLength = node.keyLength
        valueLength = node.valueLength
        if node.flags == 0 {
            valueStart = leaf.start + node.valueOffset
            return true
        }
        if let problem = view.problem(ofRun: node.run, byteCount: node.valueLength, lastPage: lastPage) { throw damage(node.run, problem) }
        valueStart = view.start + Int(node.run) * view.pageSize + Page.headerLength
        return true
    }

    /// Moves to the next entry and visits its value; false after the last.
    public mutating func next(_ body: (RawSpan) throws -> Void) throws -> Bool {
        guard try next() else { return false }
        try body(value)
        return true
    }

    private mutating func moveToNextLeaf() throws(LMDBError) -> Bool {
        while let branch = branches.last {
            if branch.next < branch.page.count {
                try descend(to: child(of: branches.count - 1))
                return true
            }
            branches.removeLast()
        }
        nodeCount = 0
        nextNode = 0
        return false
    }

    /// The next child of a branch page.
    private mutating func child(of level: Int) throws(LMDBError) -> UInt64 {
        let page = branches[level].page
        let index = branches[level].next
        guard let node = page.node(index) else { throw damage(page.number, "node \(index) does not lie within the page") }
        branches[level].next = index + 1
        // One more is enough: it arrives while the rows of this one are looked at. A number beyond the file is found wanting when it is its turn.
        if level == depth - 2, index + 1 < page.count, let following = page.node(index + 1), following.child < view.pageCount {
            spool_prefetch(view.start + Int(following.child) * view.pageSize, view.pageSize)
        }
        return node.child
    }

    /// Goes down to the first leaf below a page.
    private mutating func descend(to number: UInt64) throws(LMDBError) {
        var number = number
        while branches.count < depth - 1 {
            branches.append(Level(page: try page(number, .branch)))
            number = try child(of: branches.count - 1)
        }
        leaf = try page(number, .leaf)
        nodeCount = leaf.count
        nextNode = 0
    }

    private mutating func page(_ number: UInt64, _ kind: Page.Kind) throws(LMDBError) -> Page {
        guard pagesLeft > 0 else { throw damage(number, "it is in use twice") }
        pagesLeft -= 1
        guard number >= 2, number <= lastPage, let page = view.page(number) else {
            throw damage(number, "it is beyond the last page, \(min(lastPage, view.pageCount))")
        }
        if let problem = page.problem(number, kind) { throw damage(number, problem) }
        guard page.count > 0 else { throw damage(number, "it is empty") }
        return page
    }

    private func damage(_ page: UInt64, _ problem: String) -> LMDBError {
        LMDBError(
            damage: TreeDamage(page: page, problem: problem, keys: 0 ... .max), operation: "read", path: transaction.environment.path)
    }
}

extension Transaction {
    /// All entries of a tree with a name and one value a key, in a snapshot.
    public func scan(_ tree: Tree) throws(LMDBError) -> TreeScan {
        let shared = environment.shared
        guard !writes, let name = shared.name(of: tree), let record = try value(of: Array(name.utf8), in: .main),
            record.byteCount == MetaPage.Root.length
        else { throw LMDBError(code: MDB_INCOMPATIBLE, operation: "scan", path: environment.path) }
        let root = record.withUnsafeBytes { bytes in
            bytes.baseAddress.map { MetaPage.Root(Page(start: $0, size: bytes.count), 0) }
        }
        guard let root else { throw LMDBError(code: MDB_CORRUPTED, operation: "scan", path: environment.path) }
        // Not a page of the snapshot lies beyond the file as it is now.
        let view = try shared.view()
        return try TreeScan(root, view, lastPage: view.pageCount - 1, self)
    }
}

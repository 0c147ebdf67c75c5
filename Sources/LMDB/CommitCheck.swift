/// Whether the newest commit of a file is there to the last byte, beside the commit before it, which is on disk for certain.
///
/// A commit that goes to disk by one flush may, after a loss of power, have its meta page there and lack any of its other pages, or parts of
/// them. What it changed is known: the right edge of the tree, and the list of free pages. Everything else it shares with the commit before.
/// That the keys have no gaps and that each value can tell whether it is whole leaves no room for what was on a page before.
///
/// ```swift
/// let written = try CommitCheck.run(newer, after: older, view, path: path) { key, value in … }
/// ```
struct CommitCheck {
    /// What a page of the older tree holds.
    private struct Part: Equatable {
        /// 1 for a leaf.
        let depth: UInt16
        let keys: ClosedRange<UInt64>
    }

    private let older: MetaPage
    private let newer: MetaPage
    private let view: FileView
    private let path: String
    private let isWhole: LastCommit.ValueCheck
    /// The older tree's right edge.
    private var edge: Set<UInt64> = []
    /// The pages below it, which the newer tree may share.
    private var shared: [UInt64: Part] = [:]
    /// The entries of the older tree's last leaf, by key.
    private var olderNodes: [UInt64: Node] = [:]
    private var written: Set<UInt64> = []
    private var kept: Set<UInt64> = []

    /// - Returns: the pages that the newer commit wrote.
    /// - Throws: `LMDBError` with what is not as it should be.
    static func run(
        _ newer: MetaPage, after older: MetaPage, _ view: FileView, path: String, isWhole: @escaping LastCommit.ValueCheck
    ) throws(LMDBError) -> Set<UInt64> {
        // A commit that was taken back is a copy of the one before.
        if newer.main == older.main, newer.free == older.free, newer.lastPage == older.lastPage { return [] }
        var check = CommitCheck(older: older, newer: newer, view: view, path: path, isWhole: isWhole)
        if let problem = newer.problem(slot: newer.transaction & 1, byteCount: view.byteCount) {
            throw check.damage(newer.transaction & 1, problem)
        }
        guard newer.lastPage >= older.lastPage, newer.main.entries >= older.main.entries else {
            throw check.damage(newer.transaction & 1, "it has less than the commit before")
        }
        if !older.main.isEmpty { try check.readEdge() }
        if !newer.main.isEmpty { try check.visit(newer.main.page, Part(depth: newer.main.depth, keys: 1...newer.main.entries)) }
        try check.checkFreePages()
        return check.written
    }

    private init(older: MetaPage, newer: MetaPage, view: FileView, path: String, isWhole: @escaping LastCommit.ValueCheck) {
        self.older = older
        self.newer = newer
        self.view = view
        self.path = path
        self.isWhole = isWhole
    }

    private func damage(_ page: UInt64, _ problem: String, _ keys: ClosedRange<UInt64> = 1 ... .max) -> LMDBError {
        LMDBError(damage: TreeDamage(page: page, problem: problem, keys: keys), operation: "read", path: path)
    }

    /// A page, checked node by node.
    private func page(_ number: UInt64, _ part: Part, lastPage: UInt64) throws(LMDBError) -> Page {
        guard number >= 2, number <= lastPage, let page = view.page(number) else {
            throw damage(number, "it is beyond the last page, \(lastPage)", part.keys)
        }
        let isLeaf = part.depth == 1
        if let problem = page.problem(number, isLeaf ? .leaf : .branch) ?? page.nodeProblem(isLeaf: isLeaf) {
            throw damage(number, problem, part.keys)
        }
        guard isLeaf ? UInt64(page.count) == part.keys.upperBound - part.keys.lowerBound + 1 : page.count > 0 else {
            throw damage(
                number, "expected entries \(part.keys.lowerBound) to \(part.keys.upperBound), found \(page.count) nodes", part.keys)
        }
        return page
    }

    /// The pages below a branch page, and the keys of each.
    private func children(of page: Page, _ part: Part) throws(LMDBError) -> [(number: UInt64, part: Part)] {
        var children: [(UInt64, Part)] = []
        var first = part.keys.lowerBound
        for index in 0..<page.count {
            guard let node = page.node(index) else {
                throw damage(page.number, "node \(index) does not lie within the page", part.keys)
            }
            var end = part.keys.upperBound + 1
            if index + 1 < page.count {
                guard let key = page.node(index + 1)?.integerKey else { throw damage(page.number, "a node has no number", part.keys) }
                end = key
            }
            guard end > first, end <= part.keys.upperBound + 1 else {
                throw damage(page.number, "expected a number after \(first), found \(end)", part.keys)
            }
            children.append((node.child, Part(depth: part.depth - 1, keys: first...end - 1)))
            first = end
        }
        return children
    }

    /// The nodes of a leaf, by key.
    private func nodes(of page: Page, _ part: Part) throws(LMDBError) -> [(key: UInt64, node: Node)] {
        var nodes: [(UInt64, Node)] = []
        for key in part.keys {
            guard let node = page.node(Int(key - part.keys.lowerBound)), node.integerKey == key, node.flags & ~Node.isRun == 0,
                node.hasValueInside
            else { throw damage(page.number, "entry \(key) is not there", key...key) }
            nodes.append((key, node))
        }
        return nodes
    }

    private mutating func readEdge() throws(LMDBError) {
        var number = older.main.page
        var part = Part(depth: older.main.depth, keys: 1...older.main.entries)
        while true {
            let page = try page(number, part, lastPage: older.lastPage)
            edge.insert(number)
            shared[number] = part
            if part.depth == 1 {
                for (key, node) in try nodes(of: page, part) { olderNodes[key] = node }
                return
            }
            for child in try children(of: page, part) {
                shared[child.number] = child.part
                (number, part) = child
            }
        }
    }

    private mutating func visit(_ number: UInt64, _ part: Part) throws(LMDBError) {
        if shared[number] == part {
            kept.insert(number)
            return
        }
        let page = try page(number, part, lastPage: newer.lastPage)
        try take(number)
        if part.depth > 1 {
            for child in try children(of: page, part) { try visit(child.number, child.part) }
        } else {
            for (key, node) in try nodes(of: page, part) { try check(key, node) }
        }
    }

    private mutating func check(_ key: UInt64, _ node: Node) throws(LMDBError) {
        // A value that was there before may have been damaged before: what counts is that it is the same.
        if key <= older.main.entries {
            guard let before = olderNodes[key], before.isSame(as: node) else {
                throw damage(node.page.number, "entry \(key) was another one before", key...key)
            }
            return
        }
        var start = node.page.start + node.valueOffset
        if node.flags & Node.isRun != 0 {
            if let problem = view.problem(ofRun: node.run, byteCount: node.valueLength, lastPage: newer.lastPage) {
                throw damage(node.run, problem, key...key)
            }
            for page in node.run..<node.run + view.runLength(node.valueLength) { try take(page) }
            start = view.start + Int(node.run) * view.pageSize + Page.headerLength
        }
        guard isWhole(key, RawSpan(_unsafeStart: start, byteCount: node.valueLength)) else {
            throw damage(node.page.number, "the value of entry \(key) is not whole", key...key)
        }
    }

    private mutating func take(_ page: UInt64) throws(LMDBError) {
        guard written.insert(page).inserted else { throw damage(page, "it is in use twice") }
    }

    /// What was written lies where nothing was, and what is free is in use by nobody.
    private mutating func checkFreePages() throws(LMDBError) {
        let before = try FreePages.list(older, view, path: path)
        let after = try FreePages.list(newer, view, path: path)
        let (free, own) = (Set(before.free), Set(before.own))
        for page in after.own where !own.contains(page) { try take(page) }
        for page in written where page <= older.lastPage && !free.contains(page) { throw damage(page, "it was in use before") }
        let inUse = written.union(after.own).union(kept)
        var seen: Set<UInt64> = []
        for page in after.free {
            guard seen.insert(page).inserted, !inUse.contains(page) else { throw damage(page, "it is in use and listed as free") }
            guard page > older.lastPage || free.contains(page) || own.contains(page) || edge.contains(page) else {
                throw damage(page, "it is listed as free and was in use before")
            }
        }
    }
}

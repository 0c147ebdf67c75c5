/// The pages that LMDB may write over: checked before it does, since one that is in use would take events with it.
struct FreePages {
    private let view: FileView
    private let meta: MetaPage
    private let path: String
    /// Of the tree that lists them.
    private var own: [UInt64] = []
    private var free: [UInt64] = []
    private var lastKey: UInt64 = 0

    private static let none: ClosedRange<UInt64> = 0...0

    /// Looks at all that a transaction after `tree`'s would change.
    ///
    /// - Throws: `LMDBError` with the damage.
    static func check(_ tree: DenseTree, path: String) throws(LMDBError) {
        var pages = FreePages(tree.view, tree.meta, path)
        let edge = try tree.checkRightEdge()
        if !tree.meta.free.isEmpty { try pages.visit(tree.meta.free.page, depth: tree.meta.free.depth) }
        try pages.checkUnused(tree, edge)
    }

    /// The pages that make up the list, and those that it lists.
    static func list(_ meta: MetaPage, _ view: FileView, path: String) throws(LMDBError) -> (own: [UInt64], free: [UInt64]) {
        var pages = FreePages(view, meta, path)
        if !meta.free.isEmpty { try pages.visit(meta.free.page, depth: meta.free.depth) }
        return (pages.own, pages.free)
    }

    private init(_ view: FileView, _ meta: MetaPage, _ path: String) {
        self.view = view
        self.meta = meta
        self.path = path
    }

    private func damage(_ page: UInt64, _ problem: String) -> LMDBError {
        LMDBError(damage: TreeDamage(page: page, problem: problem, keys: Self.none), operation: "write to", path: path)
    }

    /// Reads a page of the list and those below it.
    private mutating func visit(_ number: UInt64, depth: UInt16) throws(LMDBError) {
        guard number >= 2, number <= meta.lastPage, let page = view.page(number), own.count <= Int(meta.lastPage) else {
            throw damage(number, "the list of free pages goes on beyond the last page")
        }
        if let problem = page.problem(number, depth > 1 ? .branch : .leaf) { throw damage(number, problem) }
        guard page.count > 0 else { throw damage(number, "the list of free pages has an empty page") }
        if let problem = page.nodeProblem(isLeaf: depth == 1) { throw damage(number, problem) }
        own.append(number)
        for index in 0..<page.count {
            guard let node = page.node(index) else { continue }
            if depth > 1 {
                guard index == 0 || node.keyLength == 8 else { throw damage(number, "node \(index) has a key of \(node.keyLength) bytes") }
                try visit(node.child, depth: depth - 1)
            } else {
                try read(node, on: number)
            }
        }
    }

    /// The pages that one transaction freed: how many, then their numbers, the highest first.
    private mutating func read(_ node: Node, on number: UInt64) throws(LMDBError) {
        guard let key = node.integerKey, key > lastKey, key <= meta.transaction, node.flags & ~Node.isRun == 0,
            node.valueLength >= 8, node.valueLength % 8 == 0
        else {
            throw damage(number, "expected the pages freed by a transaction after \(lastKey), up to \(meta.transaction)")
        }
        lastKey = key
        var start = node.page.start + node.valueOffset
        if node.flags & Node.isRun != 0 {
            let run = node.run
            if let problem = view.problem(ofRun: run, byteCount: node.valueLength, lastPage: meta.lastPage) { throw damage(run, problem) }
            own.append(contentsOf: run..<run + view.runLength(node.valueLength))
            start = view.start + Int(run) * view.pageSize + Page.headerLength
        }
        let count = start.loadUnaligned(as: UInt64.self)
        guard count <= UInt64(node.valueLength / 8 - 1) else { throw damage(number, "\(count) free pages in \(node.valueLength) bytes") }
        var before = meta.lastPage + 1
        for place in 0..<Int(count) {
            let page = start.loadUnaligned(fromByteOffset: 8 + 8 * place, as: UInt64.self)
            guard page >= 2, page < before else { throw damage(number, "page \(page) is listed as free after page \(before)") }
            before = page
            free.append(page)
        }
    }

    private mutating func checkUnused(_ tree: DenseTree, _ edge: [UInt64]) throws(LMDBError) {
        guard !free.isEmpty else { return }
        free.sort()
        for (page, next) in zip(free, free.dropFirst()) where page == next { throw damage(page, "it is listed as free twice") }
        for page in own + edge where isFree(page) { throw damage(page, "it is in use and listed as free") }
        var mayHoldRun = false
        // The last page that was found to be no part of a value. Whatever follows it and is not the begin of one is none either.
        var outside: UInt64 = 0
        for number in free {
            guard let page = view.page(number) else { throw damage(number, "it is listed as free, and beyond the end of the file") }
            let isNode = page.number == number && (page.kind == Page.Kind.leaf.rawValue || page.kind == Page.Kind.branch.rawValue)
            // What was freed here were pages of nodes. Anything else may be part of a long value.
            if !isNode {
                if page.number != number, outside == number - 1 {
                    outside = number
                    continue
                }
                mayHoldRun = mayHoldRun || isInValue(number)
                if !mayHoldRun { outside = number }
            } else if try tree.contains(page) {
                throw damage(number, "it is in use and listed as free")
            }
        }
        guard mayHoldRun else { return }
        var taken: UInt64?
        try tree.forEachRun { run, length in
            if let place = firstFree(from: run), place < run &+ length { taken = place }
        }
        if let taken { throw damage(taken, "it is part of a value and listed as free") }
    }

    /// Whether a page lies in a run of pages that may be a value of the tree: one that does not begin as a list of free pages does.
    private func isInValue(_ number: UInt64) -> Bool {
        var first = number
        while first >= 2, let page = view.page(first) {
            if page.number == first, page.kind == Page.Kind.overflow.rawValue {
                let count: UInt64 = page.load(Page.headerLength)
                return first + page.runLength > number && count > page.runLength * UInt64(page.size) / 8
            }
            if page.number == first, page.kind == Page.Kind.leaf.rawValue || page.kind == Page.Kind.branch.rawValue { return false }
            first -= 1
        }
        return false
    }

    private func isFree(_ page: UInt64) -> Bool { firstFree(from: page) == page }

    private func firstFree(from page: UInt64) -> UInt64? {
        var low = 0
        var high = free.count
        while low < high {
            let middle = (low + high) / 2
            if free[middle] < page { low = middle + 1 } else { high = middle }
        }
        return low < free.count ? free[low] : nil
    }
}

/// Walks every page of an environment's trees, so that LMDB, which believes what it reads, can be kept away from one that is damaged.
struct StructureCheck {
    private let view: FileView
    private let meta: MetaPage
    private let path: String
    /// Whether trees of more than one page are entered.
    private let isWhole: Bool
    private var visited: [Bool]

    /// - Parameter isWhole: false: only the tree of names, and trees of a single page: a few pages whatever the size.
    static func run(_ meta: MetaPage, _ view: FileView, path: String, isWhole: Bool) throws(LMDBError) {
        var check = StructureCheck(
            view: view, meta: meta, path: path, isWhole: isWhole, visited: Array(repeating: false, count: Int(meta.lastPage) + 1))
        try check.visit(meta.main, isNested: false)
        if isWhole { try check.visit(meta.free, isNested: true) }
    }

    private func damage(_ page: UInt64, _ problem: String) -> LMDBError {
        LMDBError(damage: TreeDamage(page: page, problem: problem, keys: 0 ... .max), operation: "read", path: path)
    }

    private mutating func visit(_ root: MetaPage.Root, isNested: Bool) throws(LMDBError) {
        if root.isEmpty || (isNested && !isWhole && root.depth > 1) { return }
        try visit(root.page, depth: root.depth, packedKeySize: Int(root.packedKeySize))
    }

    private mutating func visit(_ number: UInt64, depth: UInt16, packedKeySize: Int) throws(LMDBError) {
        guard number >= 2, number <= meta.lastPage, let page = view.page(number) else {
            throw damage(number, "it is beyond the last page, \(meta.lastPage)")
        }
        guard !visited[Int(number)] else { throw damage(number, "it is in use twice") }
        visited[Int(number)] = true
        let isLeaf = depth == 1
        let isPacked = isLeaf && page.kind == Page.Kind.packedLeaf.rawValue
        if let problem = page.problem(number, isPacked ? .packedLeaf : isLeaf ? .leaf : .branch) { throw damage(number, problem) }
        guard page.count > 0 else { throw damage(number, "it is empty") }
        if isPacked { return try checkPacked(page, number, packedKeySize) }
        for index in 0..<page.count {
            guard let node = page.node(index) else { throw damage(number, "node \(index) does not lie within the page") }
            guard node.keyLength <= Environment.maximumKeyLength, node.keyLength > 0 || (!isLeaf && index == 0) else {
                throw damage(number, "node \(index) has a key of \(node.keyLength) bytes")
            }
            if isLeaf { try checkValue(node, number) } else { try visit(node.child, depth: depth - 1, packedKeySize: packedKeySize) }
        }
    }

    /// Numbers side by side.
    private func checkPacked(_ page: Page, _ number: UInt64, _ keySize: Int) throws(LMDBError) {
        guard keySize == 8, page.keySize == 8, Page.headerLength + 8 * page.count <= page.size else {
            throw damage(number, "expected numbers of 8 bytes, found \(page.count) of \(page.keySize)")
        }
    }

    private mutating func checkValue(_ node: Node, _ number: UInt64) throws(LMDBError) {
        guard node.hasValueInside else { throw damage(number, "a value does not lie within the page") }
        switch node.flags {
        case 0: break
        case Node.isRun:
            if let problem = view.problem(ofRun: node.run, byteCount: node.valueLength, lastPage: meta.lastPage) {
                throw damage(node.run, problem)
            }
        case Node.isTree, Node.isTree | Node.isSet:
            guard node.valueLength == MetaPage.Root.length else { throw damage(number, "a tree's record has \(node.valueLength) bytes") }
            let root = MetaPage.Root(node.page, node.valueOffset)
            if let problem = root.problem(lastPage: meta.lastPage) { throw damage(number, problem) }
            try visit(root, isNested: true)
        case Node.isSet:
            try checkSmallSet(Page(start: node.page.start + node.valueOffset, size: node.valueLength), number)
        default: throw damage(number, "a node has the flags \(node.flags)")
        }
    }

    /// A page within a page: the few numbers of a key.
    private func checkSmallSet(_ set: Page, _ number: UInt64) throws(LMDBError) {
        guard set.size >= Page.headerLength, set.kind | 0x10 == 0x72, set.lower > Page.headerLength, set.lower & 1 == 0,
            set.lower <= set.upper, set.upper <= set.size, set.keySize == 8, Page.headerLength + 8 * set.count <= set.size
        else { throw damage(number, "a set of numbers does not lie within its page") }
    }
}

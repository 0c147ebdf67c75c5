import CLMDB

/// One B+tree of an environment: ordered keys, each with a value.
public struct Tree: Sendable, Hashable {
    let handle: MDB_dbi

    /// The tree of the others' names, which LMDB gives this handle.
    static let main = Tree(handle: 1)

    /// How a tree keeps its keys; fixed when the tree is first made.
    public struct Layout: Sendable, Hashable {
        let flags: UInt32

        /// Byte strings in `memcmp` order, one value each.
        public static let bytes = Layout(flags: 0)
        /// `UInt64` keys in numeric order, one value each.
        public static let integers = Layout(flags: UInt32(MDB_INTEGERKEY))
        /// Byte-string keys, each with a sorted set of `UInt64` values packed side by side.
        public static let integerSets = Layout(flags: UInt32(MDB_DUPSORT | MDB_DUPFIXED | MDB_INTEGERDUP))
    }

    /// A tree by name; `nil` is the environment's own, unnamed tree.
    public struct Specification: Sendable, Hashable {
        public let name: String?
        public let layout: Layout

        public init(_ name: String?, _ layout: Layout = .bytes) {
            self.name = name
            self.layout = layout
        }
    }
}

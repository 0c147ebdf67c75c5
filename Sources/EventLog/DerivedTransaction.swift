import LMDB

/// A transaction on a derived environment: its trees, and the checkpoint they stand at.
public struct DerivedTransaction {
    public let transaction: Transaction
    /// The trees asked for, without the one of the state.
    public var trees: ArraySlice<Tree> { transaction.environment.trees[1...] }
    /// One of those trees, without a list of them.
    public func tree(_ place: Int) -> Tree { transaction.environment.trees[1 + place] }
    let fingerprint: UInt64
    let bootID: UInt64

    private static let stateKey: [UInt8] = Array("state".utf8)
    private var stateTree: Tree { transaction.environment.trees[0] }

    init(_ transaction: Transaction, fingerprint: UInt64, bootID: UInt64) {
        self.transaction = transaction
        self.fingerprint = fingerprint
        self.bootID = bootID
    }

    /// How far into the log it has come; `Checkpoint.start` where nothing was built.
    public func checkpoint() throws -> Checkpoint {
        try State(in: transaction, stateTree)?.checkpoint ?? .start
    }

    /// The checkpoint; nil where nothing was ever committed.
    public func committed() throws -> Checkpoint? { try State(in: transaction, stateTree)?.checkpoint }

    /// Whether it was ever committed.
    public func isInitialized() throws -> Bool { try State(in: transaction, stateTree) != nil }

    /// Whether all of it is on disk.
    func isClean() throws -> Bool { try State(in: transaction, stateTree)?.bootID == 0 }

    /// Stores the changes and the checkpoint together.
    ///
    /// - Parameter keepsPagesApart: as `Transaction.commit` has it.
    public func commit(_ checkpoint: Checkpoint, keepsPagesApart: Bool = false) throws {
        try commit(checkpoint, clean: false, keepsPagesApart: keepsPagesApart)
    }

    func commit(_ checkpoint: Checkpoint, clean: Bool, keepsPagesApart: Bool = false) throws {
        let state = State(checkpoint: checkpoint, fingerprint: fingerprint, bootID: clean ? 0 : bootID)
        try transaction.put(state.bytes, for: Self.stateKey, in: stateTree)
        try transaction.commit(keepsPagesApart: keepsPagesApart)
    }

    public func end() { transaction.end() }

    /// What is kept beside the trees: 28 bytes, little-endian.
    struct State {
        let checkpoint: Checkpoint
        let fingerprint: UInt64
        /// The run of the operating system that wrote last; 0 when everything is on disk.
        let bootID: UInt64

        init(checkpoint: Checkpoint, fingerprint: UInt64, bootID: UInt64) {
            self.checkpoint = checkpoint
            self.fingerprint = fingerprint
            self.bootID = bootID
        }

        init?(in transaction: Transaction, _ tree: Tree) throws {
            guard let bytes = try transaction.value(of: DerivedTransaction.stateKey, in: tree), bytes.byteCount == 28 else { return nil }
            func load<I: FixedWidthInteger & BitwiseCopyable>(_ offset: Int) -> I {
                I(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: I.self))
            }
            checkpoint = Checkpoint(position: load(0), checksum: load(8))
            fingerprint = load(12)
            bootID = load(20)
        }

        var bytes: [UInt8] {
            var bytes: [UInt8] = []
            bytes.appendLittleEndian(checkpoint.position)
            bytes.appendLittleEndian(checkpoint.checksum)
            bytes.appendLittleEndian(fingerprint)
            bytes.appendLittleEndian(bootID)
            return bytes
        }
    }
}

/// An environment's file, read without LMDB, which may refuse it or trip over it.
///
/// Nobody writes to it meanwhile, or its owner holds a snapshot.
public final class DamagedFile {
    /// What is wrong with the meta pages; nil when they are as they should be.
    public let problem: String?
    /// Whether both meta pages can be trusted: the later one then says what there was, even where the file lacks it.
    public let hasSoundMetaPages: Bool
    /// The environment's own tree, whose keys are 1, 2, 3 …, as the better of the meta pages has it; nil when there is none left.
    public let tree: DenseTree?
    public let pageSize: Int
    public var byteCount: Int { view?.byteCount ?? 0 }
    private let view: FileView?
    /// Keeps the file mapped.
    private let file: FileMap?

    /// - Parameter folder: the environment's.
    public init(at folder: String) throws(LMDBError) {
        file = try FileMap(of: folder)
        guard let file else {
            problem = "there is no file, or an empty one"
            hasSoundMetaPages = false
            tree = nil
            pageSize = 4096
            view = nil
            return
        }
        let (metas, areSound, problem, view) = try file.metaPages()
        hasSoundMetaPages = areSound
        self.view = view
        self.problem = problem.map { "page \($0.page): \($0.text)" }
        pageSize = view.pageSize
        var trees = metas.map { DenseTree($0, view, path: folder, transaction: nil) }
        // Where both can be read the later one has more entries; their transactions say it only when they are sound.
        if areSound {
            trees.sort { $0.meta.transaction < $1.meta.transaction }
        } else {
            trees.sort { ($0.lastKey ?? 0, $0.count) < ($1.lastKey ?? 0, $1.count) }
        }
        tree = trees.last
    }

    /// Some of the file's bytes, in place; nil when they are not all there.
    @_lifetime(borrow self)
    public func bytes(at offset: Int, count: Int) -> RawSpan? {
        guard let view, offset >= 0, count >= 0, offset <= byteCount, count <= byteCount - offset else { return nil }
        return _overrideLifetime(RawSpan(_unsafeStart: view.start + offset, byteCount: count), borrowing: self)
    }

    /// The bytes of a page, of which the last one may have only some.
    @_lifetime(borrow self)
    public func page(_ number: Int) -> RawSpan? {
        bytes(at: number * pageSize, count: min(pageSize, byteCount - number * pageSize))
    }

    /// Where the value begins that a run of pages holds, from its first page.
    public func offset(ofRun page: UInt64) -> Int? {
        page < UInt64(byteCount / pageSize) ? Int(page) * pageSize + Page.headerLength : nil
    }
}

import CLMDB
import Glibc
import Synchronization

/// The file of an environment mapped for reading beside LMDB's own map, so that it can be looked at before LMDB trusts it.
final class FileMap: @unchecked Sendable {
    // Unchecked because of the pointers: the memory is only read, and unmapped when nobody has the map any more.
    private struct Mapping {
        let start: UnsafeRawPointer
        let length: Int
    }

    let path: String
    private let descriptor: Int32
    /// The newest last; earlier ones stay for the snapshots that use them.
    private let mappings = Mutex<[Mapping]>([])

    private static let smallest = 1 << 36

    /// - Parameter path: the environment's folder.
    /// - Returns: nil when there is no file, or an empty one, which LMDB begins anew.
    init?(of path: String) throws(LMDBError) {
        self.path = path
        descriptor = open("\(path)/data.mdb", O_RDONLY | O_CLOEXEC)
        if descriptor < 0 {
            if errno == ENOENT { return nil }
            throw LMDBError(code: errno, operation: "open", path: path)
        }
        if try byteCount() == 0 { return nil }
    }

    deinit {
        mappings.withLock { for mapping in $0 { munmap(UnsafeMutableRawPointer(mutating: mapping.start), mapping.length) } }
        if descriptor >= 0 { Glibc.close(descriptor) }
    }

    func byteCount() throws(LMDBError) -> Int {
        // Nobody else has this descriptor, whose place in the file means nothing. Every read of the log asks, and other ways take three times
        // as long.
        let end = lseek(descriptor, 0, SEEK_END)
        guard end >= 0 else { throw LMDBError(code: errno, operation: "read", path: path) }
        return Int(end)
    }

    /// The file as long as it is now. To touch what lies beyond its end would end the process.
    func view(pageSize: Int) throws(LMDBError) -> FileView {
        let byteCount = try byteCount()
        let start: UnsafeRawPointer? = mappings.withLock { mappings in
            if let last = mappings.last, last.length >= byteCount { return last.start }
            // Address space, not memory: it need not be mapped anew at each growth.
            var length = max(Self.smallest, byteCount * 4)
            while length >= byteCount, length > 0 {
                if let start = mmap(nil, length, PROT_READ, MAP_SHARED | MAP_NORESERVE, descriptor, 0), start != MAP_FAILED {
                    mappings.append(Mapping(start: start, length: length))
                    return UnsafeRawPointer(start)
                }
                length = length == byteCount ? 0 : max(byteCount, length / 2)
            }
            return nil
        }
        guard let start else { throw LMDBError(code: ENOMEM, operation: "map", path: path) }
        return FileView(start: start, byteCount: byteCount, pageSize: pageSize)
    }

    /// Refuses a file that LMDB must not open: it believes what the meta pages say.
    func checkMetaPages() throws(LMDBError) {
        var problem: (page: UInt64, text: String)?
        // Another process may just be writing one of them.
        for _ in 0..<50 {
            problem = try metaPages().problem
            if problem == nil { return }
            usleep(1000)
        }
        if let problem {
            throw LMDBError(
                damage: TreeDamage(page: problem.page, problem: problem.text, keys: 1 ... .max), operation: "open", path: path)
        }
    }

    /// The last commit and the one before it; nil where the meta pages do not tell.
    func lastCommits() throws(LMDBError) -> (older: MetaPage, newer: MetaPage, view: FileView)? {
        let (metas, areSound, _, view) = try metaPages()
        guard areSound, metas.count == 2 else { return nil }
        return metas[0].transaction < metas[1].transaction ? (metas[0], metas[1], view) : (metas[1], metas[0], view)
    }

    /// The meta pages that are sound by themselves, whether they are so together, the first thing that is wrong, and the file at their page
    /// size.
    func metaPages() throws(LMDBError) -> (
        metas: [MetaPage], areSound: Bool, problem: (page: UInt64, text: String)?, view: FileView
    ) {
        let system = Int(getpagesize())
        let first = try view(pageSize: system)
        var pageSize = system
        if let page = first.page(0), MetaPage.isPageSize(MetaPage(page).pageSize), MetaPage(page).problem(slot: 0) == nil {
            pageSize = MetaPage(page).pageSize
        }
        let view = FileView(start: first.start, byteCount: first.byteCount, pageSize: pageSize)
        var metas: [MetaPage] = []
        var isInOrder = true
        var problem: (page: UInt64, text: String)?
        for slot in [0, 1] as [UInt64] {
            var found: String? = "the file ends before it, after \(view.byteCount) bytes"
            if let page = view.page(slot) {
                let meta = MetaPage(page)
                found = meta.problem(slot: slot)
                if found == nil, meta.pageSize != pageSize { found = "the two meta pages differ in the page size" }
                if found == nil { metas.append(meta) }
                found = found ?? meta.problem(slot: slot, byteCount: view.byteCount)
            }
            if problem == nil, let found { problem = (slot, found) }
        }
        if metas.count == 2 {
            let (one, other) = (metas[0].transaction, metas[1].transaction)
            let (low, high) = (min(one, other), max(one, other))
            if high - low != 1, high != 0 {
                isInOrder = false
                problem = (
                    one < other ? 0 : 1, "the meta pages are of transactions \(one) and \(other); they should follow one another"
                )
            }
        }
        return (metas, isInOrder && metas.count == 2, problem, view)
    }
}

/// The pages of a file that there are.
struct FileView {
    let start: UnsafeRawPointer
    let byteCount: Int
    let pageSize: Int

    var pageCount: UInt64 { UInt64(byteCount / pageSize) }

    /// nil beyond the end of the file.
    @inline(__always)
    func page(_ number: UInt64) -> Page? {
        number < pageCount ? Page(start: start + Int(number) * pageSize, size: pageSize) : nil
    }

    /// Pages that a value of so many bytes takes.
    func runLength(_ byteCount: Int) -> UInt64 { UInt64((Page.headerLength - 1 + byteCount) / pageSize + 1) }

    /// What is wrong with the run of pages that should hold a value.
    func problem(ofRun first: UInt64, byteCount: Int, lastPage: UInt64) -> String? {
        guard first >= 2, first <= lastPage, let page = page(first) else {
            return "a value lies at page \(first), the last one is \(lastPage)"
        }
        if let problem = page.problem(first, .overflow) { return problem }
        let length = runLength(byteCount)
        guard page.runLength == length else { return "a value of \(byteCount) bytes takes \(length) pages, found \(page.runLength)" }
        guard first + length - 1 <= lastPage, first + length <= pageCount else { return "a value ends beyond the last page" }
        return nil
    }
}
